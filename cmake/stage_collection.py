#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages the collection and packs it, the same bytes from the same sources.

usage: stage_collection.py OUTPUT ARCH=BINARY...

OUTPUT/collection/ansible_collections/NAMESPACE/NAME is the tree, OUTPUT/NAMESPACE-NAME-VERSION.tar.gz the release in
the format of `ansible-galaxy collection build`. Binaries that are not there are left out.
"""
import fnmatch
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONTENT = ("plugins", "roles", "playbooks", "changelogs", "README.md", "CHANGELOG.rst", "LICENSE", "galaxy.yml")
EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "1767225600"))
INFO = ("namespace", "name", "version", "authors", "readme", "tags", "description", "license", "license_file",
        "dependencies", "repository", "documentation", "homepage", "issues")


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def compressed(data):
    """The same bytes on every Python: gzip.compress() writes another header on some."""
    raw = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=9, mtime=0) as target:
        target.write(data)
    return raw.getvalue()


def copy_content(tree):
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in CONTENT:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tree / name, ignore=ignored, dirs_exist_ok=True)
        elif source.exists():
            shutil.copyfile(source, tree / name)


def add_programs(tree, binaries):
    folder = tree / "plugins/plugin_utils/bin"
    folder.mkdir(parents=True)
    programs = {}
    for architecture, path in sorted(binaries.items()):
        data = path.read_bytes()
        programs[architecture] = {"file": f"lago-{architecture}.gz", "sha256": sha256(data)}
        (folder / programs[architecture]["file"]).write_bytes(compressed(data))
    key = sha256(json.dumps(programs, sort_keys=True).encode())[:32]
    lines = ["# SPDX-License-Identifier: GPL-3.0-or-later",
             '"""Generated: the programs of this release and the name they are kept under on a host."""',
             "from __future__ import annotations", "", f'KEY = "{key}"', "PROGRAMS = {"]
    for architecture, one in programs.items():
        lines += [f'    "{architecture}": {{', f'        "file": "{one["file"]}",',
                  f'        "sha256": "{one["sha256"]}",', "    },"]
    (tree / "plugins/plugin_utils/_release.py").write_text("\n".join(lines + ["}", ""]), encoding="utf-8")


def stage(tree, binaries):
    if tree.exists():
        shutil.rmtree(tree)
    tree.mkdir(parents=True)
    copy_content(tree)
    subprocess.run([sys.executable, "-B", str(ROOT / "cmake/spec/generate.py"), "collection", str(tree)], check=True)
    add_programs(tree, binaries)


def listing(tree, ignored):
    files = [{"name": ".", "ftype": "dir", "chksum_type": None, "chksum_sha256": None, "format": 1}]
    for path in sorted(tree.rglob("*")):
        name = path.relative_to(tree).as_posix()
        if any(fnmatch.fnmatch(part, pattern) for part in name.split("/") for pattern in ignored):
            continue
        folder = path.is_dir()
        files.append({"name": name, "ftype": "dir" if folder else "file",
                      "chksum_type": None if folder else "sha256",
                      "chksum_sha256": None if folder else sha256(path.read_bytes()), "format": 1})
    return files


def document(data):
    return (json.dumps(data, indent=1) + "\n").encode()


def add(archive, name, data=None, mode=0o644):
    entry = tarfile.TarInfo(name)
    entry.mtime, entry.mode = EPOCH, mode
    if data is None:
        entry.type, entry.mode = tarfile.DIRTYPE, 0o755
    else:
        entry.size = len(data)
    archive.addfile(entry, None if data is None else io.BytesIO(data))


def pack(tree, galaxy, target):
    files = listing(tree, ["galaxy.yml", *galaxy.get("build_ignore", [])])
    listed = document({"files": files, "format": 1})
    info = {key: galaxy.get(key) for key in INFO}
    info["license"] = galaxy.get("license") or []
    manifest = document({
        "collection_info": info,
        "file_manifest_file": {"name": "FILES.json", "ftype": "file", "chksum_type": "sha256",
                               "chksum_sha256": sha256(listed), "format": 1},
        "format": 1})
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        add(archive, "MANIFEST.json", manifest)
        add(archive, "FILES.json", listed)
        for one in files[1:]:
            path = tree / one["name"]
            add(archive, one["name"], None if one["ftype"] == "dir" else path.read_bytes(),
                0o755 if os.access(path, os.X_OK) else 0o644)
    target.write_bytes(compressed(raw.getvalue()))


def main(arguments):
    if not arguments or any("=" not in one for one in arguments[1:]):
        sys.exit(__doc__)
    output = pathlib.Path(arguments[0])
    named = dict(one.split("=", 1) for one in arguments[1:])
    binaries = {name: pathlib.Path(path) for name, path in named.items() if pathlib.Path(path).exists()}
    if not binaries:
        sys.exit("none of the programs is there: build a release preset first")
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
    tree = output / "collection/ansible_collections" / galaxy["namespace"] / galaxy["name"]
    stage(tree, binaries)
    pack(tree, galaxy, output / "{namespace}-{name}-{version}.tar.gz".format(**galaxy))


if __name__ == "__main__":
    main(sys.argv[1:])
