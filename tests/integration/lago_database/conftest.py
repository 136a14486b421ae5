# SPDX-License-Identifier: GPL-3.0-or-later
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import servers_postgres  # noqa: E402

ADMIN_PASSWORD = "adm1n-\"quoted\"-planted"


@pytest.fixture(scope="session", params=servers_postgres.bin_folders() or [None])
def server(request):
    """Each PostgreSQL that packages put on this machine, with every statement in its log."""
    if request.param is None:
        pytest.skip("no PostgreSQL server programs (package postgresql)")
    running = servers_postgres.start(request.param, ADMIN_PASSWORD)
    yield running
    servers_postgres.stop(running, request.param)


_numbers = itertools.count(1)


@pytest.fixture
def name():
    """A name for role and database that no other test uses."""
    return f"lago_{next(_numbers)}"
