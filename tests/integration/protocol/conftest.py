# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the module protocol share: what each module takes."""
import json
import subprocess

import pytest


@pytest.fixture(scope="session")
def specs(lago):
    names = subprocess.run([lago, "--list"], check=True, capture_output=True, text=True).stdout.split()
    return {name: json.loads(subprocess.run([lago, "--dump-spec", name], check=True, capture_output=True, text=True).stdout)
            for name in names}
