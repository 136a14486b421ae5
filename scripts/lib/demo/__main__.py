# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo itself, once everything is built: scripts/demo says what it shows.

usage: demo --controller VENV --servers VENV
"""
import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import pathlib
import secrets
import shutil
import signal
import sys
import tempfile
import time

import playbook
import screen
import servers

# Each secret of the demo has this in it, so that whoever looks for one knows what to look for.
MARK = "demo-secret-"
SWITCH = "lago_front_environment_variable_lago_disable_signup"
PREFIX = "lago-demo-"
PR_SET_CHILD_SUBREAPER = 36


class Stopped(Exception):
    """A signal asked for the end."""


def on_signal(number, _frame):
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


# --- no leftovers -------------------------------------------------------------------------------------------------

def descendants():
    """The processes that stem from this one. Those whose parent has gone count too: this process adopts them."""
    parents = {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(folder.name)] = int(parent)
    found, queue = [], [os.getpid()]
    while queue:
        above = queue.pop()
        below = [process for process, parent in parents.items() if parent == above]
        found += below
        queue += below
    return found


def end_descendants():
    for asked in (signal.SIGTERM, signal.SIGKILL):
        end = time.monotonic() + 5
        for process in descendants():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, asked)
        while descendants() and time.monotonic() < end:
            time.sleep(0.05)


def remove_abandoned():
    """Folders of demos that were killed: nobody holds the lock of those."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
            continue
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)


@contextlib.contextmanager
def private_folder():
    """A folder that goes at the end, with all processes that were started meanwhile."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    remove_abandoned()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        folder.chmod(0o711)
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)


# --- the story ----------------------------------------------------------------------------------------------------

def reason(task):
    """Why a task failed; of a loop, why its items did."""
    items = [item for item in task["result"].get("results", ()) if item.get("failed") or item.get("failed_when_result")]
    return " ".join(str(result.get("msg", "it gave no reason")) for result in items or [task["result"]])


class Demo:
    """The runs, one after the other; what was not as promised is collected."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.base = folder / "mash" / "lago"
        self.seen, self.broken = [], []
        self.secrets = {name: f"{MARK}{secrets.token_urlsafe(12)}/+@:" for name in ("postgres", "lago", "redis", "mash")}

    def expect(self, holds, text):
        (self.seen if holds else self.broken).append(text)
        if not holds:
            screen.error(f"not as promised: {text}")

    def start_servers(self, stack):
        self.identity = servers.unprivileged()
        packages = next((self.arguments.servers / "lib").glob("python3*/site-packages"))
        self.postgres = servers.Postgres(packages, self.folder / "postgres", self.identity, self.secrets["postgres"])
        self.valkey = servers.Valkey(packages, self.folder / "valkey", self.identity, self.secrets["redis"])
        for server, name in ((self.postgres, "PostgreSQL"), (self.valkey, "Valkey")):
            began = time.monotonic()
            stack.callback(server.stop)
            server.start()
            screen.say(f"  {name + f' on 127.0.0.1, port {server.port}':<56} {time.monotonic() - began:4.1f} s")

    def playbook_variables(self):
        """What the MASH playbook sets for its lago role, with this demo's servers and folder."""
        def derived(word):
            return MARK + hashlib.sha256((self.secrets["mash"] + word).encode()).hexdigest()[:32]
        uid, gid = self.identity or (os.getuid(), os.getgid())
        return {
            "lago_containers_managed": False, "lago_architecture": "amd64", "lago_identifier": "mash-lago", "lago_base_path": str(self.base),
            "lago_uid": uid, "lago_gid": gid,
            "lago_api_environment_variable_secret_key_base": derived("base"),
            "lago_api_environment_variable_encryption_primary_key": derived("primary"),
            "lago_api_environment_variable_encryption_deterministic_key": derived("deterministic"),
            "lago_api_environment_variable_encryption_key_derivation_salt": derived("salt"),
            "lago_database_hostname": "127.0.0.1", "lago_database_port": self.postgres.port,
            "lago_database_password": self.secrets["lago"],
            "lago_database_login_host": "127.0.0.1", "lago_database_login_password": self.secrets["postgres"],
            "lago_database_verify_login": True,
            "redis_identifier": "127.0.0.1", "lago_redis_port": self.valkey.port,
            "lago_redis_password": self.secrets["redis"], "lago_redis_check": "required"}

    def prepare(self):
        self.base.parent.mkdir()
        self.inventory = playbook.Inventory(self.folder / "inventory", self.playbook_variables())
        self.ansible = playbook.Ansible(self.arguments.controller, self.folder, self.inventory)

    # What one run shows.

    def show_task(self, task):
        if task["status"] == "skipped":
            return
        screen.task(task["task"], task["status"], task["seconds"])
        if task["status"] == "changed":
            for text in self.changes(task["result"]):
                screen.detail(text)
        if task["status"] == "failed":
            screen.error(reason(task))
        if task["module"].endswith("debug"):
            said = task["result"].get("msg", "")
            screen.explain(self.short(" ".join(said) if isinstance(said, list) else said), indent=6)

    def changes(self, result):
        """In words, what a module says that it changed."""
        yield from result.get("queries", ())
        yield from (self.short(path) for path in result.get("changed_paths", ()))
        if result.get("source"):
            yield f"{self.short(result['filename'])}: {result['size']} bits, {result['source']}"

    def short(self, path):
        return str(path).replace(str(self.folder), "")

    def run_site(self, may_fail=False, **how):
        screen.table_head()
        run = self.ansible.run("site.yml", show=self.show_task, **how)
        in_tasks = sum(task["seconds"] for task in run.tasks)
        screen.say(f"  {len(run.changed)} changed, {len(run.of('ok'))} as they should be, {len(run.failed)} failed; "
                   f"{in_tasks:.1f} s in tasks, {run.seconds:.1f} s with ansible-playbook's own start")
        if run.failed and not may_fail:
            raise playbook.RunBroke("this run was to succeed; the task that failed has said why")
        return run

    def show_diff(self, run):
        screen.diff(self.short(run.diffs))

    def switch(self, side):
        """Whether sign-up is "open" or "closed" for one side, as Lago reads its env file: exactly `true` closes it."""
        lines = (self.base / side / "env").read_text(encoding="utf-8").splitlines()
        values = [line.partition("=")[2] for line in lines if line.startswith("LAGO_DISABLE_SIGNUP=")]
        return "closed" if values and values[-1] == "true" else "open"

    def expect_switch(self, state, how):
        sides = {side: self.switch(side) for side in ("api", "front")}
        screen.say(f"  sign-up: {sides['api']} on the API, {sides['front']} on the front")
        self.expect(set(sides.values()) == {state}, f"sign-up {state} on the API and on the front, {how}")

    # The chapters.

    def first_and_second_run(self):
        screen.headline("First run: the variables of Lago's MASH page, with an empty RSA key")
        first = self.run_site()
        self.expect(first.changed, "the first run made key, database and files")
        self.expect_switch("open", "with the page's vars.yml")
        screen.headline("Second run: the same again")
        second = self.run_site()
        self.expect(not second.changed, "the second run changed nothing")

    def toggle_by_variable(self):
        screen.headline("Sign-up closed: the line is taken out of vars.yml, as the page says")
        text = self.inventory.vars_file.read_text(encoding="utf-8")
        without = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(SWITCH))
        self.inventory.vars_file.write_text(without, encoding="utf-8")
        self.show_diff(self.run_site())
        self.expect_switch("closed", "with the line taken out")
        screen.headline("Sign-up open again: the line is back")
        self.inventory.vars_file.write_text(text, encoding="utf-8")
        self.show_diff(self.run_site())
        self.expect_switch("open", "with the line back")

    def toggle_by_module(self):
        before = self.inventory.vars_file.read_bytes()
        for asked, state in (("disabled", "closed"), ("enabled", "open")):
            screen.headline(f"Sign-up {state}: lago_signup sets the switch in vars.yml itself")
            screen.table_head()
            edit = self.ansible.run("signup.yml", show=self.show_task, variables={"demo_signup": asked})
            self.show_diff(edit)
            self.show_diff(self.run_site())
            self.expect_switch(state, f"by lago_signup, state {asked}")
        self.expect(self.inventory.vars_file.read_bytes() == before, "vars.yml is byte for byte what it was")

    def wrong_passwords(self):
        for what, variable in (("Redis", "lago_redis_password"), ("database", "lago_database_login_password")):
            screen.headline(f"A wrong {what} password, in check mode")
            run = self.run_site(may_fail=True, check=True, variables={variable: f"{MARK}wrong"})
            self.expect(len(run.failed) == 1 and "password" in reason(run.failed[0]),
                        f"a wrong {what} password is named as that")

    def tell(self):
        screen.headline("What was seen")
        for text in self.seen:
            screen.say("  " + screen.paint("yes", "green") + f"  {text}")
        for text in self.broken:
            screen.say("  " + screen.paint("NO ", "red") + f"  {text}")

    def play(self):
        with contextlib.ExitStack() as stack:
            screen.headline("Private servers")
            self.start_servers(stack)
            self.prepare()
            self.first_and_second_run()
            self.toggle_by_variable()
            self.toggle_by_module()
            self.wrong_passwords()
        self.tell()


WHERE_TO_GO_ON = """
  scripts/test                            all tests
  modules/NAME/NAME.yml                   what a module does, its options and examples
  docs/architecture.md                    how a call goes from the playbook to the program and back
  build/mash-lago-*.tar.gz                the collection: ansible-galaxy collection install FILE
"""


def main():
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--controller", type=pathlib.Path, required=True)
    parser.add_argument("--servers", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, on_signal)
    began = time.monotonic()
    try:
        with private_folder() as folder:
            demo = Demo(arguments, folder)
            demo.play()
    except Stopped as stopped:
        print("\nstopped; nothing is left behind", file=sys.stderr)
        return 128 + stopped.args[0]
    except (servers.NoServer, playbook.RunBroke) as broke:
        print(f"\nerror: {broke}", file=sys.stderr)
        return 1
    screen.headline(f"Done in {time.monotonic() - began:.0f} s; servers stopped, files removed. Where to go on:")
    screen.say(WHERE_TO_GO_ON.strip("\n"))
    return 1 if demo.broken else 0


if __name__ == "__main__":
    sys.exit(main())
