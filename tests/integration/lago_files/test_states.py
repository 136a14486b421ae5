# SPDX-License-Identifier: GPL-3.0-or-later
"""Each state of an entry on a real file system: run, check mode, diff, and a second run that changes nothing."""
import base64
import os
import stat
import urllib.parse

import pytest
from folders import mode_of, snapshot

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def twice(files, folder, *entries, **options):
    """Check mode, a run, a second run: the same report, then nothing."""
    before = snapshot(folder)
    checked = files(*entries, check=True, diff=True, **options).json
    assert snapshot(folder) == before, "check mode wrote"
    done = files(*entries, diff=True, **options).json
    assert done["changed"]
    for key in ("changed", "changed_paths", "changed_tags", "skipped_paths", "diff"):
        assert checked[key] == done[key], key
    again = files(*entries, diff=True, **options).json
    assert not again["changed"] and again["changed_paths"] == [] and again["changed_tags"] == []
    return done


def test_new_files(files, tmp_path):
    result = twice(files, tmp_path, {"path": f"{tmp_path}/a", "content": "text\n", "tag": "one"},
                   {"path": f"{tmp_path}/b", "content": "secret", "sensitive": True, "tag": "two"},
                   {"path": f"{tmp_path}/c", "content": "", "mode": "0751", "tag": "one"})
    assert result["changed_tags"] == ["one", "two"]
    assert result["changed_paths"] == [f"{tmp_path}/{name}" for name in "abc"]
    assert (tmp_path / "a").read_bytes() == b"text\n"
    assert [mode_of(tmp_path / name) for name in "abc"] == [0o644, 0o600, 0o751]


def test_umask_does_not_matter(files, tmp_path):
    old = os.umask(0o077)
    try:
        twice(files, tmp_path, {"path": f"{tmp_path}/d", "state": "directory"}, {"path": f"{tmp_path}/d/f", "content": "x"})
    finally:
        os.umask(old)
    assert mode_of(tmp_path / "d") == 0o755 and mode_of(tmp_path / "d/f") == 0o644


def test_existing_file_keeps_its_mode(files, tmp_path):
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o604)
    result = twice(files, tmp_path, {"path": str(path), "content": "new"})
    assert path.read_text() == "new" and mode_of(path) == 0o604
    assert result["diff"] == {"before": "old", "after": "new", "before_header": str(path), "after_header": str(path)}


@pytest.mark.parametrize("mode, expected", [("0640", 0o640), ("u=rwx,g=rx,o=", 0o750), ("g+w", 0o664), (416, 0o640),
                                            ("u+s", 0o4644)])
def test_mode(files, tmp_path, mode, expected):
    path = tmp_path / "f"
    path.write_text("x")
    path.chmod(0o644)
    result = twice(files, tmp_path, {"path": str(path), "mode": mode})
    assert mode_of(path) == expected
    assert result["diff"]["before"] == {"mode": "0644"}


@ROOT_ONLY
def test_owner_and_group(files, tmp_path):
    path = tmp_path / "f"
    path.write_text("x")
    twice(files, tmp_path, {"path": str(path), "owner": "daemon", "group": "4711"})
    info = path.stat()
    import pwd
    assert (info.st_uid, info.st_gid) == (pwd.getpwnam("daemon").pw_uid, 4711)
    files({"path": str(path), "content": "y"})
    assert path.stat().st_gid == 4711


def test_folders(files, tmp_path):
    result = twice(files, tmp_path, {"path": f"{tmp_path}/a/b/c/f", "content": "x"},
                   {"path": f"{tmp_path}/a/b/c", "state": "directory", "mode": "0700"},
                   {"path": f"{tmp_path}/a", "state": "directory"})
    assert mode_of(tmp_path / "a") == 0o755
    assert mode_of(tmp_path / "a/b") == 0o700 and mode_of(tmp_path / "a/b/c") == 0o700
    assert result["changed_paths"] == [f"{tmp_path}/a/b/c/f", f"{tmp_path}/a/b/c", f"{tmp_path}/a"]


def test_links(files, tmp_path):
    link = tmp_path / "link"
    twice(files, tmp_path, {"path": str(link), "state": "link", "src": "nowhere"})
    assert os.readlink(link) == "nowhere"
    twice(files, tmp_path, {"path": str(link), "state": "link", "src": "/elsewhere"})
    assert os.readlink(link) == "/elsewhere"


def test_a_link_at_a_files_path_is_followed(files, tmp_path):
    real = tmp_path / "real"
    real.write_text("old")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to(real)
    (tmp_path / "dangling").symlink_to(tmp_path / "made")
    twice(files, tmp_path, {"path": f"{tmp_path}/one", "content": "new"}, {"path": f"{tmp_path}/dangling", "content": "m"})
    assert (tmp_path / "one").is_symlink() and real.read_text() == "new" and (tmp_path / "made").read_text() == "m"
    (tmp_path / "folder").mkdir()
    (tmp_path / "to_folder").symlink_to("folder")
    assert not files({"path": f"{tmp_path}/to_folder", "state": "directory"}).json["changed"]
    files({"path": f"{tmp_path}/to_folder/x", "content": "x"})
    assert (tmp_path / "folder/x").exists()


@ROOT_ONLY
def test_a_foreign_link_is_not_followed(files, tmp_path):
    (tmp_path / "victim").write_text("root's")
    link = tmp_path / "link"
    link.symlink_to("victim")
    os.lchown(link, 4711, 4711)
    result = files({"path": str(link), "content": "mine"}).json
    assert result["failed"] and result["error_kind"] == "foreign_link"
    assert (tmp_path / "victim").read_text() == "root's"
    os.chown(tmp_path / "victim", 4711, 4711)
    assert files({"path": str(link), "content": "mine"}).json["changed"]


def test_absent(files, tmp_path):
    (tmp_path / "f").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("kept")
    (tmp_path / "kept").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    twice(files, tmp_path, *({"path": f"{tmp_path}/{name}", "state": "absent"} for name in ("f", "empty", "link", "pipe", "no")))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kept"]


def test_absent_tree(files, tmp_path):
    (tmp_path / "tree/below").mkdir(parents=True)
    (tmp_path / "tree/below/f").write_text("x")
    (tmp_path / "tree/up").symlink_to(tmp_path)
    (tmp_path / "kept").write_text("x")
    refused = files({"path": f"{tmp_path}/tree", "state": "absent"}).json
    assert refused["error_kind"] == "not_empty" and (tmp_path / "tree/below/f").exists()
    twice(files, tmp_path, {"path": f"{tmp_path}/tree", "state": "absent", "recurse": True})
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_unless_exists(files, tmp_path):
    marker, path = tmp_path / "marker", tmp_path / "f"
    entry = {"path": str(path), "content": "x", "unless_exists": str(marker)}
    assert files(entry).json["changed"]
    path.unlink()
    marker.write_text("")
    result = files(entry).json
    assert not result["changed"] and result["skipped_paths"] == [str(path)] and not path.exists()


def test_backup(files, tmp_path):
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o640)
    result = files({"path": str(path), "content": "new"}, {"path": f"{tmp_path}/new", "content": "x"}, backup=True).json
    copy = result["backup_files"].pop(str(path))
    assert not result["backup_files"]
    with open(copy, encoding="utf-8") as backup:
        assert backup.read() == "old"
    assert stat.S_IMODE(os.stat(copy).st_mode) == 0o640
    assert "backup_files" not in files({"path": str(path), "content": "new"}, backup=True).json


KEY = b"-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("encoding, expected", [
    ("base64", base64.b64encode(KEY)),
    ("percent", urllib.parse.quote(KEY.removesuffix(b"\n"), safe="").encode())])
def test_substitute_a_file(files, tmp_path, encoding, expected):
    (tmp_path / "key").write_bytes(KEY)
    path = tmp_path / "env"
    result = twice(files, tmp_path, {
        "path": str(path), "content": "# @KEY@\nA=1\nKEY=@KEY@\nB=x@KEY@\n",
        "substitute": {"@KEY@": {"path": f"{tmp_path}/key", "encoding": encoding}}})
    assert path.read_bytes() == b"# @KEY@\nA=1\nKEY=" + expected + b"\nB=x@KEY@\n"
    assert mode_of(path) == 0o600
    assert expected.decode() not in str(result)
    assert "KEY=(hidden)" in result["diff"]["after"]


def test_substitute_a_whole_content_and_a_variable(files, tmp_path):
    (tmp_path / "key").write_bytes(KEY)
    (tmp_path / "secrets").write_text("# x\nOTHER=1\nTOKEN=a/b c=\n")
    twice(files, tmp_path,
          {"path": f"{tmp_path}/copy", "content": "@KEY@\n", "substitute": {"@KEY@": {"path": f"{tmp_path}/key"}}},
          {"path": f"{tmp_path}/env", "content": "T=@T@\nP=@P@\r\n", "substitute": {
              "@T@": {"path": f"{tmp_path}/secrets", "key": "TOKEN", "encoding": "none"},
              "@P@": {"path": f"{tmp_path}/secrets", "key": "TOKEN", "encoding": "percent"}}})
    assert (tmp_path / "copy").read_bytes() == KEY
    assert (tmp_path / "env").read_bytes() == b"T=a/b c=\nP=a%2Fb%20c%3D\r\n"


def test_a_secret_that_is_not_there_yet(files, tmp_path):
    entry = {"path": f"{tmp_path}/env", "content": "K=@K@\n", "substitute": {"@K@": {"path": f"{tmp_path}/later"}}}
    checked = files(entry, check=True, diff=True).json
    assert checked["changed"] and checked["changed_paths"] == [f"{tmp_path}/env"]
    failed = files(entry).json
    assert failed["error_kind"] == "no_source" and str(tmp_path / "later") in failed["msg"]
    assert failed["done"] == [] and not list(tmp_path.iterdir())
    (tmp_path / "later").write_text("s\n")
    assert files(entry).json["changed"] and (tmp_path / "env").read_text() == "K=s\n"
    entry["substitute"]["@K@"]["key"] = "NAME"
    assert files(entry, check=True).json["changed"]
    assert "NAME" in files(entry).json["msg"]


def test_check_mode_counts_on_earlier_tasks(files, tmp_path):
    for entry in ({"path": f"{tmp_path}/none/f", "content": "x"}, {"path": f"{tmp_path}/f"},
                  {"path": f"{tmp_path}/f", "content": "x", "owner": "no-such-user-yet"}):
        assert files(entry, check=True).json["changed"], entry
        assert files(entry).json["failed"], entry
    assert not list(tmp_path.iterdir())


def test_bytes_of_any_kind(files, tmp_path):
    twice(files, tmp_path, {"path": f"{tmp_path}/nul", "content": "a\0b"},
          {"path": f"{tmp_path}/latin", "content": "\udce4\udcff"},
          {"path": f"{tmp_path}/utf8", "content": "\u00e4\u20ac\U0001f600"},
          {"path": f"{tmp_path}/name \u00e4 'x\"\n$(y)", "content": "x"})
    assert (tmp_path / "nul").read_bytes() == b"a\0b"
    assert (tmp_path / "latin").read_bytes() == b"\xe4\xff"
    assert (tmp_path / "utf8").read_text(encoding="utf-8") == "\u00e4\u20ac\U0001f600"
    assert (tmp_path / "name \u00e4 'x\"\n$(y)").exists()


def test_a_megabyte_and_many_entries(files, tmp_path):
    big = "0123456789abcdef\n" * 65536
    twice(files, tmp_path, {"path": f"{tmp_path}/big", "content": big},
          {"path": f"{tmp_path}/secret", "content": big, "sensitive": True})
    assert (tmp_path / "big").read_text() == big
    many = [{"path": f"{tmp_path}/{number}", "content": str(number)} for number in range(300)]
    twice(files, tmp_path, *many)
    assert len(list(tmp_path.iterdir())) == 302
