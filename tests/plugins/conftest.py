# SPDX-License-Identifier: GPL-3.0-or-later
"""The staged collection, hosts to run it on, and ansible-playbook of each core of the matrix."""
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

import pytest

import openssh
from matrix import CORES

ROOT = pathlib.Path(__file__).resolve().parents[2]


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
def plugin_utils(collections):
    """The modules `native` and `_install` of the staged collection."""
    sys.path.insert(0, str(collections))
    try:
        from ansible_collections.mash.lago.plugins.plugin_utils import _install, native
    finally:
        sys.path.remove(str(collections))
    return native, _install


@pytest.fixture(scope="session")
def kept_name(plugin_utils):
    """The name that the program has in ~/.ansible/lago."""
    native, _install = plugin_utils
    return f"{native.KEY}-{os.uname().machine}"


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


@pytest.fixture(scope="session")
def users(base):
    missing = openssh.requirements()
    if missing:
        pytest.skip("needs " + ", ".join(missing))
    with openssh.throw_away_users(base) as made:
        yield made


@pytest.fixture(scope="session")
def server(base, users):
    with openssh.running_server(base) as running:
        yield running


@pytest.fixture
def ssh(server, users, kept_name):
    """The server with nothing kept in any home and no command seen yet."""
    of_root = pathlib.Path("~root/.ansible/lago").expanduser() / kept_name
    there = of_root.exists()
    for user in users.values():
        folder = user.home / ".ansible"
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)
    server.forget()
    yield server
    server.forget()
    if not there:
        of_root.unlink(missing_ok=True)


@pytest.fixture
def place(base):
    """A folder in which every user may write."""
    folder = pathlib.Path(tempfile.mkdtemp(dir=base))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def mounted(place):
    """mounted(folder, options): words to start a command with, for which a new tmpfs is on the folder."""
    def under(folder, options):
        return ["unshare", "-m", "sh", "-c",
                f"mount -t tmpfs -o mode=755,{options} none {shlex.quote(str(folder))} && exec \"$@\"", "sh"]

    if subprocess.run([*under(place, "size=1m"), "true"], capture_output=True).returncode:
        pytest.skip("needs to mount in a namespace of its own")
    return under


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
        return self.results[place]

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
                    "ANSIBLE_LOCALHOST_WARNING": "0", **(environment or {})})
        finished = subprocess.run(
            [*under, str(core / "ansible-playbook"), "-i", str(place / "hosts.json"), str(place / "play.json"), *options],
            env=env, capture_output=True, text=True, timeout=timeout, cwd=place, stdin=subprocess.DEVNULL)
        return Done(finished, results)
    return run
