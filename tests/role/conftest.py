# SPDX-License-Identifier: GPL-3.0-or-later
"""The role from the staged collection, run by ansible-playbook on the oldest and the newest core, against real servers."""
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tests/integration"))

import servers_postgres  # noqa: E402
import servers_redis  # noqa: E402

COLLECTIONS = ROOT / "build/collection"
INSTALL = ("--tags", "install-lago")
SECRETS = {name: f"s3cret-of-{name}" for name in (
    "secret_key_base", "encryption_primary_key", "encryption_deterministic_key", "encryption_key_derivation_salt")}


def venv_bin(name):
    made = subprocess.run([ROOT / "scripts/setup/venv.sh", name], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no virtual environment {name}: {made.stderr.strip().splitlines()[-1:]}")
    return pathlib.Path(made.stdout.strip().splitlines()[-1]) / "bin"


@pytest.fixture(scope="session", params=["core-2.15", "newest"])
def core(request):
    """The folder with the programs of one ansible-core."""
    return venv_bin(request.param)


@pytest.fixture(scope="session")
def newest():
    return venv_bin("newest")


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    """Where the program of the modules is kept, so that it is carried there once."""
    return tmp_path_factory.mktemp("home")


@dataclasses.dataclass
class Task:
    name: str
    status: str
    result: dict

    @property
    def changed(self):
        return bool(self.result.get("changed"))


@dataclasses.dataclass
class Play:
    rc: int
    output: str
    tasks: list

    def task(self, words):
        found = [task for task in self.tasks if words in task.name]
        assert len(found) == 1, [task.name for task in self.tasks]
        return found[0]

    @property
    def changed(self):
        return [task.name.split(" : ")[-1] for task in self.tasks if task.changed]

    @property
    def failed(self):
        return [task for task in self.tasks if task.status == "failed"]

    @property
    def headers(self):
        return len(re.findall(r"^TASK \[", self.output, re.M))

    @property
    def executions(self):
        """Commands that were run on the host; only counted with -vvv."""
        return sum(self.executions_of_tasks)

    @property
    def executions_of_tasks(self):
        """The same for each task that has any, in their order."""
        counted = (len(re.findall(r"^<\S+> EXEC ", text, re.M)) for text in re.split(r"^TASK \[", self.output, flags=re.M)[1:])
        return [count for count in counted if count]


class Host:
    """This machine, with Lago in a folder of its own."""

    def __init__(self, folder, home_folder, variables):
        self.folder, self.home, self.variables = folder, home_folder, variables
        self.base = folder / "lago"

    def file(self, name):
        return (self.base / name).read_text(encoding="utf-8")

    def env(self, service="api"):
        """The env file as docker reads it: the last line of a name holds."""
        lines = [line for line in self.file(f"{service}/env").splitlines() if line and not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    def run(self, core, *arguments, set=(), without=(), role="mash.lago.lago", playbook=None):
        """Runs the role. `set` are further variables, `without` names that are not given at all."""
        variables = {**self.variables, **dict(set)}
        for name in without:
            variables.pop(name, None)
        given = self.folder / "vars.yml"
        given.write_text(yaml.dump(variables, Dumper=Dumper, allow_unicode=True), encoding="utf-8")
        play = playbook or [{"hosts": "all", "gather_facts": False, "roles": [role],
                             "vars_files": [str(HERE / "data/page-vars.yml"), str(given)]}]
        book = self.folder / "play.yml"
        book.write_text(yaml.dump(play, sort_keys=False), encoding="utf-8")
        record = self.folder / "record"
        record.unlink(missing_ok=True)
        environment = {
            "PATH": f"{core}:{os.environ['PATH']}", "HOME": str(self.home), "LC_ALL": "C.UTF-8",
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS), "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "record", "LAGO_TEST_RECORD": str(record), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_DEPRECATION_WARNINGS": "false"}
        done = subprocess.run([f"{core}/ansible-playbook", "-i", "lago.example.com,", "-c", "local", str(book), *arguments],
                              env=environment, capture_output=True, text=True, check=False, timeout=300, cwd=self.folder)
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return Play(done.returncode, done.stdout + done.stderr, [Task(**{"name": one["task"], "status": one["status"],
                                                                         "result": one["result"]})
                                                                 for one in map(json.loads, lines)])


class Unsafe(str):
    """A text that Ansible does not look for templates in."""


def as_given(text):
    """As a user writes it: quoted, and marked where it looks like a template. ansible-core 2.21 reads a marked "0123" as a number."""
    return Unsafe(text) if "{{" in text or "{%" in text else text


class Dumper(yaml.SafeDumper):
    pass


Dumper.add_representer(Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style='"'))


def page_variables(base):
    """What a playbook such as MASH gives to the role besides the page's own variables."""
    return {
        "lago_containers_managed": False, "lago_base_path": str(base), "lago_uid": os.geteuid(), "lago_gid": os.getegid(), "lago_identifier": "lago-role-test",
        "redis_identifier": "127.0.0.1", "lago_database_hostname": "127.0.0.1", "lago_database_password": "a-plain-password",
        **{f"lago_api_environment_variable_{name}": value for name, value in SECRETS.items()}}


@pytest.fixture
def host(tmp_path, home):
    """A host without servers: only files are laid down, and Redis is not looked at."""
    return Host(tmp_path, home, {**page_variables(tmp_path / "lago"), "lago_redis_check": "never"})


@pytest.fixture(scope="session")
def postgres():
    folders = servers_postgres.bin_folders()
    if not folders:
        pytest.skip("no PostgreSQL server on this machine")
    server = servers_postgres.start(folders[-1], "the-superuser's p@ss")
    yield server
    servers_postgres.stop(server, folders[-1])


@pytest.fixture(scope="session")
def redis(tmp_path_factory):
    programs = servers_redis.find_servers()
    if not programs:
        pytest.skip("no Redis or Valkey server on this machine")
    program = programs.get("redis") or programs["valkey"]
    with servers_redis.server(program, tmp_path_factory.mktemp("redis"), "--requirepass", "redis-p4ssword",
                              "--appendonly", "yes") as server:
        yield server


@pytest.fixture
def served(host, postgres, redis):
    """A host with its PostgreSQL and Redis."""
    host.variables |= {
        "lago_redis_check": "required", "lago_redis_port": redis.port, "lago_redis_password": "redis-p4ssword",
        "lago_database_port": postgres.port, "lago_database_login_unix_socket": str(postgres.folder),
        "lago_database_name": f"lago{os.getpid()}", "lago_database_username": f"lago{os.getpid()}"}
    yield host
    name = host.variables["lago_database_name"]
    postgres.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    postgres.psql(f'DROP ROLE IF EXISTS "{host.variables["lago_database_username"]}"')
