# SPDX-License-Identifier: GPL-3.0-or-later
"""Real PostgreSQL servers in temporary folders, on a unix socket and on loopback, stopped at the end of the test run."""
import dataclasses
import glob
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import tempfile


@dataclasses.dataclass
class PostgresServer:
    """A running server: superuser `postgres` with `password`; sockets are trusted, TCP asks for a password."""
    version: str
    folder: pathlib.Path
    port: int
    password: str

    def psql(self, sql, database="postgres", user="postgres"):
        """The answer of psql over the socket, one line a row."""
        done = subprocess.run([shutil.which("psql") or f"{newest_bin()}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h",
                               str(self.folder), "-p", str(self.port), "-U", user, "-d", database, "-c", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def log(self):
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def over_socket(self):
        return {"login_unix_socket": str(self.folder), "login_port": self.port}

    @property
    def over_tcp(self):
        return {"login_host": "127.0.0.1", "login_port": self.port, "login_password": self.password}


def bin_folders():
    """The folders with server programs that packages put on this machine, newest last."""
    return sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda name: int(name.split("/")[4]))


def newest_bin():
    return bin_folders()[-1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(bin_folder, password, settings=()):
    """A new server. The server's own programs refuse root, so root runs them as `nobody`."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lago-pg-"))
    prefix = []
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o755)
        prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    secret.chmod(0o644)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def run(*command):
        subprocess.run([*prefix, *command], env=environment, cwd=folder, check=True, capture_output=True)

    run(f"{bin_folder}/initdb", "-D", f"{folder}/data", "-U", "postgres", "--auth-local=trust",
        "--auth-host=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync")
    secret.unlink()
    port = free_port()
    options = " ".join(f"-c {setting}" for setting in (
        f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "fsync=off",
        "log_statement=all", *settings))
    run(f"{bin_folder}/pg_ctl", "-D", f"{folder}/data", "-w", "-l", f"{folder}/log", "-o", options, "start")
    return PostgresServer(bin_folder.split("/")[4], folder, port, password)


def stop(server, bin_folder):
    prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, f"{bin_folder}/pg_ctl", "-D", f"{server.folder}/data", "-m", "immediate", "stop"],
                   check=False, capture_output=True, cwd="/")
    shutil.rmtree(server.folder, ignore_errors=True)
