# SPDX-License-Identifier: GPL-3.0-or-later
import subprocess

import oracle
import pytest


def pytest_addoption(parser):
    parser.addoption("--oracle-seed", default=None, help="seed of the generated cases; `new` for one never used")
    parser.addoption("--oracle-cases", type=int, default=1500, help="how many cases to generate for each ansible-core")


@pytest.fixture(scope="session")
def binary():
    found = oracle.find_binary()
    if found is None:
        pytest.skip("no binary: build one, or name it in LAGO_BINARY")
    return str(found)


@pytest.fixture(scope="session")
def ours(binary):
    side = oracle.Side([binary, "--validate"])
    yield side
    side.close()


@pytest.fixture(scope="session", params=oracle.CORES)
def core(request):
    venv = subprocess.run([str(oracle.ROOT / "scripts/setup/venv.sh"), f"core-{request.param}"], check=False,
                          capture_output=True, text=True)
    if venv.returncode != 0:
        pytest.skip(f"ansible-core {request.param}: {venv.stderr.strip().splitlines()[-1] if venv.stderr.strip() else 'no venv'}")
    found = oracle.Core(request.param, venv.stdout.strip() + "/bin/python")
    yield found
    found.side.close()
