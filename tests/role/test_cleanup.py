# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_*_container_cleanup_command: removes what was left behind, waits until Docker released the name, fails when it cannot."""
import os
import stat
import subprocess
import time

import pytest
from test_defaults import INPUTS, evaluated

# A docker that holds the container for so many looks; its calls go to the file `calls`.
DOCKER = """#!/bin/sh
echo "$@" >>"$FOLDER/calls"
case $1 in
    rm) [ -n "$REACHABLE" ] || exit 1; exit 0 ;;
    ps)
        [ -n "$REACHABLE" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }
        left=$(cat "$FOLDER/left")
        [ "$left" -gt 0 ] || exit 0
        echo $((left - 1)) >"$FOLDER/left"
        echo 0123456789ab ;;
esac
"""


@pytest.fixture(scope="module")
def commands(newest, tmp_path_factory, home):
    """The three commands, with a short time to wait."""
    names = [f"lago_{service}_container_cleanup_command" for service in ("api", "front", "pdf")]
    short = {f"lago_{service}_container_cleanup_{what}_seconds": value for service in ("api", "front", "pdf")
             for what, value in (("timeout", 3), ("retry_delay", 0.2))}
    return evaluated(newest, tmp_path_factory.mktemp("cleanup"), home, (names, {**INPUTS, **short}))[0]


@pytest.fixture
def cleanup(commands, tmp_path):
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)

    def run(service, looks=0, reachable=True):
        command = commands[f"lago_{service}_container_cleanup_command"]
        (tmp_path / "left").write_text(str(looks))
        (tmp_path / "calls").unlink(missing_ok=True)
        done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=30,
                              env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "FOLDER": str(tmp_path),
                                   "REACHABLE": "1" if reachable else ""})
        return done, (tmp_path / "calls").read_text().splitlines()
    return run


@pytest.mark.parametrize("service", ["api", "front", "pdf"])
def test_nothing_left_behind(cleanup, service):
    done, calls = cleanup(service)
    assert done.returncode == 0, done.stderr
    assert calls[0] == f"rm --force lago-{service}"
    assert any(f"name=^lago-{service}$" in call for call in calls)


def test_waits_until_the_name_is_released(cleanup):
    done, calls = cleanup("api", looks=2)
    assert done.returncode == 0, done.stderr
    assert sum(call.startswith("ps") for call in calls) == 3


def test_gives_up_in_time(cleanup):
    started = time.monotonic()
    done, _ = cleanup("front", looks=10000)
    assert done.returncode == 1
    assert "still holds the name lago-front" in done.stderr
    assert time.monotonic() - started < 15


def test_fails_when_docker_cannot_be_asked(cleanup):
    done, _ = cleanup("pdf", reachable=False)
    assert done.returncode == 1
    assert "Cannot connect" in done.stderr
