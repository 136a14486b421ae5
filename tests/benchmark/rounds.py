# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the tasks in one play, round after round, and gives their seconds.

A task's time is what a user waits for: on the controller, from the start of the task to its result, so strategy, fork,
connection and module are in it, and the start of ansible-playbook is not. All rounds are tasks of one play, so that the
connection, the plugins and the modules are warm, and the tasks of a round follow each other (A B A B): a machine that
becomes busy in between slows both sides.
"""
import json
import os
import statistics
import subprocess
import time

from pairs import FLOORS

MODES = {"off": False, "on": True}  # pipelining; off is Ansible's default


class Void(Exception):
    """The figures mean nothing; the text says why."""


def playbook(chosen, rounds):
    """Round 0 makes the state and warms everything; it is run but not counted."""
    tasks = []
    for number in range(rounds + 1):
        for mode, pipelining in MODES.items():
            for task in (*FLOORS, *(task for pair in chosen for task in (pair.ours, *pair.peers))):
                one = task.play(f"{number} {mode} {task.label}", pipelining)
                if task in FLOORS:
                    one["changed_when"] = False
                tasks.append(one)
    return [{"name": "Benchmark", "hosts": "target", "gather_facts": False, "tasks": tasks}]


def environment(folder, collections):
    """Ansible's defaults whatever the user's own configuration is, and all its files in our folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
    return {**kept, "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join(map(str, collections)), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": os.path.join(os.path.dirname(os.path.abspath(__file__)), "callbacks"),
            "ANSIBLE_CALLBACKS_ENABLED": "task_times", "LAGO_TASK_TIMES": str(folder / "times"),
            "LC_ALL": "C.UTF-8"}


def run(folder, ansible, collections, ssh, interpreter, chosen, rounds):
    """{mode: {label: [seconds of each counted round]}}."""
    (folder / "play.json").write_text(json.dumps(playbook(chosen, rounds)), encoding="utf-8")
    host = {**ssh.variables(), "ansible_python_interpreter": str(interpreter)}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": {"target": host}}}), encoding="utf-8")
    with open(folder / "ansible.log", "w", encoding="utf-8") as log:
        done = subprocess.run([ansible / "bin" / "ansible-playbook", "-i", folder / "hosts.json", folder / "play.json"],
                              env=environment(folder, collections), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                              check=False)
    text = (folder / "times").read_text(encoding="utf-8") if (folder / "times").exists() else ""
    if done.returncode != 0:
        raise Void("ansible-playbook failed:\n" + tail(folder / "ansible.log"))
    return read_times(text, chosen, rounds)


def read_times(text, chosen, rounds):
    """What the callback wrote, checked: each task of each round is there, and none has changed anything."""
    seconds = {}
    for line in text.splitlines():
        one = json.loads(line)
        number, mode, label = one["task"].split(" ", 2)
        if number == "0":
            continue
        if one["outcome"] != "ok" or one["changed"]:
            raise Void(f"{label} was to find everything as it should be, but it "
                       f"{'changed something' if one['changed'] else one['outcome']} in round {number}")
        seconds.setdefault(mode, {}).setdefault(label, []).append(one["seconds"])
    expected = {task.label for task in FLOORS} | {
        task.label for pair in chosen for task in (pair.ours, *pair.peers)}
    for mode in MODES:
        found = {label: len(times) for label, times in seconds.get(mode, {}).items()}
        if found != dict.fromkeys(expected, rounds):
            raise Void(f"not every task was run in every round: {found}")
    return seconds


def alone(program, pair, runs):
    """Median seconds of our program itself, from its start to its end, without Ansible and ssh."""
    options = json.dumps({**pair.ours.options, "_ansible_check_mode": False, "_ansible_verbosity": 0}).encode()
    times = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        done = subprocess.run([program, pair.name], input=options, capture_output=True, check=False)
        times.append(time.perf_counter() - started)
        result = json.loads(done.stdout)
        if result.get("failed") or result.get("changed"):
            raise Void(f"{pair.name} alone: {result}")
    return statistics.median(times[1:])


def tail(path, lines=40):
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
