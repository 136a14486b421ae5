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

ROOT = pathlib.Path(__file__).resolve().parents[2]


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


def start(bin_folder, password, settings=(), hba=None, prefix=()):
    """A new server. The server's own programs refuse root, so root runs them as `nobody`.

    `hba` replaces the lines of pg_hba.conf; `prefix` is a command to run its programs under (a namespace).
    """
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lago-pg-"))
    prefix = list(prefix)
    if os.geteuid() == 0:
        user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o755)
        prefix += ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    secret = folder / "password"
    secret.write_text(password, encoding="utf-8")
    secret.chmod(0o644)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(folder)}

    def run(*command):
        subprocess.run([*prefix, *command], env=environment, cwd=folder, check=True, capture_output=True)

    run(f"{bin_folder}/initdb", "-D", f"{folder}/data", "-U", "postgres", "--auth-local=trust",
        "--auth-host=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--no-sync")
    secret.unlink()
    if hba is not None:
        (folder / "data" / "pg_hba.conf").write_text("".join(line + "\n" for line in hba), encoding="utf-8")
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


def wheel(package, into):
    """The programs of a server that a package of tests/requirements/servers.txt brings, copied to where any user may
    run them; None where it cannot be had. The copy may be changed: extensions can be put beside its own."""
    venv = subprocess.run([ROOT / "scripts" / "setup" / "venv.sh", "servers"], capture_output=True, text=True, check=False)
    found = glob.glob(f"{venv.stdout.strip()}/lib/python3*/site-packages/{package}") if venv.returncode == 0 else []
    if not found:
        return None
    source = pathlib.Path(found[0])
    for part in (source, source.with_name(package + ".libs")):
        if part.is_dir():
            shutil.copytree(part, into / part.name)
    for path in [into, *into.rglob("*")]:
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.stat().st_mode & 0o100 else 0o044))
    return str(into / package / "pginstall" / "bin")


def extension_folder(bin_folder):
    """Where a copy made by wheel() keeps its extensions."""
    return next(pathlib.Path(bin_folder).parent.rglob("plpgsql.control")).parent
