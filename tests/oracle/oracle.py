# SPDX-License-Identifier: GPL-3.0-or-later
"""The two sides of the oracle, and when their answers count as equal."""
import copy
import json
import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = pathlib.Path(__file__).with_name("driver.py")
CORES = ("2.15", "2.18", "2.19", "2.21")
PRESETS = ("release-x86_64", "release-aarch64", "dev", "asan")


def find_binary():
    named = os.environ.get("LAGO_BINARY")
    candidates = [pathlib.Path(named)] if named else [ROOT / "build" / preset / "lago" for preset in PRESETS]
    return next((path for path in candidates if path.exists()), None)


class Side:
    """A process that answers cases, one JSON object a line."""

    def __init__(self, command):
        # The environment decides about fallbacks, and paths: both sides get the same.
        environment = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        encoding="utf-8", env={**environment, "LC_ALL": "C.UTF-8"})

    def ask(self, case):
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)
        self.process.stdout.close()


class Core:
    """One installed ansible-core."""

    def __init__(self, name, python):
        self.name, self.python = name, python
        self.version = subprocess.run([python, "-c", "import ansible.release; print(ansible.release.__version__)"],
                                      check=True, capture_output=True, text=True).stdout.strip()
        self.minor = int(self.version.split(".")[1])
        self.side = Side([python, "-B", str(DRIVER)])

    def addressed(self, case):
        """The case as this core's controller would send it."""
        case = copy.deepcopy(case)
        case["params"].setdefault("_ansible_version", self.version)
        return case


def printed_by(answer):
    """The printed object, less what is random or a traceback."""
    printed = json.loads(answer["stdout"])
    printed.pop("exception", None)
    if isinstance(printed.get("msg"), str):
        printed["msg"] = without_chance(printed["msg"])
    return printed


def without_chance(message):
    head, found, names = message.partition("Valid booleans include: ")
    if found:  # a set, printed in the order of its hashes
        message = head + found + ", ".join(sorted(names.split(", ")))
    unsupported = re.match(r"(Unsupported parameters for .*: )(.*)(\. Supported parameters include: )", message, re.DOTALL)
    if unsupported and len({name.rpartition(".")[0] for name in unsupported[2].split(", ")}) > 1:
        # of several places it is left to a set whose supported ones are named
        message = unsupported[1] + unsupported[2] + unsupported[3]
    return message


# AnsibleModule stops gathering no_log values at the first sub-option that is no dictionary, and prints the rest.
GATHERING_FAILED = re.compile(
    r"dictionary requested, could not parse|unable to evaluate string|' in the sub parameter field '|dictionary update sequence")


def equal(theirs, mine, masked=False):
    """Equal as JSON; where `masked` is allowed, ours may also hide more than theirs."""
    if isinstance(theirs, dict) and isinstance(mine, dict):
        return theirs.keys() == mine.keys() and all(equal(theirs[key], mine[key], masked) for key in theirs)
    if isinstance(theirs, list) and isinstance(mine, list):
        return len(theirs) == len(mine) and all(map(lambda one, other: equal(one, other, masked), theirs, mine))
    if json.dumps(theirs) == json.dumps(mine):
        return True
    if not masked or not isinstance(mine, str):
        return False
    pattern = ".*".join(map(re.escape, re.split(r"(?:\*{8})+", mine)))
    return mine == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" or (
        "********" in mine and re.fullmatch(pattern, str(theirs), re.DOTALL) is not None)


def same_answer(theirs, mine):
    """Whether our answer is what it has to be.

    Where AnsibleModule itself breaks and prints nothing, one JSON object is all that is asked for. Ours hides secrets
    in two places where AnsibleModule does not: in warnings since 2.19, and when gathering them failed.
    """
    if theirs.get("crash") or "Failed to log to syslog" in theirs["stdout"]:  # Python's syslog takes no NUL since 3.12
        return isinstance(json.loads(mine["stdout"]), dict)
    expected, given = printed_by(theirs), printed_by(mine)
    if theirs["rc"] != mine["rc"] or expected.keys() != given.keys():
        return False
    masked = {"warnings", "deprecations"}
    if theirs["rc"] == 1:
        masked.add("invocation")
        if GATHERING_FAILED.search(str(expected["msg"])):
            masked.add("msg")
    return all(equal(value, given[key], key in masked) for key, value in expected.items())


def difference(case, core, ours):
    """None, or both answers."""
    case = core.addressed(case)
    theirs, mine = core.side.ask(case), ours.ask(case)
    return None if same_answer(theirs, mine) else (theirs, mine)


def smaller(case):
    """Cases with one thing less."""
    for place in ("params", "kwargs", "result", "env"):
        for key in list(case.get(place) or {}):
            yield without(case, [place], key)
    yield from smaller_spec(case, ["spec"])
    yield from smaller_values(case, ["params"])


def smaller_spec(case, place):
    for name, option in at(case, place).items():
        yield without(case, place, name)
        for key in option:
            yield without(case, [*place, name], key)
        if isinstance(option.get("options"), dict):
            yield from smaller_spec(case, [*place, name, "options"])


def smaller_values(case, place):
    value = at(case, place)
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        if len(place) > 1:
            yield without(case, place, key)
        yield from smaller_values(case, [*place, key])


def at(case, place):
    for step in place:
        case = case[step]
    return case


def without(case, place, key):
    case = copy.deepcopy(case)
    del at(case, place)[key]
    return case


def shrunk(case, core, ours):
    """The smallest case found that still differs."""
    again = True
    while again:
        again = False
        for candidate in smaller(case):
            try:
                still = difference(candidate, core, ours)
            except (ValueError, KeyError):
                continue
            if still:
                case, again = candidate, True
                break
    return case
