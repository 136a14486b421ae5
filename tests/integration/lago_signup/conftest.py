# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_signup share: the module, straight over stdin."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

ROOT = pathlib.Path(__file__).resolve().parents[3]


def find_binary():
    named = os.environ.get("LAGO_BINARY")
    candidates = [pathlib.Path(named)] if named else [ROOT / "build" / preset / "lago"
                                                      for preset in ("release-x86_64", "dev", "asan")]
    return next((path for path in candidates if path.exists()), None)


@pytest.fixture
def signup():
    """Runs the module and gives its result; each run prints one JSON object and its exit code fits."""
    binary = find_binary()
    if binary is None:
        pytest.skip("no binary: build one, or name it in LAGO_BINARY")

    def run(check=False, diff=True, **options):
        asked = {"_ansible_check_mode": check, "_ansible_diff": diff, "_ansible_verbosity": 4, **options}
        done = subprocess.run([binary, "lago_signup"], input=json.dumps({"ANSIBLE_MODULE_ARGS": asked}),
                              capture_output=True, text=True, timeout=120, check=False)
        result = json.loads(done.stdout)
        assert done.returncode == (1 if result.get("failed") else 0)
        if result.get("failed"):
            assert result["msg"]
        result["_everything"] = done.stdout + done.stderr
        return result

    return run
