# SPDX-License-Identifier: GPL-3.0-or-later
"""A target on this machine: an sshd of our own with keys of our own, and the servers that the modules look at."""
import contextlib
import dataclasses
import getpass
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "integration"))

import servers_postgres  # noqa: E402
import servers_redis  # noqa: E402

from pairs import Target  # noqa: E402

# A home of its own: the login shell of a user may source a .bashrc that takes longer than any module, and the program
# that is kept there goes with the folder.
SSHD_CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile none
AuthorizedKeysFile {folder}/client_key.pub
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
StrictModes no
SetEnv HOME={folder}/home
Subsystem sftp internal-sftp
"""


class Unusable(Exception):
    """This machine cannot be the target; the text says what is missing."""


@dataclasses.dataclass(frozen=True)
class Ssh:
    """How the controller reaches the target."""
    folder: pathlib.Path
    port: int
    user: str

    def variables(self):
        """Ansible's defaults, without what the user's own ssh configuration would add to them."""
        options = f"-F none -o UserKnownHostsFile={self.folder}/known_hosts -o IdentitiesOnly=yes"
        return {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": self.port,
                "ansible_user": self.user, "ansible_ssh_private_key_file": f"{self.folder}/client_key",
                "ansible_ssh_common_args": options, "ansible_control_path_dir": f"{self.folder}/cp"}

    def close_masters(self):
        for path in (self.folder / "cp").glob("*"):
            subprocess.run(["ssh", "-F", "none", "-o", f"ControlPath={path}", "-O", "exit", "127.0.0.1"], check=False,
                           capture_output=True)


@contextlib.contextmanager
def sshd(folder):
    """An sshd on a free port of loopback that lets in this user, with a key made for it."""
    program = next((path for path in ("/usr/sbin/sshd", "/usr/local/sbin/sshd") if os.access(path, os.X_OK)), None)
    if program is None:
        raise Unusable("there is no sshd: install openssh-server")
    for name in ("host_key", "client_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", folder / name], check=True)
    for name in ("home", "cp"):
        (folder / name).mkdir(mode=0o700)
    port = servers_postgres.free_port()
    (folder / "sshd_config").write_text(SSHD_CONFIG.format(port=port, folder=folder), encoding="utf-8")
    public = (folder / "host_key.pub").read_text(encoding="utf-8").split()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public[0]} {public[1]}\n", encoding="utf-8")
    with privilege_separation(), open(folder / "sshd.log", "wb") as log:
        server = subprocess.Popen([program, "-D", "-e", "-f", folder / "sshd_config"], stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log)
        made = Ssh(folder, port, getpass.getuser())
        try:
            wait_for(port, server, folder / "sshd.log")
            yield made
        finally:
            made.close_masters()
            server.terminate()
            server.wait()


@contextlib.contextmanager
def privilege_separation():
    """The folder that root's sshd asks for; the package's service makes it, which may never have been started."""
    path = pathlib.Path("/run/sshd")
    if os.geteuid() != 0 or path.exists():
        yield
        return
    path.mkdir(mode=0o755)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.rmdir()


def wait_for(port, server, log):
    end = time.monotonic() + 20
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            if connection.recv(4) == b"SSH-":
                return
        time.sleep(0.05)
    raise Unusable(f"sshd does not start: {log.read_text(encoding='utf-8', errors='replace')}")


@contextlib.contextmanager
def postgres():
    if not servers_postgres.bin_folders():
        raise Unusable("there is no PostgreSQL server: install postgresql")
    program = servers_postgres.newest_bin()
    server = servers_postgres.start(program, secrets.token_urlsafe(18), settings=["log_statement=none"])
    try:
        yield server
    finally:
        servers_postgres.stop(server, program)


@contextlib.contextmanager
def redis(folder):
    """A server that is fit for Lago, so that lago_redis has nothing to warn about."""
    found = servers_redis.find_servers()
    if not found:
        raise Unusable("there is no Redis or Valkey server: install redis-server")
    name, program = next(iter(found.items()))
    with servers_redis.server(program, folder / "redis", "--appendonly", "yes") as server:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        yield server, f"{name.capitalize()} {version.split('v=')[1].split()[0]}"


@contextlib.contextmanager
def target(folder):
    """(Ssh, Target, [server and version]); all of it is gone afterwards."""
    with contextlib.ExitStack() as stack:
        ssh = stack.enter_context(sshd(folder))
        database = stack.enter_context(postgres())
        store, store_version = stack.enter_context(redis(folder))
        (folder / "home" / "front.env").write_text("# the front\nAPI_URL=http://localhost\n", encoding="utf-8")
        yield (ssh,
               Target(str(database.folder), database.port, store.port, str(folder / "home"), secrets.token_urlsafe(18)),
               ["PostgreSQL " + database.psql("show server_version").split()[0], store_version])
