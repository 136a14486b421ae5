# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the installed AnsibleModule on cases, one JSON object a line on stdin; prints {"id", "rc", "stdout"} a line.

A case: {"id", "spec", "kwargs", "params", "result", "env"} as `lago --validate` reads it. An option's fallback is written
["env_fallback", ["NAME"]]. Each case runs in a fork of its own, so that nothing is left over for the next.
A case in which AnsibleModule itself breaks (a traceback, nothing printed) comes back with "crash": the last line of it.
"""
import io
import json
import os
import sys
import traceback

from ansible.module_utils import basic


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
    for line in sys.stdin:
        case = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            with os.fdopen(writing, "w", encoding="utf-8", errors="backslashreplace") as out:
                out.write(json.dumps(run(case)))
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as answer:
            print(answer.read(), flush=True)
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
