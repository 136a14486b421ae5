# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one JSON object with `failed` and a `msg` that says what to do, and no file half-written."""
import concurrent.futures
import os
import subprocess

import bad_files
import pytest
from mounts import tmpfs
from standin import Lago, handler_for, serving

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
ENV = "SECRET_KEY_BASE=planted\n# comment\nLAGO_DISABLE_SIGNUP=false\n"
VARS = "lago_front_environment_variable_lago_disable_signup: false\n"
MEGABYTE = "m" * (1 << 20)


def front(path):
    return [{"path": str(path), "side": "front"}]


def asked(option, path):
    """The switch in the file of either option."""
    return {"state": "disabled", option: front(path) if option == "env_files" else str(path)}


def snapshot(folder):
    return {path.name: (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
            for path in folder.iterdir()}


@pytest.fixture
def refused(signup):
    """refused(folder, **options): the failure of a run that left the folder as it was."""
    def run(folder, check=False, **options):
        before = snapshot(folder)
        result = signup(check=check, **options)
        assert result["failed"] and not result.get("changed") and len(result["msg"]) < 20_000
        assert "planted" not in result["_everything"]
        assert snapshot(folder) == before
        return result
    return run


@pytest.mark.parametrize("option", ["env_files", "vars_file"])
@pytest.mark.parametrize("what,kind", [
    ("missing", "not_found"), ("folder", "wrong_kind"), ("pipe", "wrong_kind"), ("dangling link", "not_found"),
    ("link to itself", "link_loop"), ("a file as a folder", "not_found"), ("NUL", None), ("no UTF-8", None),
    ("large", None), ("megabyte name", None), ("empty", None)])
def test_files_that_cannot_hold_the_switch(signup, refused, tmp_path, option, what, kind):
    path = tmp_path / "file"
    if what == "a file as a folder":
        path.write_text("x")
        path = path / "below"
    elif what == "megabyte name":
        path = f"/{MEGABYTE}"
    else:
        bad_files.put(path, what)
    if option == "env_files" and what in ("no UTF-8", "empty"):
        assert signup(**asked(option, path))["changed"]  # an env file is bytes, and a new one begins empty
        assert path.read_bytes().endswith(b"LAGO_DISABLE_SIGNUP=true\n")
        return
    result = refused(tmp_path, **asked(option, path))
    assert kind is None or result["error_kind"] == kind, result["msg"]
    assert what == "megabyte name" or str(path) in result["msg"]


@pytest.mark.parametrize("options", [
    {"vars_name": "a\0b"}, {"vars_name": "\udcff"}, {"vars_name": MEGABYTE}, {"vars_name": ""}, {"vars_name": "a: b"},
    {"vars_name": ["x"]}, {"vars_name": {"x": "y"}}], ids=["NUL", "surrogate", "megabyte", "empty", "yaml", "list", "dict"])
def test_names_that_no_variable_has(refused, tmp_path, options):
    (tmp_path / "vars.yml").write_text(VARS)
    refused(tmp_path, state="disabled", vars_file=str(tmp_path / "vars.yml"), **options)


@pytest.mark.parametrize("options", [
    {"api_url": "http://127.0.0.1:1/\0", "probe": "blank"}, {"api_url": "http://\udcff/", "probe": "blank"},
    {"api_url": f"http://{MEGABYTE}/", "probe": "blank"}, {"api_url": f"http://127.0.0.1:1/{MEGABYTE}", "probe": "blank"},
    {"api_url": "http://127.0.0.1:99999/", "probe": "blank"}, {"api_url": "ftp://127.0.0.1/", "probe": "blank"},
    {"api_url": "http://127.0.0.1:1/a b", "probe": "blank"}, {"api_url": "http://127.0.0.1:1/\r\nX: y", "probe": "blank"},
    {"front_url": "http://127.0.0.1:1/\0"}, {"front_url": MEGABYTE}, {"front_url": ""},
    {"login_host": "a\0b", "probe": "blank"}, {"login_port": 0, "login_host": "127.0.0.1", "probe": "blank"},
    {"known_email": "", "login_host": "127.0.0.1", "probe": "known_email"}], ids=lambda options: str(options)[:40])
def test_addresses_that_cannot_be_meant(refused, tmp_path, options):
    refused(tmp_path, timeout=5, state="disabled", **options)


@pytest.mark.parametrize("email", ["a\0b@example.com", "\udcff@example.com", MEGABYTE, '"}{"', "ü@example.com", "a\nb"],
                         ids=["NUL", "surrogate", "megabyte", "quotes", "umlaut", "lines"])
def test_an_email_of_any_characters_creates_nothing(signup, email):
    lago = Lago("1.31.0", users=["owner@example.com"])
    before = lago.tables()
    with serving(handler_for(lago)) as url:
        result = signup(api_url=url, probe="known_email", known_email=email)
    assert lago.tables() == before
    assert result.get("failed") or result["api"] == "unknown"


@ROOT_ONLY
@pytest.mark.parametrize("option,content", [("env_files", ENV), ("vars_file", VARS)])
def test_no_space(refused, option, content):
    with tmpfs("size=8k,mode=0700") as folder:
        (folder / "file").write_text(content)
        (folder / "filler").write_bytes(b"x" * 4096)
        result = refused(folder, **asked(option, folder / "file"), backup=True)
        assert result["error_kind"] == "no_space" and result["errno"] == 28


@ROOT_ONLY
@pytest.mark.parametrize("option,content", [("env_files", ENV), ("vars_file", VARS)])
def test_a_read_only_file_system(signup, refused, option, content):
    with tmpfs("size=64k,mode=0700") as folder:
        (folder / "file").write_text(content)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        assert refused(folder, **asked(option, folder / "file"))["error_kind"] == "read_only"
        assert not signup(**{**asked(option, folder / "file"), "state": "enabled"})["changed"]


def test_runs_at_once_change_each_file_once(signup, tmp_path):
    """One switches it off; the others find it done."""
    for side in ("api", "front"):
        (tmp_path / side).write_text(ENV)
    options = {"state": "disabled", "env_files": [{"path": str(tmp_path / side), "side": side} for side in ("api", "front")]}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = [future.result() for future in [pool.submit(signup, **options) for _ in range(6)]]
    assert sorted(result["changed"] for result in results) == [False] * 5 + [True]
    assert (tmp_path / "front").read_text() == ENV.replace("=false", "=true")
    assert (tmp_path / "api").read_text() == ENV.replace("=false", "=true") + "LAGO_SIGNUP_DISABLED=true\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["api", "front"]


def test_another_run_that_does_not_end(signup, tmp_path):
    """Whoever holds the folder's lock is not waited for longer than asked."""
    (tmp_path / "env").write_text(ENV)
    with subprocess.Popen(["flock", tmp_path, "sh", "-c", "echo held; exec sleep 60"], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout.readline() == b"held\n"
            result = signup(**asked("env_files", tmp_path / "env"), timeout=1)
            assert result["failed"] and result["error_kind"] == "locked" and (tmp_path / "env").read_text() == ENV
            foreseen = signup(**asked("env_files", tmp_path / "env"), timeout=1, check=True)
            assert foreseen["changed"] and not foreseen.get("failed"), "check mode takes no lock"
        finally:
            holder.kill()
