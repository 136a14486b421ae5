# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_secrets as a whole: what is in the file afterwards, and that nobody sees it anywhere else."""
import base64
import json
import os
import re
import shutil
import subprocess
import urllib.parse

import pytest
from mounts import tmpfs

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

AWKWARD = "p@ss/w:o?rd#%&+ \u00e4$'\"\\`"


def values(path):
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def secrets(run_module, returned_matches_docs, tmp_path):
    """Runs the module on one file; the result is as documented, and no value of any file here is in its output."""
    def run(wishes, check=False, **options):
        path = tmp_path / "secrets"
        before = path.read_bytes() if path.is_file() else None
        outcome = run_module("lago_secrets", {"path": str(path), "secrets": wishes, **options}, check=check, diff=True)
        returned_matches_docs("lago_secrets", outcome.json)
        after = path.read_bytes() if path.is_file() else None
        if check or outcome.json.get("failed"):
            assert after == before
        elif before:
            assert after.startswith(before), "what stood there stays, byte for byte"
        for file in (file for file in tmp_path.iterdir() if file.is_file()):
            for line in file.read_text(errors="replace").splitlines():
                value = line.partition("=")[2]
                assert len(value) < 4 or value not in outcome.everything
                assert len(value) < 4 or json.dumps(value)[1:-1] not in outcome.everything
        return outcome.json
    return run


FORMS = {"hex": (r"[0-9a-f]{64}", bytes.fromhex), "base64": (r"[A-Za-z0-9+/]{43}=", base64.b64decode),
         "urlsafe": (r"[A-Za-z0-9_-]{43}", lambda text: base64.urlsafe_b64decode(text + "="))}


@pytest.mark.parametrize("encoding", FORMS)
def test_generated_secrets(secrets, tmp_path, encoding):
    result = secrets([{"name": "ONE", "encoding": encoding}, {"name": "TWO", "encoding": encoding}])
    assert result["changed"] and result["generated"] == ["ONE", "TWO"] and result["kept"] == result["adopted"] == []
    path = tmp_path / "secrets"
    assert path.stat().st_mode & 0o7777 == 0o600
    form, decode = FORMS[encoding]
    made = values(path)
    assert list(made) == ["ONE", "TWO"] and made["ONE"] != made["TWO"]
    for value in made.values():
        assert re.fullmatch(form, value) and len(decode(value)) == 32
    again = secrets([{"name": "ONE"}, {"name": "TWO", "bytes": 64}])
    assert not again["changed"] and again["kept"] == ["ONE", "TWO"] and values(path) == made


def test_as_many_bytes_as_asked_for(secrets, tmp_path):
    secrets([{"name": "A", "bytes": 16}, {"name": "B", "bytes": 1024}])
    made = values(tmp_path / "secrets")
    assert (len(made["A"]), len(made["B"])) == (32, 2048)


def test_a_check_makes_nothing_and_shows_names_only(secrets, tmp_path):
    (tmp_path / "env").write_text("B=of the deployed one\n")
    result = secrets([{"name": "A"}, {"name": "B", "adopt": {"path": str(tmp_path / "env")}}], check=True)
    assert result["changed"] and result["generated"] == ["A"] and result["adopted"] == ["B"]
    assert (result["diff"]["before"], result["diff"]["after"]) == ("", "A=(generated)\nB=(adopted)\n")
    assert os.listdir(tmp_path) == ["env"]


def test_what_stands_there_stays(secrets, tmp_path):
    path = tmp_path / "secrets"
    path.write_bytes(b"\xef\xbb\xbf# mine\r\nOLD= quoted \"x\" \r\nOLD=second of two\r\n\r\nother=1234567\r\n")
    path.chmod(0o600)
    result = secrets([{"name": "OLD"}, {"name": "NEW"}])
    assert result["kept"] == ["OLD"] and result["generated"] == ["NEW"]
    assert re.search(rb"other=1234567\r\nNEW=[0-9a-f]{64}\r\n$", path.read_bytes())


def test_only_the_mode_is_mended(secrets, tmp_path):
    path = tmp_path / "secrets"
    path.write_text("A=longer than four\n")
    path.chmod(0o644)
    assert secrets([{"name": "A"}], check=True)["changed"]
    result = secrets([{"name": "A"}])
    assert result["changed"] and result["diff"]["before"] == {"mode": "0644"} and path.stat().st_mode & 0o7777 == 0o600
    assert not secrets([{"name": "A"}])["changed"]


def test_adopted_from_a_deployed_lago(secrets, tmp_path):
    quoted = urllib.parse.quote(AWKWARD, safe="")
    (tmp_path / "env").write_text(
        "# env\nSECRET_KEY_BASE=old-base\nSECRET_KEY_BASE=key base = \"quoted\" \nENCRYPTION_PRIMARY_KEY=\n"
        "LAGO_ENCRYPTION_PRIMARY_KEY=under the other name\nENCRYPTION_KEY_DERIVATION_SALT=by its own\n"
        f"LAGO_ENCRYPTION_KEY_DERIVATION_SALT=not this one\nDATABASE_URL=postgresql://lago:{quoted}@db:5432/lago\n"
        "REDIS_URL=redis://mash-redis:6379\n")
    env = str(tmp_path / "env")
    result = secrets([{"name": "SECRET_KEY_BASE", "adopt": {"path": env}},
                      {"name": "ENCRYPTION_PRIMARY_KEY", "adopt": {"path": env}},
                      {"name": "SALT", "adopt": {"path": env, "variable": "ENCRYPTION_KEY_DERIVATION_SALT"}},
                      {"name": "DB", "adopt": {"path": env, "variable": "DATABASE_URL", "part": "url_password"}},
                      {"name": "REDIS", "adopt": {"path": env, "variable": "REDIS_URL", "part": "url_password"}},
                      {"name": "ELSE", "adopt": {"path": env}},
                      {"name": "NOWHERE", "adopt": {"path": str(tmp_path / "missing/env")}}])
    assert result["adopted"] == ["SECRET_KEY_BASE", "ENCRYPTION_PRIMARY_KEY", "SALT", "DB"]
    assert result["generated"] == ["REDIS", "ELSE", "NOWHERE"]
    made = values(tmp_path / "secrets")
    assert made["SECRET_KEY_BASE"] == "key base = \"quoted\" " and made["DB"] == AWKWARD
    assert made["ENCRYPTION_PRIMARY_KEY"] == "under the other name" and made["SALT"] == "by its own"
    (tmp_path / "env").write_text("SECRET_KEY_BASE=another one\n")
    assert secrets([{"name": "SECRET_KEY_BASE", "adopt": {"path": env}}])["kept"] == ["SECRET_KEY_BASE"]


@pytest.mark.parametrize("line", ["A=", "A", "A=lost before\nA=", "  A="])
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_a_name_without_a_value_is_refused(secrets, tmp_path, line, check):
    """It may be a secret that was lost; a new one would bury it, and an empty one is one to Lago."""
    (tmp_path / "secrets").write_text(f"{line}\nB=longer than four\n")
    (tmp_path / "env").write_text("A=of the deployed one\n")
    result = secrets([{"name": "B"}, {"name": "A", "adopt": {"path": str(tmp_path / "env")}}], check=check)
    assert result["failed"] and result["error_kind"] == "empty_secret"
    assert " A " in result["msg"] and "backup" in result["msg"] and str(tmp_path / "secrets") in result["msg"]


def test_a_url_that_is_none(secrets, tmp_path):
    (tmp_path / "env").write_text("U=pl4nted-without-a-scheme\nV=redis://:pl4nted%0Abreak@h\n")
    for variable, kind in (("U", "bad_url"), ("V", "bad_value")):
        adopt = {"path": str(tmp_path / "env"), "variable": variable, "part": "url_password"}
        for check in (True, False):
            result = secrets([{"name": "A", "adopt": adopt}], check=check)
            assert result["failed"] and result["error_kind"] == kind and "pl4nted" not in json.dumps(result["msg"])


def test_a_folder_and_a_user_that_are_not_there_yet(run_module, tmp_path):
    params = {"path": str(tmp_path / "later/secrets"), "secrets": [{"name": "A"}]}
    assert run_module("lago_secrets", params, check=True).json["changed"]
    result = run_module("lago_secrets", params).json
    assert result["error_kind"] == "no_folder" and str(tmp_path / "later") in result["msg"]
    params = {"path": str(tmp_path / "secrets"), "secrets": [{"name": "A"}], "owner": "nobody-of-this-name"}
    assert run_module("lago_secrets", params, check=True).json["changed"]
    assert "failed to look up user" in run_module("lago_secrets", params).json["msg"]
    assert os.listdir(tmp_path) == []


WRONG = [
    ({}, "missing required arguments: path, secrets"),
    ({"path": "{folder}/s"}, "missing required arguments: secrets"),
    ({"path": "{folder}/s", "secrets": "A=1"}, "secrets"),
    ({"path": "{folder}/s", "secrets": [{"bytes": 32}]}, "missing required arguments: name"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "colour": "red"}]}, "Unsupported parameters"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "encoding": "rot13"}]}, "value of encoding must be one of"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "bytes": "many"}]}, "unable to convert to int"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "bytes": 15}]}, "From 16 to 1024"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "bytes": 1025}]}, "From 16 to 1024"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "bytes": 10**30}]}, "bytes"),
    ({"path": "{folder}/s", "secrets": [{"name": ""}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "A B"}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "A\0"}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "1A"}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "A=1"}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "A" * (1 << 20) + "-"}]}, "not the name of a variable"),
    ({"path": "{folder}/s", "secrets": [{"name": "A"}, {"name": "A"}]}, "A is named twice"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "adopt": {"part": "value"}}]}, "missing required arguments: path"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "adopt": {"path": "env"}}]}, "not an absolute path"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "adopt": {"path": "{folder}"}}]}, "{folder}"),
    ({"path": "{folder}/s", "secrets": [{"name": "A", "adopt": {"path": "/e", "variable": "a b"}}]}, "adopt.variable"),
    ({"path": "relative/s", "secrets": []}, "not an absolute path"),
    ({"path": "{folder}/a\0b", "secrets": []}, "NUL"),
    ({"path": "{folder}/" + "n" * 300, "secrets": [{"name": "A"}]}, "name too long"),
    ({"path": "{folder}/s", "secrets": [{"name": "A"}], "mode": "rw"}, "mode must be in octal or symbolic form"),
]


def filled(value, folder):
    return json.loads(json.dumps(value).replace("{folder}", str(folder)))


@pytest.mark.parametrize(("params", "message"), WRONG, ids=[f"{number}" for number in range(len(WRONG))])
def test_wrong_options(run_module, tmp_path, params, message):
    for check in (True, False):
        result = run_module("lago_secrets", filled(params, tmp_path), check=check).json
        assert result["failed"] and message.replace("{folder}", str(tmp_path)).lower() in result["msg"].lower()
        assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("what", ["folder", "link", "dangling link", "fifo", "binary", "exported", "large"])
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_what_is_no_env_file_is_left_as_it_is(run_module, tmp_path, what, check):
    path = tmp_path / "secrets"
    if what == "folder":
        path.mkdir()
    elif what == "fifo":
        os.mkfifo(path)
    elif what.endswith("link"):
        (tmp_path / "real").write_text("A=1\n")
        path.symlink_to(tmp_path / ("real" if what == "link" else "missing"))
    else:
        path.write_bytes({"binary": b"A=\0\xff", "exported": b"export A=1\n", "large": b"A=" + b"x" * (2 << 20)}[what])
    before = path.read_bytes() if path.is_file() else None
    result = run_module("lago_secrets", {"path": str(path), "secrets": [{"name": "A"}]}, check=check).json
    assert result["failed"] and str(path) in result["msg"]
    assert result["error_kind"] == {"binary": "bad_env_file", "exported": "bad_env_file", "large": "file_error"}.get(
        what, "wrong_kind")
    assert before is None or path.read_bytes() == before


@ROOT_ONLY
def test_no_space_and_a_read_only_file_system(run_module):
    with tmpfs("size=8k,mode=0700") as folder:
        path = folder / "s"
        path.write_text("A=longer than four\n")
        path.chmod(0o600)
        (folder / "filler").write_bytes(b"x" * 4096)
        params = {"path": str(path), "secrets": [{"name": "A"}, {"name": "B"}]}
        assert run_module("lago_secrets", params).json["error_kind"] == "no_space"
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        assert run_module("lago_secrets", params).json["error_kind"] == "read_only"
        params["secrets"].pop()
        assert not run_module("lago_secrets", params).json["changed"]
        assert path.read_text() == "A=longer than four\n" and sorted(os.listdir(folder)) == ["filler", "s"]


def test_runs_at_once_agree(lago, tmp_path):
    path = tmp_path / "secrets"
    runs = [subprocess.Popen([lago, "lago_secrets"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(6)]
    for process in runs:  # all of them wait for their input
        process.stdin.write(json.dumps({"path": str(path), "secrets": [{"name": "A"}, {"name": "B"}]}))
    for process in runs:
        process.stdin.close()
    results = [json.loads(process.stdout.read()) for process in runs]
    assert [process.wait(60) for process in runs] == [0] * 6
    assert sorted(result["changed"] for result in results) == [False] * 5 + [True]
    assert list(values(path)) == ["A", "B"] and os.listdir(tmp_path) == ["secrets"]


def test_other_modules_read_it(run_module, secrets, tmp_path):
    secrets([{"name": "DATABASE_PASSWORD", "encoding": "urlsafe"}])
    entry = {"path": str(tmp_path / "env"), "content": "DATABASE_URL=@URL@\nX=1\n",
             "substitute": {"@URL@": {"path": str(tmp_path / "secrets"), "key": "DATABASE_PASSWORD"}}}
    assert run_module("lago_files", {"entries": [entry]}).json["changed"]
    assert values(tmp_path / "env")["DATABASE_URL"] == values(tmp_path / "secrets")["DATABASE_PASSWORD"]


def test_a_process_of_others_sees_nothing(lago, tmp_path, planted_secret):
    """Neither the command line, nor the environment, nor a system call but for the file's own holds a value."""
    if shutil.which("strace") is None:
        pytest.skip("there is no strace command")
    value = planted_secret.value.replace("\u00e4", "a")
    (tmp_path / "env").write_text(f"A={value}\n")
    trace = tmp_path / "trace"
    params = {"path": str(tmp_path / "secrets"), "secrets": [{"name": "A", "adopt": {"path": str(tmp_path / "env")}}]}
    subprocess.run(["strace", "-f", "-y", "-s", "4096", "-o", trace, lago, "lago_secrets"], input=json.dumps(params).encode(),
                   capture_output=True, check=True)
    lines = [line for line in trace.read_text().splitlines() if value in line]
    assert lines and all(str(tmp_path) in line.split(",")[0] for line in lines), lines
