# SPDX-License-Identifier: GPL-3.0-or-later
"""The release: what is in it, that it installs, and that the same sources give the same bytes."""
import ast
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile

import collection
import pytest

STAGE = collection.ROOT / "cmake/stage_collection.py"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def content_of(path):
    """{name: bytes, or None for a folder} of an archive."""
    with tarfile.open(path) as archive:
        return {one.name: archive.extractfile(one).read() if one.isfile() else None for one in archive}


@pytest.fixture(scope="session")
def content(tarball):
    return content_of(tarball)


def test_sums_of_the_archive(content):
    manifest = json.loads(content["MANIFEST.json"])
    assert manifest["file_manifest_file"]["chksum_sha256"] == sha256(content["FILES.json"])
    listed = {one["name"]: one for one in json.loads(content["FILES.json"])["files"]}
    assert listed.keys() == content.keys() - {"MANIFEST.json", "FILES.json"} | {"."}
    for name, one in listed.items():
        if one["ftype"] == "file":
            assert one["chksum_sha256"] == sha256(content[name]), name
        else:
            assert content.get(name) is None, name


def test_archive_is_the_staged_tree(content, staged):
    files = {path.relative_to(staged).as_posix(): path.read_bytes() for path in staged.rglob("*") if path.is_file()}
    del files["galaxy.yml"]
    assert files == {name: data for name, data in content.items()
                     if data is not None and name not in ("MANIFEST.json", "FILES.json")}


def test_members_are_harmless(tarball):
    with tarfile.open(tarball) as archive:
        for one in archive:
            assert one.isfile() or one.isdir(), one.name
            assert not one.name.startswith("/") and ".." not in one.name.split("/")
            assert (one.uid, one.gid, one.uname, one.gname) == (0, 0, "", "")
            assert one.mode == (0o755 if one.isdir() else 0o644), one.name


def test_programs_are_those_of_the_release_file(content):
    release = ast.parse(content["plugins/plugin_utils/_release.py"])
    values = {node.targets[0].id: ast.literal_eval(node.value) for node in release.body if isinstance(node, ast.Assign)}
    folder = "plugins/plugin_utils/bin/"
    shipped = {name for name, data in content.items() if name.startswith(folder) and data is not None}
    assert shipped == {folder + one["file"] for one in values["PROGRAMS"].values()}
    for one in values["PROGRAMS"].values():
        program = gzip.decompress(content[folder + one["file"]])
        assert program.startswith(b"\x7fELF")
        assert sha256(program) == one["sha256"]
    assert not [name for name, data in content.items() if data and data.startswith(b"\x7fELF")]


def test_no_source_or_leftover_is_shipped(content):
    assert not [name for name in content if name.endswith((".cpp", ".hpp", ".pyc", ".orig", "~")) or "__pycache__" in name]
    assert not [name for name in content if name.split("/")[0] in ("modules", "module_utils", "tests", "build", "cmake")]


def test_metadata(content):
    info = json.loads(content["MANIFEST.json"])["collection_info"]
    assert (info["namespace"], info["name"]) == ("mash", "lago")
    for key in ("version", "authors", "description", "readme", "repository", "tags"):
        assert info[key], key
    assert info["readme"] in content and info["license_file"] in content
    assert b"requires_ansible:" in content["meta/runtime.yml"]


def test_installs_into_an_empty_path(installed, content):
    tree = installed / "ansible_collections/mash/lago"
    files = {path.relative_to(tree).as_posix(): path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    assert files == {name: data for name, data in content.items() if data is not None}


def test_ansible_galaxy_verifies_what_is_installed(core, tarball, tmp_path):
    folder = tmp_path / "collections"
    core.run("ansible-galaxy", "collection", "install", "--offline", "-p", folder, tarball, home=tmp_path)
    core.on(folder, "ansible-galaxy", "collection", "verify", "--offline", "mash.lago")
    with open(folder / "ansible_collections/mash/lago/plugins/plugin_utils/native.py", "a", encoding="utf-8") as changed:
        changed.write("# changed\n")
    spoiled = core.on(folder, "ansible-galaxy", "collection", "verify", "--offline", "mash.lago", check=False)
    assert spoiled.returncode != 0
    assert "native.py" in spoiled.stdout + spoiled.stderr


def test_ansible_galaxy_build_gives_the_same_lists(newest, scratch, content, tmp_path):
    newest.run("ansible-galaxy", "collection", "build", "--output-path", tmp_path, home=tmp_path, cwd=scratch)
    theirs = content_of(next(tmp_path.glob("*.tar.gz")))
    assert json.loads(theirs["MANIFEST.json"])["collection_info"] == json.loads(content["MANIFEST.json"])["collection_info"]
    ours = json.loads(content["FILES.json"])
    assert sorted(json.loads(theirs["FILES.json"])["files"], key=str) == sorted(ours["files"], key=str)
    assert theirs.keys() == content.keys()


def test_packing_twice_gives_the_same_bytes(staged, tarball, tmp_path):
    """Elsewhere, later, with another umask, home and time zone; the sources are copied so that their times differ."""
    programs = {"x86_64": "build/release-x86_64/lago", "aarch64": "build/release-aarch64/lago"}
    given = [f"{name}={collection.ROOT / path}" for name, path in programs.items()
             if (staged / f"plugins/plugin_utils/bin/lago-{name}.gz").exists()]
    sources = tmp_path / "sources"
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=collection.ROOT, check=True,
                            capture_output=True, text=True).stdout.split("\0")
    for name in filter(None, listed):
        if (collection.ROOT / name).is_file():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(collection.ROOT / name, sources / name)
    other = tmp_path / "other"
    subprocess.run([sys.executable, "-B", str(sources / STAGE.relative_to(collection.ROOT)), str(other), *given], check=True, cwd=tmp_path,
                   umask=0o077, env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7"})
    again, first = content_of(other / tarball.name), content_of(tarball)
    differing = [name for name in again.keys() | first.keys() if again.get(name, "") != first.get(name, "")]
    assert not differing, "these differ, or the staged tree is older than the sources"
    assert (other / tarball.name).read_bytes() == tarball.read_bytes()
