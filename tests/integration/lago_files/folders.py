# SPDX-License-Identifier: GPL-3.0-or-later
"""A look at a folder."""
import os
import stat


def mode_of(path):
    return stat.S_IMODE(path.lstat().st_mode)


def snapshot(folder):
    """All that a run could change: kind, mode, owner, content or target of everything below."""
    seen = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        what = os.readlink(path) if path.is_symlink() else path.read_bytes() if path.is_file() else None
        seen[str(path.relative_to(folder))] = (stat.filemode(info.st_mode), info.st_uid, info.st_gid, what)
    return seen


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".lago_tmp_")]
