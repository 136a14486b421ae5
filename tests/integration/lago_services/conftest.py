# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_services share: a host with systemd, and results that are as documented."""
import json
import pathlib
import subprocess
import sys

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]

from engine import docker_engine  # noqa: E402,F401
from systemd_host import ROOT, Host  # noqa: E402


@pytest.fixture(scope="session")
def systemd_host(docker_engine, lago):  # noqa: F811
    name = f"{docker_engine.prefix}-services"
    if not pathlib.Path("/usr/bin/busybox").exists():
        pytest.skip("there is no busybox (package busybox-static)")
    subprocess.run([ROOT / "scripts/setup/images.sh", "host-bookworm"], check=True, timeout=900)
    subprocess.run([ROOT / "scripts/setup/host.sh", "start", name, "bookworm", "-v", f"{lago}:/usr/local/bin/lago:ro"],
                   check=True, timeout=200)
    host = Host(docker_engine.host, name)
    host.import_image("lago-test:1")
    yield host
    subprocess.run([ROOT / "scripts/setup/host.sh", "stop", name], check=False, timeout=100)


@pytest.fixture
def host(systemd_host):
    """The host, without units of an earlier test."""
    systemd_host.remove_units()
    yield systemd_host
    systemd_host.remove_units()


@pytest.fixture
def services(host, returned_matches_docs):
    """Runs the module on the host; the result is as documented."""
    def run(*services, check=False, user="root", **options):
        outcome = host.module(check=check, user=user, services=list(services), **{"timeout": 150, "settle": 1, **options})
        returned_matches_docs("lago_services", outcome.json)
        assert not outcome.json.get("failed") or outcome.json["error_kind"], outcome.json
        return outcome
    return run


@pytest.fixture
def standins(tmp_path):
    """standins(systemctl=SCRIPT, journalctl=SCRIPT): a PATH where these programs of systemd are shell scripts."""
    def make(**scripts):
        for name, script in scripts.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n")
            (tmp_path / name).chmod(0o755)
        return {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    return make


@pytest.fixture
def local(run_module, returned_matches_docs):
    """Runs the module on this machine, with one unit without container."""
    def run(env, check=False, **options):
        outcome = run_module("lago_services", {"services": [{"name": "lt-x", "container": ""}], **options}, check=check,
                             env=env)
        returned_matches_docs("lago_services", outcome.json)
        assert json.loads(outcome.stdout) == outcome.json
        return outcome.json
    return run
