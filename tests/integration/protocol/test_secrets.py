# SPDX-License-Identifier: GPL-3.0-or-later
"""A planted secret is found nowhere: not in a result, on no stream, in no log, not in argv or the environment."""
import json
import os
import pathlib
import subprocess
import sys

import pytest

PLANTED = "Pl4nted-S3cret"
SECRET = f"{PLANTED}'\"\\ü $HOME x"
JOURNAL = pathlib.Path(__file__).with_name("journal.py")


@pytest.fixture(scope="session")
def watched(lago):
    """watched(name, params): a run with a journal beside it."""
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("needs root and a mount namespace of its own")

    def run(name, params):
        ran = subprocess.run([sys.executable, "-B", JOURNAL, lago, name], check=True, capture_output=True, text=True,
                             input=json.dumps(params), timeout=90)
        return json.loads(ran.stdout)
    return run


def secret_options(options):
    return [name for name, option in options.items() if option.get("no_log")]


def fitting(option, value):
    """`value` in a shape that the option's type takes, or does not: both are tried."""
    kind = option.get("type", "str")
    if kind == "list":
        return [value]
    if kind == "dict":
        return {"key": value}
    return value


def calls(spec):
    """Parameters with the secret in a no_log option, and in one other place where it does not belong."""
    options = spec["argument_spec"]
    for name in secret_options(options):
        base = {name: SECRET}
        if "timeout" in options:
            base["timeout"] = 2
        yield base
        yield {**base, "unknown": SECRET}
        yield {**base, SECRET: "unknown"}
        for other, option in options.items():
            if other not in (name, "timeout"):
                yield {**base, other: SECRET}
                yield {**base, other: fitting(option, SECRET)}
                yield {**base, other: [{"path": SECRET, "name": SECRET, "content": SECRET}]}


def settings():
    yield {"_ansible_version": "2.15.1", "_ansible_verbosity": 3, "_ansible_diff": True}
    yield {"_ansible_version": "2.21.5", "_ansible_verbosity": 4, "_ansible_inject_invocation": True, "_ansible_check_mode": True,
           "_ansible_diff": True, "_ansible_debug": True}




def test_no_secret_is_seen(lago, specs):
    seen = 0
    for name, spec in specs.items():
        for params in calls(spec):
            for setting in settings():
                seen += 1
                ran = subprocess.run([lago, name], check=False, capture_output=True, text=True, timeout=90,
                                     input=json.dumps({**params, **setting}))
                result = json.loads(ran.stdout)
                if SECRET in params:  # keys are not scrubbed: AnsibleModule's rule, and ours
                    assert PLANTED not in result["msg"]
                    continue
                assert PLANTED not in ran.stdout + ran.stderr, params
    assert seen > 100


def test_no_secret_is_logged(specs, watched):
    for name, spec in specs.items():
        for option in secret_options(spec["argument_spec"]):
            required = {key: "x" for key, value in spec["argument_spec"].items() if value.get("required") and key != option}
            params = {option: SECRET, **required, "_ansible_verbosity": 3, "_ansible_check_mode": True}
            if "timeout" in spec["argument_spec"]:
                params["timeout"] = 2
            outcome = watched(name, params)
            assert PLANTED not in json.dumps(outcome)
            if outcome["log"]:
                assert f"{option}=NOT_LOGGING_PARAMETER" in outcome["log"][0]
                assert f"SYSLOG_IDENTIFIER\n" in outcome["log"][0]


def test_the_call_is_logged(watched):
    outcome = watched("lago_files", {"entries": [{"path": "/nothing", "state": "absent"}], "_ansible_check_mode": True,
                                     "_ansible_target_log_info": "run 7"})
    assert outcome["rc"] == 0, outcome
    assert len(outcome["log"]) == 1
    assert "run 7 Invoked with entries=" in outcome["log"][0]
    silent = watched("lago_files", {"entries": [{"path": "/nothing", "state": "absent"}], "_ansible_check_mode": True, "_ansible_no_log": True})
    assert silent["log"] == []
