# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_redis share: the module, straight over stdin, and servers to ask."""
import json
import os
import pathlib
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]

import servers_redis  # noqa: E402
from redis_common import SECRET  # noqa: E402

PROGRAMS = servers_redis.find_servers()


@pytest.fixture(scope="session")
def redis(run_module, returned_matches_docs):
    """Runs the module and gives its result, which is as documented, changes nothing and holds no secret."""
    def run(check=False, env=None, prefix=(), **options):
        outcome = run_module("lago_redis", options, check=check, prefix=prefix, env={**os.environ, **(env or {})})
        result = outcome.json
        assert result.get("changed", False) is False
        returned_matches_docs("lago_redis", result)
        assert not result.get("failed") or result["error_kind"]
        for trace in (SECRET, json.dumps(SECRET)[1:-1]):
            assert trace not in outcome.everything
        return result

    return run


@pytest.fixture(params=["redis", "valkey"])
def program(request):
    """Each kind of server that this machine has."""
    if request.param not in PROGRAMS:
        pytest.skip(f"there is no {request.param}-server")
    return PROGRAMS[request.param]


@pytest.fixture
def redis_program():
    if "redis" not in PROGRAMS:
        pytest.skip("there is no redis-server")
    return PROGRAMS["redis"]


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return servers_redis.Authority(tmp_path_factory.mktemp("ca"))
