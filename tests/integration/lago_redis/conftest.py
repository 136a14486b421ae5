# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_redis share: the module, straight over stdin, and servers to ask."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import servers_redis  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[3]
SECRET = "planted 5ecret/+%"
PROGRAMS = servers_redis.find_servers()


def find_binary():
    named = os.environ.get("LAGO_BINARY")
    candidates = [pathlib.Path(named)] if named else [ROOT / "build" / preset / "lago"
                                                      for preset in ("release-x86_64", "dev", "asan")]
    return next((path for path in candidates if path.exists()), None)


@pytest.fixture(scope="session")
def redis():
    """Runs the module and gives its result: one JSON object, a fitting exit code, and no secret in it."""
    binary = find_binary()
    if binary is None:
        pytest.skip("no binary: build one, or name it in LAGO_BINARY")

    def run(check=False, env=None, **options):
        asked = {"_ansible_check_mode": check, "_ansible_verbosity": 4, **options}
        done = subprocess.run([binary, "lago_redis"], input=json.dumps({"ANSIBLE_MODULE_ARGS": asked}),
                              capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, **(env or {})})
        result = json.loads(done.stdout)
        assert done.returncode == (1 if result.get("failed") else 0)
        assert result["changed"] is False or result.get("failed")
        if result.get("failed"):
            assert result["msg"]
        for trace in (SECRET, json.dumps(SECRET)[1:-1]):
            assert trace not in done.stdout and trace not in done.stderr
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
