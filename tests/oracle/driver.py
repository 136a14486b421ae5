# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the installed AnsibleModule on cases, one JSON object a line on stdin; prints {"id", "rc", "stdout"} a line.

A case: {"id", "spec", "kwargs", "params", "result", "env"} as `lago --validate` reads it. An option's fallback is written
["env_fallback", ["NAME"]]. What AnsibleModule keeps for the process (warnings, deprecations, the environment) is put back
after each case. One in which it breaks (a traceback, nothing printed) comes back with "crash", the traceback's last line.
"""
import io
import json
import os
import sys
import traceback

from ansible.module_utils import basic
from ansible.module_utils.common import warnings


def with_callables(spec):
    ready = {}
    for name, option in spec.items():
        option = dict(option)
        if "fallback" in option:
            option["fallback"] = (basic.env_fallback, option["fallback"][1])
        if isinstance(option.get("options"), dict):
            option["options"] = with_callables(option["options"])
        ready[name] = option
    return ready


def run(case):
    os.environ.update(case.get("env") or {})
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": case["params"]}).encode()
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    warnings._global_warnings.clear()
    warnings._global_deprecations.clear()
    printed = sys.stdout = io.StringIO()
    rc, crash = 0, None
    try:
        module = basic.AnsibleModule(argument_spec=with_callables(case["spec"]), **(case.get("kwargs") or {}))
        module.exit_json(params=module.params, check_mode=module.check_mode, **(case.get("result") or {}))
    except SystemExit as ended:
        rc = ended.code
    except BaseException:
        rc, crash = 1, traceback.format_exc().strip().splitlines()[-1]
    answer = {"id": case.get("id"), "rc": rc, "stdout": printed.getvalue()}
    if crash:
        answer["crash"] = crash
    return answer


def main():
    out, environment = sys.stdout, dict(os.environ)
    for line in sys.stdin:
        answer = run(json.loads(line))
        out.write(json.dumps(answer) + "\n")
        out.flush()
        os.environ.clear()
        os.environ.update(environment)


if __name__ == "__main__":
    main()
