# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged collection, an OpenSSH server of our own on loopback with users of its own, ansible-playbook of each core.

The server runs each command through a script that writes it down: what a test counts and searches is what arrived there.
"""
import dataclasses
import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORES = ("core-2.15", "core-2.18", "core-2.19", "core-2.21")
PASSWORD = "only-of-this-test-5d0c"
SECRET = "planted-secret-7d1f"

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
MaxStartups 100
LogLevel VERBOSE
PermitRootLogin yes
ForceCommand @BASE@/forced
Subsystem sftp /usr/lib/openssh/sftp-server
"""


@pytest.fixture(scope="session")
def binary():
    path = os.environ.get("LAGO_BINARY", str(ROOT / "build" / f"release-{os.uname().machine}" / "lago"))
    if not os.path.exists(path):
        pytest.skip("no binary: build a release preset, or name it in LAGO_BINARY")
    return pathlib.Path(path)


@pytest.fixture(scope="session")
def collections(binary, base):
    """The folder of `ansible_collections` with the staged collection, as the release has it."""
    subprocess.run([sys.executable, "-B", str(ROOT / "cmake/stage_collection.py"), str(base / "staged"),
                    f"{os.uname().machine}={binary}"], check=True)
    return base / "staged/collection"


@pytest.fixture(scope="session")
def kept_name(collections):
    """The name that the program has in ~/.ansible/lago."""
    names = {}
    exec((collections / "ansible_collections/mash/lago/plugins/plugin_utils/_release.py").read_text(), names)
    return f"{names['KEY']}-{os.uname().machine}"


@pytest.fixture(scope="session")
def base():
    """A short path that every user can pass: sockets are in it."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lago-plugins-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=CORES)
def core(request):
    """The bin folder of one ansible-core of the matrix."""
    found = subprocess.run([str(ROOT / "scripts/setup/venv.sh"), request.param], capture_output=True, text=True)
    if found.returncode:
        pytest.skip(f"{request.param}: {found.stderr.strip().splitlines()[-1]}")
    return pathlib.Path(found.stdout.strip()) / "bin"


@dataclasses.dataclass
class User:
    name: str
    group: str
    home: pathlib.Path

    @property
    def uid(self):
        return pwd.getpwnam(self.name).pw_uid

    @property
    def cache(self):
        return self.home / ".ansible/lago"


@pytest.fixture(scope="session")
def users(base):
    """Throw-away users: `plain` (sudo without a password), `asked` (sudo asks), `tty` (sudo wants a terminal), `other`
    and `homeless` (may do nothing)."""
    if os.geteuid() != 0 or not all(map(shutil.which, ("useradd", "userdel", "chpasswd", "sudo", "visudo"))):
        pytest.skip("needs root, useradd and sudo")
    made = {}
    rules = pathlib.Path(f"/etc/sudoers.d/lago-test-{os.getpid()}")
    group = f"lt{os.getpid() % 100000}"
    subprocess.run(["groupadd", group], check=True, capture_output=True)
    try:
        for word in ("plain", "asked", "tty", "other", "homeless"):
            name, home = group + word, base / word
            subprocess.run(["useradd", "--no-log-init", "--gid", group, "--home-dir", str(home), "--shell", "/bin/sh",
                            "--no-create-home" if word == "homeless" else "--create-home", name],
                           check=True, capture_output=True)
            subprocess.run(["chpasswd"], input=f"{name}:{PASSWORD}\n", text=True, check=True)
            made[word] = User(name, group, home)
        text = (f"{made['plain'].name} ALL=(ALL) NOPASSWD: ALL\n{made['asked'].name} ALL=(ALL) ALL\n"
                f"{made['tty'].name} ALL=(ALL) NOPASSWD: ALL\nDefaults:{made['tty'].name} requiretty\n")
        subprocess.run(["visudo", "--check", "--quiet", "--file=-"], input=text, text=True, check=True)
        rules.touch(mode=0o440)
        rules.write_text(text)
        yield made
    finally:
        rules.unlink(missing_ok=True)
        for user in made.values():
            subprocess.run(["userdel", "--force", user.name], capture_output=True)
        subprocess.run(["groupdel", group], capture_output=True)


@dataclasses.dataclass
class Server:
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
        (self.base / "commands").write_text("")
        (self.base / "commands").chmod(0o666)
        (self.base / "before").unlink(missing_ok=True)

    def before(self, script):
        (self.base / "before").write_text(script)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(base, users):
    sshd = shutil.which("sshd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if sshd is None:
        pytest.skip("needs sshd")
    os.makedirs("/run/sshd", exist_ok=True)
    (base / "cm").mkdir(mode=0o700)
    for name in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(base / name)], check=True)
    (base / "user_key.pub").chmod(0o644)
    port = free_port()
    (base / "forced").write_text(FORCED.replace("@BASE@", str(base)))
    (base / "forced").chmod(0o755)
    (base / "sshd_config").write_text(SSHD.replace("@BASE@", str(base)).replace("@PORT@", str(port)))
    with (base / "sshd.log").open("w") as log:
        running = subprocess.Popen([sshd, "-D", "-e", "-f", str(base / "sshd_config")], stderr=log)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Server(base, port)
    finally:
        for path in (base / "cm").iterdir():
            subprocess.run(["ssh", "-F", "none", "-o", f"ControlPath={path}", "-O", "exit", "x"], capture_output=True)
        running.terminate()
        running.wait(10)


@pytest.fixture
def ssh(server, users):
    """The server with nothing kept in any home and no command seen yet."""
    for user in users.values():
        folder = user.home / ".ansible"
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)
    server.forget()
    yield server
    server.forget()


@pytest.fixture
def place(base):
    """A folder in which every user may write."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=base))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def warm(binary, kept_name):
    """warm(user): the program is kept in the user's home already; returns its path there."""
    def keep(user):
        for folder, mode in ((user.home / ".ansible", 0o700), (user.cache, 0o1700)):
            folder.mkdir(exist_ok=True)
            os.chown(folder, user.uid, -1)
            folder.chmod(mode)
        path = user.cache / kept_name
        shutil.copy(binary, path)
        os.chown(path, user.uid, -1)
        path.chmod(0o700)
        return path
    return keep


class Done:
    """A finished ansible-playbook: what it printed, and the result of each task as its callback got it."""

    def __init__(self, finished, results):
        self.code, self.text = finished.returncode, finished.stdout + finished.stderr
        self.words = " ".join(self.text.split())  # core wraps its warnings
        self.results = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []

    def __getitem__(self, place):
        return self.results[place]["result"]

    def ok(self):
        assert self.code == 0, self.text
        return self


@pytest.fixture
def play(core, collections, place):
    """play(host, tasks, *options, environment={}, under=[], **keys of the play) -> Done"""
    def run(host, tasks, *options, environment=None, under=(), timeout=90, **keys):
        (place / "home").mkdir(exist_ok=True)
        hosts = host if "target" in host else {"target": host}
        (place / "play.json").write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks, **keys}]))
        (place / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
        results = place / "results"
        results.unlink(missing_ok=True)
        env = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
        env.update({"HOME": str(place / "home"), "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_NOCOLOR": "1",
                    "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).parent / "callback"),
                    "ANSIBLE_CALLBACKS_ENABLED": "lines", "LAGO_TEST_RESULTS": str(results), "LC_ALL": "C.UTF-8",
                    "ANSIBLE_LOCALHOST_WARNING": "0",
                    # On core 2.15 async tasks of the local connection look for HOME in the password file.
                    "ANSIBLE_ASYNC_DIR": str(place / "async"), **(environment or {})})
        finished = subprocess.run(
            [*under, str(core / "ansible-playbook"), "-i", str(place / "hosts.json"), str(place / "play.json"), *options],
            env=env, capture_output=True, text=True, timeout=timeout, cwd=place, stdin=subprocess.DEVNULL)
        return Done(finished, results)
    return run
