# SPDX-License-Identifier: GPL-3.0-or-later
"""An inventory as the MASH playbook has one, and runs of ansible-playbook on it."""
import dataclasses
import json
import os
import pathlib
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
HOST = "lago.example.com"


class RunBroke(Exception):
    """ansible-playbook ended with an error that no task has told."""


@dataclasses.dataclass
class Run:
    """What one run of a playbook did: its tasks as the callback plugin told them, and its whole time in seconds."""
    tasks: list
    seconds: float

    def of(self, *statuses):
        return [task for task in self.tasks if task["status"] in statuses]

    @property
    def changed(self):
        return self.of("changed")

    @property
    def failed(self):
        return self.of("failed")

    @property
    def diffs(self):
        return "\n".join(task["diff"].strip("\n") for task in self.tasks if task["diff"].strip())


class Inventory:
    """One host, which is this machine, with the page's vars.yml and what the playbook itself would set."""

    def __init__(self, folder, playbook_variables):
        self.folder = folder
        self.vars_file = folder / "host_vars" / HOST / "vars.yml"
        self.vars_file.parent.mkdir(parents=True)
        self.vars_file.write_text((HERE / "vars.yml").read_text(encoding="utf-8"), encoding="utf-8")
        (folder / "hosts").write_text(f"[mash_servers]\n{HOST} ansible_connection=local\n", encoding="utf-8")
        (folder / "group_vars").mkdir()
        self._write(folder / "group_vars" / "mash_servers.json", playbook_variables)

    @staticmethod
    def _write(path, variables):
        path.touch(0o600)
        path.write_text(json.dumps(variables), encoding="utf-8")

    def overrides(self, variables):
        """A file with variables that win over all others, for `--extra-vars @FILE`: a secret is no argument."""
        path = self.folder / "overrides.json"
        self._write(path, variables)
        return f"@{path}"


class Ansible:
    """The controller: ansible-core of a virtual environment, the collection as it was built, and a home of its own."""

    def __init__(self, controller, folder, inventory):
        self._program = controller / "bin" / "ansible-playbook"
        self._inventory, self._folder = inventory, folder
        home = folder / "home"
        home.mkdir(mode=0o700)
        (folder / "ansible.cfg").write_text("[defaults]\n", encoding="utf-8")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        self._environment = {
            **kept, "HOME": str(home), "PATH": f"{controller / 'bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8",
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"), "ANSIBLE_HOME": str(home / ".ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collection"), "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"), "ANSIBLE_STDOUT_CALLBACK": "lago_lines",
            "ANSIBLE_RETRY_FILES_ENABLED": "0", "ANSIBLE_LOCALHOST_WARNING": "0", "ANSIBLE_DEPRECATION_WARNINGS": "0"}

    def run(self, playbook, *, variables=None, check=False, show=lambda task: None):
        """Runs a playbook of this folder with --diff; `show` is called with each task as soon as it has ended."""
        command = [self._program, "--diff", "--inventory", self._inventory.folder / "hosts", HERE / playbook]
        if check:
            command.append("--check")
        if variables:
            command += ["--extra-vars", self._inventory.overrides(variables)]
        began, tasks = time.monotonic(), []
        with (self._folder / "ansible.log").open("w+b") as log:
            with subprocess.Popen(command, env=self._environment, cwd=self._folder, stdin=subprocess.DEVNULL, text=True,
                                  stdout=subprocess.PIPE, stderr=log, start_new_session=True) as process:
                for line in process.stdout:
                    if line.startswith("{"):
                        tasks.append(json.loads(line))
                        show(tasks[-1])
            run = Run(tasks, time.monotonic() - began)
            if process.returncode != 0 and not run.failed:
                log.seek(0)
                raise RunBroke(log.read().decode(errors="replace")[-3000:])
        return run
