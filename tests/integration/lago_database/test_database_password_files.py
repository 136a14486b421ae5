# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords that stand in files on the target: the owner's, and the one to log in with."""
import pytest


@pytest.fixture
def login(server):
    return {key: value for key, value in server.over_tcp.items() if key != "login_password"}


def test_the_password_to_log_in_with(run_module, server, login, name, tmp_path):
    plain, env = tmp_path / "plain", tmp_path / "env"
    plain.write_text(server.password + "\n")
    env.write_text(f"OTHER=x\nADMIN={server.password}\n")
    made = run_module("lago_database", {**login, "name": name, "login_password_file": str(plain)})
    assert made.json["changed"] and not made.json.get("failed"), made.stdout
    again = run_module("lago_database", {**login, "name": name, "login_password_file": str(env),
                                         "login_password_file_key": "ADMIN"})
    assert not again.json["changed"] and not again.json.get("failed"), again.stdout
    assert server.password not in made.everything + again.everything


def test_the_password_of_the_owner(run_module, server, name, tmp_path, planted_secret):
    env = tmp_path / "env"
    env.write_text(f"OWNER={planted_secret.value}\n")
    asked = {**server.over_tcp, "name": name, "password_file": str(env), "password_file_key": "OWNER", "verify_login": True}
    for changed in (True, False):
        outcome = run_module("lago_database", asked, diff=True)
        assert outcome.json["changed"] is changed, outcome.stdout
        assert not planted_secret.found_in(outcome)
    given = {**server.over_tcp, "name": name, "password": planted_secret.value}
    assert not run_module("lago_database", given).json["changed"]


BROKEN = {"missing": None, "empty": b"", "an empty line": b"\n", "a folder": None, "NUL": b"a\0b", "no UTF-8": b"\xff\xfe",
          "large": b"A" * (1 << 20), "no such key": b"OTHER=planted\n", "an empty value": b"KEY=\n",
          "a line that docker refuses": b"KEY = planted\n"}


@pytest.mark.parametrize("option", ["password_file", "login_password_file"])
@pytest.mark.parametrize("what", BROKEN)
def test_files_without_a_password(run_module, server, login, name, tmp_path, option, what):
    path = tmp_path / "file"
    if what == "a folder":
        path.mkdir()
    elif BROKEN[what] is not None:
        path.write_bytes(BROKEN[what])
    asked = {**(login if option.startswith("login") else server.over_tcp), "name": name, option: str(path)}
    if "key" in what or "value" in what or "docker" in what:
        asked[f"{option}_key"] = "KEY"
    outcome = run_module("lago_database", asked)
    assert outcome.json["failed"], outcome.stdout
    assert outcome.json["error_kind"] == ("bad_password" if what in ("NUL", "no UTF-8") else "password_file")
    assert str(path) in outcome.json["msg"] or option in outcome.json["msg"]
    assert "planted" not in outcome.everything


def test_both_ways_exclude_each_other(run_module, server, name, tmp_path):
    for asked in ({"login_password_file": "/x"}, {"password": "planted", "password_file": "/x"}):
        result = run_module("lago_database", {**server.over_tcp, "name": name, **asked}).json
        assert result["failed"] and "mutually exclusive" in result["msg"]
    result = run_module("lago_database", {**server.over_tcp, "name": name, "password_file_key": "KEY"}).json
    assert result["failed"] and "missing parameter(s) required by 'password_file_key': password_file" in result["msg"]


def test_a_file_that_is_not_there_yet_in_check_mode(run_module, login, name, tmp_path):
    asked = {**login, "name": name, "login_password_file": str(tmp_path / "none")}
    result = run_module("lago_database", asked, check=True).json
    assert result["changed"] and not result.get("failed") and "not there yet" in str(result["warnings"])
