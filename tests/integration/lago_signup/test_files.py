# SPDX-License-Identifier: GPL-3.0-or-later
"""The switch in env files and in a playbook's variables, on a real file system."""
import os
import pathlib
import stat

import pytest

SECRET = "planted-5ecret"
NAME = "lago_front_environment_variable_lago_disable_signup"
ENV = f"SECRET_KEY_BASE={SECRET}\n# comment\nLAGO_DISABLE_SIGNUP=false\nDATABASE_URL=postgresql://lago:{SECRET}@db/lago\n"

# The example of Lago's page in the MASH documentation.
PAGE = """########################################################################
#                                                                      #
# lago                                                                 #
#                                                                      #
########################################################################

lago_enabled: true

lago_hostname: lago.example.com

# Generate this using `openssl genrsa 2048 | base64 --wrap=0`
lago_api_environment_variable_lago_rsa_private_key: ''

# WARNING: remove this after you create your user account,
# unless you'd like to run a server with public registration enabled.
lago_front_environment_variable_lago_disable_signup: false

# Redis configuration, as described below

########################################################################
#                                                                      #
# /lago                                                                #
#                                                                      #
########################################################################
"""


def front(path):
    return [{"path": str(path), "side": "front"}]


@pytest.fixture
def env(tmp_path):
    path = tmp_path / "env"
    path.write_text(ENV)
    path.chmod(0o640)
    return path


def test_env_file(signup, env):
    checked = signup(check=True, state="disabled", env_files=front(env))
    assert checked["changed"] and env.read_text() == ENV
    result = signup(state="disabled", env_files=front(env))
    assert result["changed"] and result["diff"] == checked["diff"]
    assert env.read_text() == ENV.replace("SIGNUP=false", "SIGNUP=true")
    assert stat.S_IMODE(env.stat().st_mode) == 0o640
    assert not signup(state="disabled", env_files=front(env))["changed"]
    assert signup(state="enabled", env_files=front(env))["changed"]
    assert env.read_text() == ENV
    assert [entry.name for entry in env.parent.iterdir()] == ["env"]


def test_result_and_diff_show_the_switch_only(signup, env):
    for options in ({"check": True}, {}):
        result = signup(state="disabled", env_files=front(env), **options)
        assert SECRET not in result["_everything"]
    diff = result["diff"]
    assert diff["before"] == "LAGO_DISABLE_SIGNUP=false\n"
    assert diff["after"] == "LAGO_DISABLE_SIGNUP=true\n"
    assert result["variables"] == [{"path": str(env), "name": "LAGO_DISABLE_SIGNUP", "before": "false",
                                    "after": "true", "line": 3, "overridden_lines": []}]


def test_both_sides_at_once(signup, env, tmp_path):
    other = tmp_path / "front-env"
    other.write_text("A=1\r\n")
    result = signup(state="disabled", env_files=[{"path": str(env), "side": "api"}, *front(other)])
    assert [entry["name"] for entry in result["variables"]] == [
        "LAGO_DISABLE_SIGNUP", "LAGO_SIGNUP_DISABLED", "LAGO_DISABLE_SIGNUP"]
    assert env.read_text().endswith("LAGO_SIGNUP_DISABLED=true\n")
    assert other.read_bytes() == b"A=1\r\nLAGO_DISABLE_SIGNUP=true\r\n"
    assert len(result["diff"]) == 2


def test_one_bad_file_leaves_all_as_they_were(signup, env, tmp_path):
    bad = tmp_path / "bad"
    bad.write_text("export LAGO_DISABLE_SIGNUP=false\n")
    result = signup(state="disabled", env_files=front(env) + front(bad))
    assert result["failed"] and result["error_kind"] == "env_file"
    assert env.read_text() == ENV


def test_a_link_is_followed_to_the_real_file(signup, env, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(env)
    assert signup(state="disabled", env_files=front(link))["changed"]
    assert link.is_symlink() and "SIGNUP=true" in env.read_text()


def test_backup(signup, env):
    assert "backup_files" not in signup(check=True, state="disabled", backup=True, env_files=front(env))
    result = signup(state="disabled", backup=True, env_files=front(env))
    copy = pathlib.Path(result["backup_files"][str(env)])
    assert copy.read_text() == ENV
    assert stat.S_IMODE(copy.stat().st_mode) == 0o640
    assert "backup_files" not in signup(state="disabled", backup=True, env_files=front(env))


@pytest.mark.parametrize("encode", [lambda text: text.encode(), lambda text: text.replace("\n", "\r\n").encode(),
                                    lambda text: b"\xef\xbb\xbf" + text.encode(),
                                    lambda text: text.rstrip("\n").encode()], ids=["plain", "crlf", "bom", "no-newline"])
def test_the_pages_own_vars_file(signup, tmp_path, encode):
    path = tmp_path / "vars.yml"
    path.write_bytes(encode(PAGE))
    result = signup(state="disabled", vars_file=str(path))
    assert result["changed"]
    assert path.read_bytes() == encode(PAGE.replace(f"{NAME}: false", f"{NAME}: true"))
    assert result["diff"]["before"] == f"{NAME}: false\n" and result["diff"]["after"] == f"{NAME}: true\n"
    assert not signup(state="disabled", vars_file=str(path))["changed"]
    assert signup(state="enabled", vars_file=str(path))["changed"]
    assert path.read_bytes() == encode(PAGE)


@pytest.mark.parametrize("line,kind", [
    ("", "variable_not_found"), (f"{NAME}: '{{{{ x }}}}'", "template"), (f"{NAME}: {SECRET}", "not_a_boolean"),
    (f"{NAME}: true\n{NAME}: false", "duplicate_variable"), (f"{NAME}: &a true", "yaml"),
    (f"{NAME}: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3061", "vault"), (f"{NAME}: |\n  true", "yaml"),
    ("$ANSIBLE_VAULT;1.1;AES256\n3061", "vault"), (f"{NAME}: [", "yaml")])
def test_a_vars_file_that_is_refused(signup, tmp_path, line, kind):
    path = tmp_path / "vars.yml"
    content = line if line.startswith("$") else f"other: 1\n{line}\n"
    path.write_text(content)
    result = signup(state="disabled", vars_file=str(path))
    assert result["failed"] and result["error_kind"] == kind, result
    assert SECRET not in result["_everything"]
    assert path.read_text() == content


def failure(result):
    assert result["failed"] and result["msg"], result
    return result["msg"]


def test_missing_file(signup, tmp_path):
    missing = tmp_path / "none" / "env"
    assert "no such file" in failure(signup(state="disabled", env_files=front(missing)))
    checked = signup(check=True, state="disabled", env_files=front(missing))
    assert checked["changed"] and not checked.get("failed")
    assert not missing.parent.exists()


def test_bad_options(signup, env, tmp_path):
    failure(signup(env_files=front(env)))
    failure(signup(state="closed", env_files=front(env)))
    failure(signup(state="disabled", env_file=str(env)))
    failure(signup(state="disabled", env_files=[{"path": str(env)}]))
    failure(signup(state="disabled", env_files=[{"path": str(env), "side": "front", "x": 1}]))
    failure(signup(state="disabled", env_files=42))
    failure(signup(state="disabled"))
    failure(signup(probe="known_email", api_url="http://127.0.0.1:1"))
    failure(signup(probe="blank"))
    failure(signup(probe="blank", api_url="lago.example.com"))
    failure(signup(probe="blank", api_url="http://127.0.0.1:1", login_host="127.0.0.1"))
    assert SECRET not in signup(probe="blank", api_url=f"http://u:{SECRET}@127.0.0.1/").get("msg")
    assert "no regular file" in failure(signup(state="disabled", env_files=front(tmp_path)))
    failure(signup(state="disabled", env_files=front("relative/env")))
    failure(signup(state="disabled", env_files=front(f"{env}\0x")))
    failure(signup(state="disabled", env_files=front("/x" * 500_000)))
    failure(signup(state="disabled", env_files=front(os.fsdecode(b"/tmp/\xff\xfe/none"))))
    assert env.read_text() == ENV


def test_a_binary_file_and_a_huge_one(signup, tmp_path):
    path = tmp_path / "env"
    path.write_bytes(b"A=\0\n")
    failure(signup(state="disabled", env_files=front(path)))
    assert path.read_bytes() == b"A=\0\n"
    path.write_bytes(b"A=1\n" * 2_000_000)
    failure(signup(state="disabled", env_files=front(path)))
    path.write_bytes(b"K=\xff\xfe\n")
    assert signup(state="disabled", env_files=front(path))["changed"]
    assert path.read_bytes() == b"K=\xff\xfe\nLAGO_DISABLE_SIGNUP=true\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(signup, env):
    env.parent.chmod(0o500)
    try:
        failure(signup(state="disabled", env_files=front(env)))
        assert env.read_text() == ENV
    finally:
        env.parent.chmod(0o700)
