# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one file function of the installed AnsibleModule on {"function", "path", …}, one JSON object a line on stdin.

The twin of lago_file_functions (tests/unit/file_options/file_functions.cpp).
"""
import json
import os
import sys
import tempfile

from ansible.module_utils import basic


class Failed(Exception):
    pass


def module_for(params):
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": params}).encode()
    if hasattr(basic, "_ANSIBLE_PROFILE"):
        basic._ANSIBLE_PROFILE = "legacy"
    module = basic.AnsibleModule(argument_spec={"path": {"type": "path"}}, add_file_common_args=True)

    def fail_json(msg=None, **_others):
        raise Failed(msg)
    module.fail_json = fail_json
    return module


def set_attributes(module, request):
    diff = {"before": {}, "after": {}}
    arguments = module.load_file_common_arguments(module.params)
    changed = module.set_fs_attributes_if_different(arguments, False, diff)
    return {"changed": changed, **diff}


def replace(module, request):
    handle, source = tempfile.mkstemp()
    os.write(handle, request["content"].encode())
    os.close(handle)
    module.atomic_move(source, request["path"])
    return {}


FUNCTIONS = {
    "set_attributes": set_attributes,
    "replace": replace,
    "backup": lambda module, request: {"backup": module.backup_local(request["path"])},
    "path_info": lambda module, request: {key: value for key, value in module.add_path_info({"path": request["path"]}).items()
                                          if key != "path"},
}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        try:
            module = module_for({**request.get("params", {}), "path": request["path"]})
            answer = FUNCTIONS[request["function"]](module, request)
        except Failed as failure:
            answer = {"failed": True, "msg": str(failure)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
