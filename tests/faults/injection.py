# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at each system call that writes below a folder, by `strace --inject` on the binary as it ships.

A first run is traced; each of its calls that names the folder is a point. Then the run is repeated once for each point
and error, with that one call failing, or killed there.
"""
import dataclasses
import re
import shutil
import subprocess

import pytest

# Calls that change a file system, or read what decides about a change.
CALLS = ("open openat creat write pwrite64 writev fsync fdatasync fchmod fchmodat fchmodat2 chmod fchown fchownat lchown chown rename "
         "renameat renameat2 unlink unlinkat rmdir mkdir mkdirat symlink symlinkat link linkat fsetxattr setxattr lsetxattr "
         "ftruncate utimensat").split()
READS = re.compile(r"^open(at)?\(.*O_RDONLY")
# What a real system can answer there.
ERRORS = {"ENOSPC": {"open", "openat", "write", "fsync", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "symlink", "symlinkat"},
          "EIO": set(CALLS), "EROFS": set(CALLS) - {"write", "fsync"},
          "EBUSY": {"rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir"}}
LINE = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)$")


@dataclasses.dataclass(frozen=True)
class Point:
    """The `number`-th `call` of a run."""
    call: str
    number: int
    line: str

    @property
    def reads(self):
        return bool(READS.match(f"{self.line}"))

    def errors(self):
        return [error for error, calls in ERRORS.items() if self.call in calls and not (self.reads and error != "EIO")]


def points_in(trace, folder):
    """The points of a trace that name the folder, with the place of each among all calls of its name."""
    counts, points = {}, []
    for line in trace.splitlines():
        match = LINE.match(line)
        if not match:
            continue
        call = match.group(1)
        counts[call] = counts.get(call, 0) + 1
        where = match.group(2).split(",")[0] if "write" in call else line  # what is written may name it as well
        if str(folder) in where:
            points.append(Point(call, counts[call], line[match.start(1):]))
    return points


def traced(log):
    """The prefix of a command whose calls are to be written to `log`."""
    return ("strace", "-y", "-s", "300", "-o", str(log), "-e", f"trace={','.join('?' + call for call in CALLS)}")


def injected(point, what, log="/dev/null"):
    """The prefix of a command that meets a fault: `what` is error=ENOSPC or signal=KILL."""
    return ("strace", "-qq", "-o", str(log), "-e", f"trace={point.call}", "-e", f"inject={point.call}:{what}:when={point.number}")


def require_strace():
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("strace cannot trace here")
