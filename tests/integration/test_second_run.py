# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for each module that writes: a check foresees the run, and after the run nothing is left to do."""
import subprocess

import pytest
import servers_postgres
from engine import Registry, docker_engine  # noqa: F401  (the second is a fixture)

# A name that no database of these tests has.
SERVICE = "second_run"


@pytest.fixture(scope="module")
def server():
    folders = servers_postgres.bin_folders()
    if not folders:
        pytest.skip("no PostgreSQL server programs (package postgresql)")
    running = servers_postgres.start(folders[-1], "adm1n")
    yield running
    servers_postgres.stop(running, folders[-1])


def database(_folder, request):
    return {"name": SERVICE, "password": "of lago", "conn_limit": 20, **request.getfixturevalue("server").over_tcp}


def files(folder, _request):
    (folder / "old").write_text("old\n")
    return {"entries": [{"path": f"{folder}/new", "state": "directory"},
                        {"path": f"{folder}/new/env", "content": "A=1\n", "sensitive": True, "tag": "api"},
                        {"path": f"{folder}/link", "state": "link", "src": "new/env"},
                        {"path": f"{folder}/old", "state": "absent", "tag": "front"}]}


def rsa_key(folder, _request):
    return {"path": f"{folder}/key.pem"}


def secrets(folder, _request):
    (folder / "env").write_text("A=adopted\n")
    return {"path": f"{folder}/secrets", "secrets": [{"name": "A", "adopt": {"path": f"{folder}/env"}}, {"name": "B"}]}


def signup(folder, _request):
    (folder / "env").write_text("A=1\nLAGO_DISABLE_SIGNUP=false\n")
    return {"state": "disabled", "env_files": [{"path": f"{folder}/env", "side": "api"}]}


def docker(_folder, request):
    engine = request.getfixturevalue("docker_engine")
    architecture = engine.docker("version", "-f", "{{.Server.Arch}}")
    image, _ = Registry(engine.registry).put(f"{engine.prefix}/second", "run", "text", architecture)
    engine.docker("network", "create", f"{engine.prefix}-old")
    return {"docker_host": engine.host, "images": [{"name": image.name, "pull": "always"}],
            "networks": [{"name": f"{engine.prefix}-new"}, {"name": f"{engine.prefix}-old", "state": "absent"}]}


CASES = {"lago_database": database, "lago_docker": docker, "lago_files": files, "lago_rsa_key": rsa_key, "lago_secrets": secrets,
         "lago_signup": signup}


def said(result):
    """What a result says about the world: not how it was found or said."""
    return {key: value for key, value in result.items() if key not in ("invocation", "connection", "warnings")}


def foresees(foreseen, done):
    """What does not exist yet (a fingerprint) is absent in a check; all else is the same."""
    if isinstance(foreseen, dict) and isinstance(done, dict):
        return all(key in done and foresees(value, done[key]) for key, value in foreseen.items())
    if isinstance(foreseen, list) and isinstance(done, list):
        return len(foreseen) == len(done) and all(map(foresees, foreseen, done))
    return foreseen == done


@pytest.mark.parametrize("module", CASES)
def test_a_check_foresees_the_run_and_nothing_is_left_to_do(run_module, module, tmp_path, request):
    options = CASES[module](tmp_path, request)
    foreseen = said(run_module(module, options, check=True, diff=True).json)
    done = said(run_module(module, options, diff=True).json)
    assert not done.get("failed") and done["changed"] is True, done
    assert foresees(foreseen, done), (foreseen, done)
    left = run_module(module, options, check=True, diff=True).json
    assert left["changed"] is False and not left.get("failed"), left
    again = said(run_module(module, options, diff=True).json)
    assert again == said(left), "a check and a run that change nothing say the same"


def test_each_module_takes_part(lago):
    """lago_info and lago_redis never change anything, lago_services needs a host; their own tests hold that."""
    names = subprocess.run([lago, "--list"], check=True, capture_output=True, text=True).stdout.split()
    assert set(names) == {*CASES, "lago_info", "lago_redis", "lago_services"}
