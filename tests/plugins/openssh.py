# SPDX-License-Identifier: GPL-3.0-or-later
"""An OpenSSH server of our own on loopback, and throw-away users of it.

The server runs each command through a script that writes it down: what a test counts and searches is what arrived there.
"""
import contextlib
import dataclasses
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

PASSWORD = "only-of-this-test-5d0c"
PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin"

# Each command that a client asks for is a line of `commands`; `before` may change what it finds.
FORCED = """#!/bin/sh
printf '%s\\n' "$SSH_ORIGINAL_COMMAND" | tr '\\n' ' ' >>@BASE@/commands; echo >>@BASE@/commands
[ -f @BASE@/before ] && . @BASE@/before
exec "${LOGIN_SHELL:-/bin/sh}" -c "$SSH_ORIGINAL_COMMAND"
"""

SSHD = """Port @PORT@
ListenAddress 127.0.0.1
HostKey @BASE@/host_key
AuthorizedKeysFile @BASE@/user_key.pub
StrictModes no
UsePAM no
PidFile none
PermitRootLogin yes
ForceCommand @BASE@/forced
Subsystem sftp /usr/lib/openssh/sftp-server
"""


@dataclasses.dataclass
class User:
    """Of this machine, for as long as the tests run."""
    name: str
    group: str
    home: pathlib.Path

    @property
    def uid(self):
        return pwd.getpwnam(self.name).pw_uid

    @property
    def cache(self):
        return self.home / ".ansible/lago"


def tool(name):
    """The path of an administrator's program, which a user's PATH may not have; None where it is not there."""
    return shutil.which(name, path=PATH)


def requirements():
    """What is missing to make users and the server; nothing where all is there."""
    programs = ("useradd", "userdel", "groupadd", "groupdel", "chpasswd", "sudo", "visudo", "ssh-keygen", "sshd")
    return (["root"] if os.geteuid() != 0 else []) + [name for name in programs if tool(name) is None]


@contextlib.contextmanager
def throw_away_users(base):
    """By a word for each: `plain` (sudo without a password), `asked` (sudo asks), `tty` (sudo wants a terminal), `other`
    and `homeless` (may do nothing)."""
    made = {}
    rules = pathlib.Path(f"/etc/sudoers.d/lago-test-{os.getpid()}")
    group = f"lt{os.getpid() % 100000}"
    subprocess.run([tool("groupadd"), group], check=True, capture_output=True)
    try:
        for word in ("plain", "asked", "tty", "other", "homeless"):
            name, home = group + word, base / word
            subprocess.run([tool("useradd"), "--no-log-init", "--gid", group, "--home-dir", str(home), "--shell", "/bin/sh",
                            "--no-create-home" if word == "homeless" else "--create-home", name],
                           check=True, capture_output=True)
            subprocess.run([tool("chpasswd")], input=f"{name}:{PASSWORD}\n", text=True, check=True)
            made[word] = User(name, group, home)
        text = (f"{made['plain'].name} ALL=(ALL) NOPASSWD: ALL\n{made['asked'].name} ALL=(ALL) ALL\n"
                f"{made['tty'].name} ALL=(ALL) NOPASSWD: ALL\nDefaults:{made['tty'].name} requiretty\n")
        subprocess.run([tool("visudo"), "--check", "--quiet", "--file=-"], input=text, text=True, check=True)
        rules.touch(mode=0o440)
        rules.write_text(text)
        yield made
    finally:
        rules.unlink(missing_ok=True)
        for user in made.values():
            subprocess.run([tool("userdel"), "--force", user.name], capture_output=True)
        subprocess.run([tool("groupdel"), group], capture_output=True)


@dataclasses.dataclass
class Server:
    """The server's folder and port, and what it has been asked for."""
    base: pathlib.Path
    port: int

    def host(self, user, **variables):
        """Inventory variables of this server as `user`, with core's own defaults for the connection."""
        return {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": self.port,
                "ansible_user": user.name, "ansible_ssh_private_key_file": str(self.base / "user_key"),
                "ansible_ssh_common_args": "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "
                                           "-o LogLevel=ERROR",
                "ansible_control_path_dir": str(self.base / "cm"),
                # How core passes files from one unprivileged user to another where there is no setfacl.
                "ansible_common_remote_group": user.group,
                "ansible_python_interpreter": "/usr/bin/python3", **variables}

    @property
    def commands(self):
        path = self.base / "commands"
        return path.read_text().splitlines() if path.exists() else []

    def forget(self):
        """Nothing seen, nothing changed."""
        os.makedirs("/run/sshd", exist_ok=True)  # each connection wants it, and whoever runs a server may clean it up
        (self.base / "commands").write_text("")
        (self.base / "commands").chmod(0o666)
        (self.base / "before").unlink(missing_ok=True)

    def before(self, script):
        (self.base / "before").write_text(script)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running_server(base):
    """A Server that listens; users log in with the key `user_key`."""
    (base / "cm").mkdir(mode=0o700)
    for name in ("host_key", "user_key"):
        subprocess.run([tool("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(base / name)], check=True)
    (base / "user_key.pub").chmod(0o644)
    server = Server(base, free_port())
    server.forget()
    (base / "forced").write_text(FORCED.replace("@BASE@", str(base)))
    (base / "forced").chmod(0o755)
    (base / "sshd_config").write_text(SSHD.replace("@BASE@", str(base)).replace("@PORT@", str(server.port)))
    with (base / "sshd.log").open("w") as log:
        running = subprocess.Popen([tool("sshd"), "-D", "-e", "-f", str(base / "sshd_config")], stderr=log)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", server.port)) == 0:
                    break
            time.sleep(0.05)
        yield server
    finally:
        for path in (base / "cm").iterdir():
            subprocess.run(["ssh", "-F", "none", "-o", f"ControlPath={path}", "-O", "exit", "x"], capture_output=True)
        running.terminate()
        running.wait(10)
