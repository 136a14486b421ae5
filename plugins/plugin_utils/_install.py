# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task needs that does not find the program on the host, or cannot stream to it: puts the program into the
user's home, hands the options over in a file, or carries the program along as core does with any binary module."""
from __future__ import annotations

import collections
import gzip
import hashlib
import json
import os
import shlex
import tempfile

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.loader import module_loader
from ansible.utils.display import Display

from ansible_collections.mash.lago.plugins.plugin_utils._release import KEY, PROGRAMS
from ansible_collections.mash.lago.plugins.plugin_utils.native import KEPT, MISSED, safe

ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

# How MISSED ends.
MISS = 97

# How a shell ends for which the kept program is no program; dash and busybox read it as a script.
NOT_A_PROGRAM = (2, 126, 127)

# What a miss tells, and the sum of what is kept.
ASK = KEPT + '; s=$(sha256sum "$f" 2>/dev/null); echo LAGO-SUM "${s%% *}"; ' + MISSED

# Runs as the user who will run the module, with the compressed program on its standard input. The name appears only
# after the sum and a first run have been good; each refusal reads the input to its end. What a killed upload left
# behind goes after an hour. `ls` is safe here: the folder is the user's own and holds names made here only.
INSTALL = "; ".join((
    'umask 077',
    'refuse() { cat >/dev/null; echo LAGO-REFUSED "$1"; exit 98; }',
    'loose() { case $(ls -ld "$1") in ?????w*|????????w*) return 0;; esac; return 1; }',
    'clean() { rm -f "$t"; }',
    KEPT,
    '[ -O "$HOME" ] || refuse home',
    'loose "$HOME"/. && refuse loose',
    '[ -L "$a" ] || [ -L "$d" ] && refuse owner',
    'mkdir -p "$d" || refuse write',
    '[ -O "$a" ] && [ -O "$d" ] || refuse owner',
    'loose "$a" && chmod go-w "$a"',
    'chmod 1700 "$d" && [ -k "$d" ] || refuse loose',
    'find "$d" -name ".new.*" -mmin +60 -exec rm -f {} ";"',
    't=$(mktemp "$d"/.new.XXXXXX) || refuse write',
    'trap clean EXIT',
    'trap "exit 98" HUP INT TERM',
    'gzip -dc >"$t" || refuse unpack',
    's=$(sha256sum "$t") || refuse sha256sum',
    '[ "${s%% *}" = @SUM@ ] || refuse sum',
    'chmod 700 "$t" || refuse write',
    '"$t" --version </dev/null >/dev/null || refuse run',
    '[ -L "$f" ] && rm -f "$f"',
    '[ -d "$f" ] && refuse write',
    'mv -f "$t" "$f" || refuse write',
    'ls -t "$d" | tail -n +4 | while read -r old; do rm -f "$d/$old"; done',
    'echo LAGO-INSTALLED',
    'exit 0',
))

OBSTACLES = {
    "home": "the user who runs it has no home folder of its own",
    "write": "it cannot be written to the home folder of the user who runs it",
    "noexec": "the home folder of the user who runs it does not allow programs (noexec)",
    "loose": "others may write to the home folder of the user who runs it",
    "owner": "~/.ansible or ~/.ansible/lago of the user who runs it is a link or belongs to another user",
    "unpack": "it cannot be unpacked there",
    "sha256sum": "there is no sha256sum to check it with",
    "run": "it does not run there",
    "gone": "it was removed as soon as it was there",
}

# What a host that has no program says: uname's words, and a key of OBSTACLES or nothing.
Miss = collections.namedtuple("Miss", "system machine obstacle")

display = Display()


class Streamed:
    """The options, and the program, go over standard input."""

    def __init__(self, action, task_vars):
        self.action, self.task_vars = action, task_vars

    def call(self):
        return self.action._low_level_execute_command(self.action.command(), in_data=self.action.payload(self.task_vars))

    def upload(self, script, program):
        return self.action._low_level_execute_command(script, in_data=program)


class InFiles:
    """The options, and the program, go into files of core's temporary folder on the host."""

    def __init__(self, action, task_vars):
        self.action = action
        self.folder = action._connection._shell.tmpdir or action._make_tmp_path()
        self.options = self.put("args", action.payload(task_vars))

    def put(self, name, data):
        path = self.action._connection._shell.join_path(self.folder, name)
        self.action._transfer_data(path, data)
        self.action._fixup_perms2([self.folder, path])
        return shlex.quote(path)

    def call(self):
        return self.action._low_level_execute_command(self.action.command(self.options))

    def upload(self, script, program):
        return self.action._low_level_execute_command("exec <%s; %s" % (self.put("lago.gz", program), script))


def start(action, task_vars):
    """A task that cannot stream."""
    if action._task.async_val:
        answer = ask(action)
        miss = missed(answer)
        return carry(action, task_vars, miss) if miss else failure(action, answer)
    way = InFiles(action, task_vars)
    answer = way.call()
    result = action.result(answer)
    return install_and_call(action, task_vars, answer, way) if result is None else result


def recover(action, task_vars, answer):
    """A streamed call that has brought no result."""
    if "must have a tty" in answer["stderr"]:  # sudo's requiretty, which it says before anything runs
        return start(action, task_vars)
    return install_and_call(action, task_vars, answer, Streamed(action, task_vars))


def install_and_call(action, task_vars, answer, way):
    miss = missed(answer)
    if miss is None:
        told = ask(action)
        miss = missed(told)
        if miss is None or is_whole(told, miss) and answer["rc"] not in NOT_A_PROGRAM:
            return failure(action, answer)
    if not refused_before(action, task_vars):
        obstacle, details = (miss.obstacle, "") if miss.obstacle else install(way, miss)
        if not obstacle:
            answer = way.call()
            result = action.result(answer)
            if result is not None:
                return result
            if missed(answer) is None:
                return failure(action, answer)
            obstacle = "gone"
        remember_refusal(action, task_vars, obstacle, details)
    return carry(action, task_vars, miss)


def missed(answer):
    """What the host says where the program is not; None where it says nothing of the kind."""
    for line in answer["stdout"].splitlines() if answer["rc"] == MISS else ():
        words = line.split()
        if words[:1] == ["LAGO-CACHE-MISS"] and len(words) in (3, 4):
            return Miss(words[1], words[2], words[3] if len(words) == 4 else "")
    return None


def ask(action):
    """An answer as of a miss, with the sum of the kept program in it."""
    return action._low_level_execute_command(ASK)


def is_whole(answer, miss):
    expected = PROGRAMS.get(architecture_name(miss), {}).get("sha256")
    return ["LAGO-SUM", expected] in [line.split() for line in answer["stdout"].splitlines()]


def architecture_name(miss):
    return ARCHITECTURES.get(miss.machine, miss.machine)


def compressed(miss):
    """(sum, bytes) of the program for the host, from what is installed on the controller."""
    if miss.system != "Linux":
        raise AnsibleActionFail("mash.lago runs on Linux; the host calls itself %s." % miss.system)
    program = PROGRAMS.get(architecture_name(miss))
    if program is None:
        raise AnsibleActionFail("This release of mash.lago has no program for %s, only for %s."
                                % (miss.machine, ", ".join(sorted(PROGRAMS))))
    try:
        with open(os.path.join(os.path.dirname(__file__), "bin", program["file"]), "rb") as source:
            return program["sha256"], source.read()
    except OSError as problem:
        raise AnsibleActionFail("What is installed of mash.lago is not complete: %s. Install it again." % problem)


def install(way, miss):
    """Puts the program where the user's next call looks for it: ("", "") or (what stands in the way, details)."""
    expected, program = compressed(miss)
    answer = way.upload(INSTALL.replace("@SUM@", expected), program)
    words = answer["stdout"].split()
    if "LAGO-INSTALLED" in words:
        return "", ""
    obstacle = words[words.index("LAGO-REFUSED") + 1] if "LAGO-REFUSED" in words[:-1] else "run"
    if obstacle == "sum":
        raise AnsibleActionFail("The program of mash.lago arrived with another checksum than the release has: "
                                "install it again.")
    return obstacle, answer["stderr"].strip()


def refusal_note(action, task_vars):
    """A file that lives as long as this run of Ansible, for what one task has learned of a host and user."""
    who = (action._task.delegate_to or task_vars.get("inventory_hostname"), action._get_remote_user(),
           action.get_become_option("become_user") if action._connection.become else None)
    return os.path.join(C.DEFAULT_LOCAL_TMP, "mash_lago_" + hashlib.sha256(repr(who).encode()).hexdigest()[:32])


def refused_before(action, task_vars):
    return os.path.exists(refusal_note(action, task_vars))


def remember_refusal(action, task_vars, obstacle, details):
    try:
        os.close(os.open(refusal_note(action, task_vars), os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return  # another task has told
    display.warning("mash.lago cannot keep its program on %s and sends it with each task, which is slow: %s%s."
                    % (action._task.delegate_to or task_vars.get("inventory_hostname"),
                       OBSTACLES.get(obstacle, obstacle), " (%s)" % details if details else ""))


def unpacked(miss, name):
    """The folder on the controller that holds the program as a module; it lives as long as this run of Ansible."""
    folder = os.path.join(C.DEFAULT_LOCAL_TMP, "mash_lago_modules")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    if not os.path.exists(os.path.join(folder, name)):
        expected, data = compressed(miss)
        program = gzip.decompress(data)
        if hashlib.sha256(program).hexdigest() != expected:
            raise AnsibleActionFail("What is installed of mash.lago is damaged: install it again.")
        handle, path = tempfile.mkstemp(dir=folder)
        with os.fdopen(handle, "wb") as target:
            target.write(program)
        os.replace(path, os.path.join(folder, name))
    return folder


def carry(action, task_vars, miss):
    """The ordinary way of a binary module: for async tasks, and where the program cannot be kept."""
    name = "mash_lago_%s_%s" % (KEY, architecture_name(miss))
    module_loader.add_directory(unpacked(miss, name))
    # Core encodes the options of binary modules without what it does for others before 2.19.
    options = json.loads(action.encoded(dict(action._task.args)))
    options["_lago_applet"] = action.applet
    return action._execute_module(
        module_name="ansible.legacy." + name, module_args=options, task_vars=task_vars,
        wrap_async=bool(action._task.async_val) and not action._connection.has_native_async)


def failure(action, answer):
    """A module that ended without a result."""
    return safe({
        "failed": True, "rc": answer["rc"], "module_stdout": answer["stdout"], "module_stderr": answer["stderr"],
        "msg": "The module %s ended with code %s and without a result; what it wrote is in module_stdout and "
               "module_stderr." % (action.module, answer["rc"]),
    })
