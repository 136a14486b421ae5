# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at each system call that writes below a folder, by `strace --inject` on the binary as it ships.

A first run is traced; each of its calls that names the folder is a point. Then the run is repeated once for each point
and error, with that one call failing, or killed there.
"""
import dataclasses
import json
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


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".lago_tmp_")]


class Trial:
    """A module's call, repeated with a fault at each of its points.

    `make()` gives a folder as it is before the call; `params(folder)` the options; `picture(folder)` what the call
    changes, as a dictionary whose values are each old or new.
    """

    def __init__(self, run_module, lago, log, module, make, params, picture):
        require_strace()
        self.run_module, self.lago, self.module = run_module, lago, module
        self.make, self.params, self.picture = make, params, picture
        folder = make()
        self.before = picture(folder)
        outcome = self.run(folder, traced(log))
        assert outcome.json["changed"], outcome.stdout
        self.after = picture(folder)
        assert self.after != self.before
        self.points = points_in(log.read_text(errors="replace"), folder)

    def run(self, folder, prefix=()):
        return self.run_module(self.module, self.params(folder), prefix=prefix)

    def errors(self):
        """Yields (where, folder, outcome) for each error at each point; each leaves every part old or new."""
        for point in self.points:
            for error in point.errors():
                folder = self.make()
                outcome = self.run(folder, injected(point, f"error={error}"))
                where = f"{error} at {point.line}\n{outcome.stdout}"
                self.check_whole(folder, where)
                if not outcome.json.get("failed"):
                    assert self.picture(folder) == self.after, where
                if point.call not in ("unlink", "unlinkat"):
                    assert not leftovers(folder), where
                yield where, folder, outcome
                self.check_next_run(folder, where)

    def kills(self):
        """The run is killed at each point; each leaves every part old or new, and the next run makes good."""
        for point in self.points:
            folder = self.make()
            done = subprocess.run([*injected(point, "signal=KILL"), str(self.lago), self.module],
                                  input=json.dumps(self.params(folder)).encode(), capture_output=True, check=False)
            where = f"killed at {point.line}"
            assert done.stdout == b"", where
            self.check_whole(folder, where)
            self.check_next_run(folder, where)

    def check_whole(self, folder, where):
        for name, state in self.picture(folder).items():
            assert state in (self.before[name], self.after[name]), f"{name}: {where}"

    def check_next_run(self, folder, where):
        again = self.run(folder)
        assert not again.json.get("failed"), where
        assert self.picture(folder) == self.after and not leftovers(folder), where
