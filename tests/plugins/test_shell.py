# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on the host, as a shell gets it: the program is kept, found and run only where nobody else has a hand in it.

The program is a stand-in here, a script; dash, bash and a machine with nothing but busybox run the same texts.
"""
import gzip
import hashlib
import os
import shlex
import shutil
import subprocess
import time

import pytest

PROGRAM = b"#!/bin/sh\n[ \"$1\" = --version ] || { cat >/dev/null; echo '{\"ran\": \"'$1'\"}'; }\n"
OTHER_USER = 65534


@pytest.fixture(params=["dash", "bash", "busybox"])
def shell(request, place):
    """(the shell's words, the PATH that it has)"""
    found = shutil.which(request.param)
    if found is None:
        pytest.skip(f"no {request.param}")
    if request.param != "busybox":
        return [found], "/usr/bin:/bin"
    folder = place / "applets"
    folder.mkdir()
    subprocess.run([found, "--install", "-s", str(folder)], check=True)
    return [found, "ash"], str(folder)


class Host:
    def __init__(self, shell, plugin_utils, place, kept_name):
        self.words, self.path = shell
        self.native, self.install_module = plugin_utils
        self.home = place / "a home"
        self.home.mkdir()
        self.home.chmod(0o755)
        self.environment = {"HOME": str(self.home)}
        self.dot, self.folder = self.home / ".ansible", self.home / ".ansible/lago"
        self.program = self.folder / kept_name

    def run(self, script, data, under=()):
        """Sends all the data: one that is not read is a BrokenPipeError, here as in the ssh plugin."""
        with subprocess.Popen([*under, *self.words, "-c", script + " && sleep 0"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.home.parent,
                              env={"PATH": self.path, **self.environment}) as process:
            process.stdin.write(data)
            process.stdin.flush()
            output, errors = process.communicate()
        return subprocess.CompletedProcess(script, process.returncode, output, errors)

    def call(self, data=b"{}", environment="", **how):
        return self.run(self.native.COMMAND % {"environment": environment, "arguments": "lago_files",
                                               "drain": "cat >/dev/null; "}, data, **how)

    def install(self, program=PROGRAM, cut=None, **how):
        return self.run(self.install_module.INSTALL.replace("@SUM@", hashlib.sha256(PROGRAM).hexdigest()),
                        gzip.compress(program)[:cut], **how)

    def obstacle(self, finished):
        """What a miss tells, "" for nothing in the way."""
        miss = self.install_module.missed({"rc": finished.returncode, "stdout": finished.stdout.decode()})
        assert miss, finished
        assert (miss.system, miss.machine) == ("Linux", os.uname().machine)
        return miss.obstacle

    def refusal(self, finished):
        assert finished.returncode == 98, finished
        return finished.stdout.decode().split("LAGO-REFUSED ")[1].strip()


@pytest.fixture
def host(shell, plugin_utils, place, kept_name):
    return Host(shell, plugin_utils, place, kept_name)


@pytest.fixture
def root():
    if os.geteuid() != 0:
        pytest.skip("needs root")


def ran(finished):
    return finished.returncode == 0 and finished.stdout == b'{"ran": "lago_files"}\n'


def test_a_miss_then_kept_then_run(host):
    large = b"x" * 600_000  # more than a pipe holds: a miss has to read it
    assert host.obstacle(host.call(large)) == ""
    assert list(host.home.iterdir()) == []
    done = host.install()
    assert (done.returncode, done.stdout, done.stderr) == (0, b"LAGO-INSTALLED\n", b"")
    assert ran(host.call(large))
    assert [path.name for path in host.folder.iterdir()] == [host.program.name]
    assert (host.folder.stat().st_mode & 0o7777, host.program.stat().st_mode & 0o7777) == (0o1700, 0o700)
    assert ran(host.call(environment="PATH=/nowhere HOME=/nowhere QUOTED='it\"s $x'"))


@pytest.mark.parametrize("home", [None, "", "/nonexistent"])
def test_no_home(host, home):
    host.environment = {} if home is None else {"HOME": home}
    assert host.obstacle(host.call()) == "home"
    assert host.refusal(host.install()) == "home"


def test_home_of_another_user(host, root):
    host.install()
    os.chown(host.home, OTHER_USER, -1)
    assert host.obstacle(host.call()) == "home"
    assert host.refusal(host.install()) == "home"


def test_noexec_home(host, mounted):
    assert host.obstacle(host.call(under=mounted(host.home, "noexec"))) == "noexec"
    assert host.refusal(host.install(under=mounted(host.home, "noexec"))) == "run"


def test_read_only_home(host, mounted):
    assert host.obstacle(host.call(under=mounted(host.home, "ro"))) == "write"
    assert host.refusal(host.install(under=mounted(host.home, "ro"))) == "write"


def test_full_file_system(host, mounted):
    done = host.install(PROGRAM + os.urandom(600_000), under=mounted(host.home, "size=64k"))
    assert host.refusal(done) == "unpack"
    assert b"No space left on device" in done.stderr


def test_a_spoilt_upload(host):
    assert host.refusal(host.install(cut=-20)) in ("unpack", "sum")
    assert host.refusal(host.install(cut=0)) in ("unpack", "sum")
    assert host.refusal(host.install(PROGRAM + b"true\n")) == "sum"
    assert list(host.folder.iterdir()) == []


def test_leftovers_of_killed_uploads(host):
    host.install()
    old, young = host.folder / ".new.old", host.folder / ".new.young"
    for path in old, young:
        path.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    for age, name in enumerate(("older-1", "older-2", "older-3"), 1):
        (host.folder / name).touch()
        os.utime(host.folder / name, (time.time() - 60 * age,) * 2)
    host.install()
    assert {path.name for path in host.folder.iterdir()} == {young.name, host.program.name, "older-1", "older-2"}


def test_a_program_of_another_user(host, root):
    host.install()
    host.program.write_text(f"#!/bin/sh\ntouch {shlex.quote(str(host.home.parent / 'owned'))}\n")
    os.chown(host.program, OTHER_USER, -1)
    assert host.obstacle(host.call()) == ""
    assert host.install().returncode == 0 and ran(host.call())
    assert not (host.home.parent / "owned").exists()


def test_a_link_in_place_of_the_program(host):
    host.install()
    aside = host.home.parent / "aside"
    host.program.rename(aside)
    host.program.symlink_to(aside)
    assert host.obstacle(host.call()) == ""
    assert host.install().returncode == 0 and ran(host.call())
    assert host.program.is_file() and not host.program.is_symlink() and aside.read_bytes() == PROGRAM


def test_a_link_to_a_folder_in_place_of_the_program(host):
    host.folder.mkdir(parents=True)
    aside = host.home.parent / "aside"
    aside.mkdir()
    host.program.symlink_to(aside)
    assert host.install().returncode == 0 and ran(host.call())
    assert list(aside.iterdir()) == []


@pytest.mark.parametrize("linked", ["dot", "folder"])
def test_a_link_in_place_of_a_folder(host, linked):
    host.install()
    folder, aside = getattr(host, linked), host.home.parent / "aside"
    folder.rename(aside)
    folder.symlink_to(aside)
    assert host.obstacle(host.call()) == ""
    assert host.refusal(host.install()) == "owner"


@pytest.mark.parametrize("foreign", ["dot", "folder"])
def test_a_folder_of_another_user(host, root, foreign):
    host.install()
    os.chown(getattr(host, foreign), OTHER_USER, -1)
    assert host.obstacle(host.call()) == ""
    assert host.refusal(host.install()) == "owner"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o707])
def test_a_folder_open_to_others_is_closed_first(host, mode):
    host.install()
    host.folder.chmod(mode)
    assert host.obstacle(host.call()) == ""
    host.dot.chmod(mode)
    assert host.install().returncode == 0 and ran(host.call())
    assert host.folder.stat().st_mode & 0o7777 == 0o1700
    assert host.dot.stat().st_mode & 0o022 == 0


def test_a_home_open_to_others(host):
    host.home.chmod(0o775)
    assert host.refusal(host.install()) == "loose"
    assert list(host.home.iterdir()) == []


def test_a_folder_in_place_of_the_program(host):
    host.program.mkdir(parents=True)
    assert host.refusal(host.install()) == "write"
    assert list(host.program.iterdir()) == []


@pytest.mark.parametrize("name", ["csh", "tcsh", "fish", "bash"])
def test_through_any_login_shell(host, name):
    """As the ssh plugin sends it: the command quoted once for the login shell, here also once for sudo."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name}")
    script = shlex.join([*host.words, "-c", host.install_module.INSTALL.replace(
        "@SUM@", hashlib.sha256(PROGRAM).hexdigest())])
    for _ in range(2):
        done = subprocess.run([found, "-c", script], input=gzip.compress(PROGRAM), capture_output=True,
                              env={"PATH": host.path, **host.environment})
        assert (done.returncode, done.stdout) == (0, b"LAGO-INSTALLED\n"), done
        script = shlex.join([*host.words, "-c", script])
    call = shlex.join([*host.words, "-c", host.native.COMMAND % {
        "environment": "", "arguments": "lago_files", "drain": ""}])
    assert ran(subprocess.run([found, "-c", call], input=b"{}", capture_output=True,
                              env={"PATH": host.path, **host.environment}))


def test_the_scripts_are_for_any_login_shell(plugin_utils):
    native, install = plugin_utils
    for text in (native.COMMAND, install.INSTALL, install.ASK):
        assert not set("!\\\n") & set(text)
