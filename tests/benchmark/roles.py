# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole role on a host where nothing is to be done, beside a plain role that lays down the same files and units.

Ours does more in that time: it checks its variables, looks at what runs, at networks and images, at the key, at the
database and at Redis. The plain role writes files, and nothing else.
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import time

import plain_role
import rounds

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENGINE = ROOT / "scripts/setup/engine.sh"
NAME = "role"
OURS, PLAIN = SIDES = ("mash.lago.lago", "plain role")
FILES_TASK = "The files of the containers"  # of ours; the plain role has nothing else
NETWORK = "lago-benchmark"
HOST_NAME = "lago.example.com"
NO_ENGINE = 77  # exit status of engine.sh
IMAGES = {part: f"mash-lago-benchmark/{part}:v1.31.0" for part in ("api", "front", "pdf")}


class NoEngine(Exception):
    """This machine cannot run a Docker Engine; the text says why."""


@contextlib.contextmanager
def engine():
    """The address of a Docker Engine of the tests."""
    started = subprocess.run([ENGINE, "start", str(os.getpid())], capture_output=True, text=True, check=False)
    if started.returncode == NO_ENGINE:
        raise NoEngine(started.stderr.strip().splitlines()[-1])
    if started.returncode != 0:
        raise rounds.Void("no Docker Engine:\n" + started.stderr)
    try:
        yield started.stdout.strip().splitlines()[-1]
    finally:
        subprocess.run([ENGINE, "stop", str(os.getpid())], stdout=subprocess.DEVNULL, check=True)


@contextlib.contextmanager
def images(docker_host):
    """Images with nothing in them, in the Engine; no registry is asked for them."""
    docker = ["docker", "-H", docker_host]
    nothing = subprocess.run(["tar", "-cf", "-", "-T", "/dev/null"], capture_output=True, check=True).stdout
    try:
        for name in IMAGES.values():
            subprocess.run([*docker, "import", "-", name], input=nothing, capture_output=True, check=True)
        yield
    finally:
        subprocess.run([*docker, "image", "rm", *IMAGES.values()], capture_output=True, check=False)
        subprocess.run([*docker, "network", "rm", NETWORK], capture_output=True, check=False)


@dataclasses.dataclass(frozen=True)
class Setting:
    """Where the two roles work, and what runs them."""
    folder: pathlib.Path
    ansible: pathlib.Path
    collections: tuple

    @property
    def base(self):
        return self.folder / "srv/lago"

    @property
    def units(self):
        return self.folder / "srv/units"

    def write(self, ssh, interpreter, variables):
        """The inventory, and a playbook for each of the roles."""
        host = {**ssh.variables(), "ansible_python_interpreter": str(interpreter)}
        self.inventory.write_text(json.dumps({"all": {"hosts": {HOST_NAME: host}}}), encoding="utf-8")
        for side, role in ((OURS, OURS), (PLAIN, str(self.folder / "plain"))):
            play = {"name": side, "hosts": "all", "gather_facts": False, "roles": [role], "vars": variables}
            self.playbook(side).write_text(json.dumps([play]), encoding="utf-8")

    @property
    def inventory(self):
        return self.folder / "roles-hosts.json"

    def playbook(self, side):
        return self.folder / f"{side.replace(' ', '-')}.json"


@dataclasses.dataclass(frozen=True)
class Run:
    """One run of ansible-playbook."""
    seconds: float  # from its start to its end
    tasks: dict     # name -> seconds, also of those that were skipped
    done: int       # how many tasks were not skipped
    changed: tuple  # names


def run(setting, side, pipelining):
    """Runs one of the two roles. Raises Void where it fails."""
    times = setting.folder / "times"
    times.unlink(missing_ok=True)
    environment = {**rounds.environment(setting.folder, setting.collections), "ANSIBLE_PIPELINING": str(pipelining)}
    started = time.perf_counter()
    done = subprocess.run([setting.ansible / "bin/ansible-playbook", "-i", setting.inventory, setting.playbook(side)], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise rounds.Void(f"{side} failed:\n" + "\n".join(done.stdout.splitlines()[-40:]))
    found = [json.loads(line) for line in times.read_text(encoding="utf-8").splitlines()]
    return Run(seconds, {one["task"]: one["seconds"] for one in found},
               sum(one["outcome"] != "skipped" for one in found), tuple(one["task"] for one in found if one["changed"]))


def variables(setting, target, docker_host):
    """As a MASH playbook gives them: its service manager starts what the role lays down, so no unit is started here."""
    return {
        "lago_hostname": HOST_NAME, "lago_version": "v1.31.0", "lago_uid": "991", "lago_gid": "991",
        "lago_base_path": str(setting.base), "lago_docker_host": docker_host,
        "lago_container_network": NETWORK,
        "devture_systemd_docker_base_systemd_path": str(setting.units),
        "systemd_service_manager_services_list_auto": [],
        "lago_database_name": "lago_role", "lago_database_username": "lago_role",
        "lago_database_hostname": "127.0.0.1", "lago_database_port": target.postgres_port,
        "lago_database_password": target.password, "lago_database_login_unix_socket": target.postgres_socket,
        "lago_redis_hostname": "127.0.0.1", "lago_redis_port": target.redis_port,
        **{f"lago_{part}_container_image": image for part, image in IMAGES.items()},
        **{f"lago_{part}_container_image_pull": "never" for part in IMAGES},
        **{f"lago_api_environment_variable_{name}": f"{name} of the benchmark" for name in (
            "secret_key_base", "encryption_primary_key", "encryption_deterministic_key", "encryption_key_derivation_salt")},
    }


def prepare(setting):
    """Deploys with ours, makes the plain role of it, and proves that each finds the other's work as it should be."""
    setting.units.mkdir(parents=True)
    run(setting, OURS, False)
    content = plain_role.Content.of((setting.base, setting.units), without=(setting.base / "api/rsa_private.pem",))
    plain_role.write(setting.folder / "plain", content, {"lago_hostname": HOST_NAME, "lago_base_path": str(setting.base)})
    unchanged(setting, PLAIN, False)
    for path in content.files:
        path.unlink()
    if len(run(setting, PLAIN, False).changed) != len(content.files):
        raise rounds.Void("the plain role does not lay down all files")
    unchanged(setting, OURS, False)
    return content


def unchanged(setting, side, pipelining):
    made = run(setting, side, pipelining)
    if made.changed:
        raise rounds.Void(f"{side} was to find everything as it should be, but it changed: {', '.join(made.changed)}")
    return made


def measure(setting, ssh, interpreter, target, count):
    """{"files", "folders": how many; "tasks": {side: how many}; "seconds": {mode: {side: {part: [seconds]}}}}, where
    part is "run" (ansible-playbook from its start to its end), "tasks" (all of them) or "files" (those that lay down files).
    Raises NoEngine."""
    with engine() as docker_host, images(docker_host):
        setting.write(ssh, interpreter, variables(setting, target, docker_host))
        content = prepare(setting)
        return {"files": len(content.files), "folders": len(content.folders), **take_turns(setting, count)}


def take_turns(setting, count):
    """`count` rounds, after one that is not counted."""
    seconds = {mode: {side: {"run": [], "tasks": [], "files": []} for side in SIDES} for mode in rounds.MODES}
    tasks = {}
    for number in range(count + 1):
        for mode, pipelining in rounds.MODES.items():
            for side in SIDES:
                made = unchanged(setting, side, pipelining)
                tasks[side] = made.done
                if number:
                    seconds[mode][side]["run"].append(made.seconds)
                    seconds[mode][side]["tasks"].append(sum(made.tasks.values()))
                    seconds[mode][side]["files"].append(sum(
                        time for name, time in made.tasks.items() if side == PLAIN or name.endswith(FILES_TASK)))
    return {"tasks": tasks, "seconds": seconds}
