# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_signup share: the module, straight over stdin."""
import pathlib
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]


@pytest.fixture(scope="session")
def signup(run_module, returned_matches_docs):
    """Runs the module and gives its result, which is as documented; `_everything` is all that it printed."""
    def run(check=False, diff=True, prefix=(), **options):
        outcome = run_module("lago_signup", options, check=check, diff=diff, prefix=prefix)
        returned_matches_docs("lago_signup", outcome.json, also=("errno", "path"))
        return {**outcome.json, "_everything": outcome.everything}

    return run
