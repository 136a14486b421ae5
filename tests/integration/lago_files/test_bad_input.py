# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one JSON object with `failed` and a `msg` that says what to do, nothing written, no secret seen."""
import os
import pathlib
import subprocess
import tempfile

import pytest
from folders import leftovers, snapshot
from mounts import tmpfs

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def refused(files, folder, secret, *entries, **options):
    """The failure of a run that changed nothing and shows no secret."""
    before = snapshot(folder)
    outcome = files(*entries, diff=True, **options)
    assert outcome.rc == 1 and outcome.json["failed"], outcome.stdout
    assert snapshot(folder) == before
    assert not secret.found_in(outcome)
    return outcome.json


WRONG = [
    ({"content": "{secret}"}, "missing required arguments: path found in entries"),
    ({"path": "{folder}/f", "content": "{secret}", "colour": "red"}, "Unsupported parameters"),
    ({"path": "{folder}/f", "content": "{secret}", "state": "gone"}, "value of state must be one of"),
    ({"path": "{folder}/f", "content": "{secret}", "sensitive": "perhaps"}, "sensitive"),
    ({"path": "{folder}/f", "content": "{secret}", "src": "x"}, "mutually exclusive"),
    ({"path": "{folder}/l", "state": "link"}, "src"),
    ({"path": "{folder}/f", "substitute": {"T": {"path": "/x"}}}, "content"),
    ({"path": "relative/{folder}", "content": "{secret}"}, "not an absolute path"),
    ({"path": "", "content": "{secret}"}, "not an absolute path"),
    ({"path": "{folder}/a\0b", "content": "{secret}"}, "NUL"),
    ({"path": "{folder}/f", "content": "{secret}\ud800"}, "surrogate"),
    ({"path": "{folder}/f", "content": "{secret}", "mode": "rwxr-x---"}, "mode must be in octal or symbolic form"),
    ({"path": "{folder}/f", "content": "{secret}", "mode": "99999"}, "mode must be in octal or symbolic form"),
    ({"path": "{folder}/f", "content": "{secret}", "mode": 99999}, "Invalid mode"),
    ({"path": "{folder}/f", "content": "{secret}", "mode": ["0644"]}, "mode must be in octal or symbolic form"),
    ({"path": "{folder}/f", "content": "{secret}", "owner": "nobody-of-this-name"}, "failed to look up user nobody-of-this-name"),
    ({"path": "{folder}/f", "content": "{secret}", "group": "nobody-of-this-name"}, "failed to look up group nobody-of-this-name"),
    ({"path": "{folder}/f", "content": "{secret}", "recurse": True}, "'recurse' is for state: absent only"),
    ({"path": "{folder}/d", "content": "{secret}", "state": "directory"}, "'content' is for state: file only"),
    ({"path": "{folder}/f", "content": "{secret}", "unless_exists": "marker"}, "not an absolute path"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": "{secret}"}}, "not a dictionary"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"key": "A"}}}, "no path"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"path": "x"}}}, "not an absolute path"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"path": "/x", "code": "x"}}}, "unknown key: code"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"path": "/x", "encoding": "rot13"}}}, "none, base64, percent"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"path": ["/x"]}}}, "not a text"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"": {"path": "/x"}}}, "token"),
    ({"path": "{folder}/f", "content": "x T", "substitute": {"T": {"path": "{folder}/key"}}}, "nowhere a whole value"),
    ({"path": "{folder}/f", "content": "K=T", "substitute": {"T": {"path": "{folder}/key"}}}, "several lines"),
    ({"path": "{folder}/f", "content": "T", "substitute": {"T": {"path": "{folder}/full"}}}, "Is a directory"),
    ({"path": "{folder}/none/f", "content": "{secret}"}, "state: directory"),
    ({"path": "{folder}/key/f", "content": "{secret}"}, "Not a directory"),
    ({"path": "{folder}/f"}, "no content is given"),
    ({"path": "{folder}/full", "content": "{secret}"}, "it is a folder, not a file"),
    ({"path": "{folder}/key", "state": "directory"}, "it is a file, not a folder"),
    ({"path": "{folder}/key", "state": "link", "src": "x"}, "it is a file, not a link"),
    ({"path": "{folder}/pipe", "content": "{secret}"}, "pipe, socket or device"),
    ({"path": "{folder}/loop", "content": "{secret}"}, "lead back to themselves"),
    ({"path": "{folder}/loop/x", "content": "{secret}"}, "lead back to themselves"),
    ({"path": "{folder}/full", "state": "absent"}, "recurse: true"),
    ({"path": "/proc", "state": "absent", "recurse": True}, "mounted there"),
    ({"path": "relative", "state": "absent", "recurse": True}, "not an absolute path"),
]


def filled(value, folder, secret):
    if isinstance(value, dict):
        return {filled(key, folder, secret): filled(item, folder, secret) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, folder, secret) for item in value]
    if isinstance(value, str):
        return value.replace("{folder}", str(folder)).replace("{secret}", secret)
    return value


@pytest.mark.parametrize("entry, message", WRONG, ids=[message for _entry, message in WRONG])
def test_a_wrong_entry(files, tmp_path, planted_secret, entry, message):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/x").write_text("x")
    (tmp_path / "key").write_text(f"{planted_secret.value}\n{planted_secret.value}\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    good = {"path": "/nowhere/good", "content": planted_secret.value, "sensitive": True, "unless_exists": "/"}
    entry = filled(entry, tmp_path, planted_secret.value)
    result = refused(files, tmp_path, planted_secret, good, entry)
    assert message in result["msg"]


@pytest.mark.parametrize("path", ["/", "//./"])
def test_the_root_is_not_removed(files, tmp_path, planted_secret, path):
    result = refused(files, tmp_path, planted_secret, {"path": path, "state": "absent", "recurse": True}, check=True)
    assert "root folder" in result["msg"]


def test_a_path_twice(files, tmp_path, planted_secret):
    (tmp_path / "link").symlink_to("f")
    entry = {"path": f"{tmp_path}/f", "content": planted_secret.value, "sensitive": True}
    for other in (entry, {**entry, "path": f"{tmp_path}//./f"}, {**entry, "path": f"{tmp_path}/link"}):
        result = refused(files, tmp_path, planted_secret, entry, other)
        assert result["error_kind"] == "bad_option" and "entries[1]" in result["msg"]


def test_below_what_is_removed(files, tmp_path, planted_secret):
    result = refused(files, tmp_path, planted_secret, {"path": f"{tmp_path}/d/f", "content": "x"},
                     {"path": f"{tmp_path}/d", "state": "absent", "recurse": True})
    assert "removes" in result["msg"]


@pytest.mark.parametrize("entries", ["{secret}", 5, {"path": "/x", "content": "{secret}"}, ["{secret}"], [["x"]], [None], None,
                                     '[{"path": "/x", "content": "{secret}"}]'])
def test_entries_of_another_type(run_module, tmp_path, planted_secret, entries):
    outcome = run_module("lago_files", {"entries": filled(entries, tmp_path, planted_secret.value)})
    assert outcome.rc == 1
    assert not planted_secret.found_in(outcome)


def test_unknown_option(run_module, planted_secret):
    outcome = run_module("lago_files", {"entries": [], "force": planted_secret.value})
    assert "Unsupported parameters for (lago_files) module: force" in outcome.json["msg"]


def test_content_is_in_no_invocation(run_module, files, tmp_path, planted_secret):
    for sensitive in (True, False):
        outcome = run_module("lago_files", {"entries": [{"path": f"{tmp_path}/f", "content": planted_secret.value,
                                                         "sensitive": sensitive}]}, inject_invocation=True)
        assert outcome.json["invocation"]["module_args"]["entries"][0]["path"] == f"{tmp_path}/f"
        assert not planted_secret.found_in(outcome)


def test_the_diff_of_a_secret_shows_no_value(files, tmp_path, planted_secret):
    path = tmp_path / "env"
    path.write_text(f"OLD_ONE=x{planted_secret.value}\nKEPT=1\n")
    entry = {"path": str(path), "content": f"NEW_ONE={planted_secret.value}\nKEPT=1\n", "sensitive": True}
    for check in (True, False):
        outcome = files(entry, check=check, diff=True)
        assert not planted_secret.found_in(outcome)
        assert outcome.json["diff"]["before"] == "OLD_ONE=(hidden)\n"
        assert outcome.json["diff"]["after"] == "NEW_ONE=(hidden)\n"


@ROOT_ONLY
def test_no_space(files, planted_secret):
    big = planted_secret.value * 20_000
    with tmpfs("size=256k") as folder:
        (folder / "f").write_text("old")
        result = refused(files, folder, planted_secret, {"path": f"{folder}/f", "content": "new"},
                         {"path": f"{folder}/d", "state": "directory"},
                         {"path": f"{folder}/d/big", "content": big, "sensitive": True})
        assert result["error_kind"] == "no_space" and result["errno"] == 28
        assert result["done"] == [] and "Nothing was changed" in result["msg"]


@ROOT_ONLY
def test_read_only_file_system(files, planted_secret):
    with tmpfs("size=256k") as folder:
        (folder / "f").write_text("old")
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        for entry in ({"path": f"{folder}/f", "content": planted_secret.value, "sensitive": True},
                      {"path": f"{folder}/d", "state": "directory"}):
            result = refused(files, folder, planted_secret, entry)
            assert result["error_kind"] == "read_only"
        for entry in ({"path": f"{folder}/f", "mode": "0600"}, {"path": f"{folder}/f", "state": "absent"},
                      {"path": f"{folder}/l", "state": "link", "src": "x"}):
            assert refused(files, folder, planted_secret, entry)["error_kind"] == "read_only"
        assert not files({"path": f"{folder}/f", "content": "old"}).json["changed"]


@ROOT_ONLY
def test_mount_points_are_not_removed(files, planted_secret):
    with tempfile.TemporaryDirectory() as outer:
        folder = pathlib.Path(outer)
        (folder / "tree/mounted").mkdir(parents=True)
        (folder / "tree/f").write_text("x")
        (folder / "real").mkdir()
        (folder / "real/precious").write_text("x")
        subprocess.run(["mount", "--bind", folder / "real", folder / "tree/mounted"], check=True)
        try:
            for path in ("tree", "tree/mounted"):
                result = refused(files, folder, planted_secret, {"path": f"{folder}/{path}", "state": "absent", "recurse": True},
                                 {"path": f"{folder}/new", "content": "x"})
                assert result["error_kind"] == "mount_point"
            assert (folder / "real/precious").exists() and (folder / "tree/f").exists()
        finally:
            subprocess.run(["umount", folder / "tree/mounted"], check=True)


@ROOT_ONLY
def test_a_file_that_is_mounted_alone(files, tmp_path, planted_secret):
    path = tmp_path / "f"
    path.write_text("old")
    (tmp_path / "source").write_text("old")
    subprocess.run(["mount", "--bind", tmp_path / "source", path], check=True)
    try:
        result = refused(files, tmp_path, planted_secret, {"path": str(path), "content": "new"})
        assert result["error_kind"] == "busy"
        assert files({"path": str(path), "content": "new"}, unsafe_writes=True).json["changed"]
        assert (tmp_path / "source").read_text() == "new" and not leftovers(tmp_path)
        wanted = {"path": str(path), "content": "newer"}
        environment = {**os.environ, "ANSIBLE_UNSAFE_WRITES": "1"}
        assert refused(files, tmp_path, planted_secret, wanted, unsafe_writes=False, env=environment)["error_kind"] == "busy"
        assert files(wanted, env=environment).json["changed"]
        assert (tmp_path / "source").read_text() == "newer" and not leftovers(tmp_path)
    finally:
        subprocess.run(["umount", path], check=True)


@ROOT_ONLY
def test_a_folder_of_somebody_else(files, lago, planted_secret):
    """Run as a user who may read but not write there."""
    setpriv = ("setpriv", "--reuid=4711", "--regid=4711", "--clear-groups")
    if subprocess.run([*setpriv, lago, "--version"], check=False, capture_output=True).returncode != 0:
        pytest.skip("other users cannot reach the binary")
    with tempfile.TemporaryDirectory(dir="/tmp") as outer:
        folder = pathlib.Path(outer)
        folder.chmod(0o755)
        (folder / "f").write_text("old")
        result = refused(files, folder, planted_secret,
                         {"path": f"{folder}/f", "content": planted_secret.value, "sensitive": True}, prefix=setpriv)
        assert result["error_kind"] == "permission_denied" and "become" in result["msg"]
