# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_files share."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

MODULE = "lago_files"


@pytest.fixture
def files(run_module, returned_matches_docs):
    """files(*entries, check=…, diff=…, **options): runs the module, and holds each result against its documentation."""
    def run(*entries, **options):
        keys = {key: options.pop(key) for key in ("check", "diff", "prefix", "env") if key in options}
        outcome = run_module(MODULE, {"entries": list(entries), **options}, **keys)
        returned_matches_docs(MODULE, outcome.json)
        return outcome
    return run
