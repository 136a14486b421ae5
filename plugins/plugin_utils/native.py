# SPDX-License-Identifier: GPL-3.0-or-later
"""What every action plugin of the collection is: one remote execution that streams the options to the cached program.

Compiled once in a process, because collection code has no bytecode cache; what a cached program does not need is in
_install.py and imported on a miss only.
"""
from __future__ import annotations

import json

from ansible import constants as C
from ansible.module_utils.json_utils import _filter_non_json_lines
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import module_loader

from ansible_collections.mash.lago.plugins.plugin_utils._release import KEY

try:  # ansible-core 2.19 and later
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder

    ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}
    DECODING = {"cls": get_module_decoder("legacy", Direction.MODULE_TO_CONTROLLER)}
    wrap_var = None
except ImportError:
    from ansible.module_utils.common.json import AnsibleJSONEncoder
    from ansible.utils.unsafe_proxy import wrap_var

    ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
    DECODING = {}

MISS = 97
CANNOT_EXECUTE = 126

# Shell builtins up to the exec, which also keeps what ansible-core appends from running. Nothing is executed that
# another user owns. A miss reads its input to the end: the sender would get EPIPE otherwise.
COMMAND = (
    'd="$HOME"/.ansible/lago; f="$d"/%(key)s; '
    'if [ -O "$HOME" ] && [ -O "$d" ] && [ -O "$f" ] && [ -f "$f" ] && [ -x "$f" ]; '
    'then %(environment)s exec "$f" %(module)s; fi; '
    'cat >/dev/null; echo LAGO-CACHE-MISS $(uname -sm); exit 97'
)


class ActionModule(ActionBase):
    """Runs the module that the task names."""

    def run(self, tmp=None, task_vars=None):
        self._supports_check_mode = True
        self._supports_diff = True
        self._supports_async = True
        super().run(tmp, task_vars)
        name = module_loader.find_plugin_with_context(
            self._task.action, collection_list=self._task.collections).resolved_fqcn.rsplit(".", 1)[-1]
        if self._task.async_val or not self._can_stream():
            return self._carry(name, task_vars)

        options = dict(self._task.args)
        self._update_module_args(name, options, task_vars)
        payload = json.dumps(options, **ENCODING).encode("utf-8", "surrogateescape")
        command = COMMAND % {"key": KEY, "environment": self._compute_environment_string(), "module": name}
        answer = self._low_level_execute_command(command, sudoable=True, in_data=payload)
        if answer["rc"] in (MISS, CANNOT_EXECUTE):
            from ansible_collections.mash.lago.plugins.plugin_utils import _install

            if not _install.install(self, answer["stdout"]):
                return self._carry(name, task_vars)
            answer = self._low_level_execute_command(command, sudoable=True, in_data=payload)
        return self._result(name, answer)

    def _can_stream(self):
        if any(base.__module__.startswith("ansible_mitogen") for base in type(self).__mro__):
            return True
        become = self._connection.become
        return (not C.DEFAULT_KEEP_REMOTE_FILES and self._connection.has_pipelining
                and (become is None or getattr(become, "pipelining", become.name != "su")))

    def _carry(self, name, task_vars):
        from ansible_collections.mash.lago.plugins.plugin_utils import _install

        options = json.loads(json.dumps(dict(self._task.args), **ENCODING))
        return _install.carry(self, name, options, task_vars)

    def _result(self, name, answer):
        try:
            text, warnings = _filter_non_json_lines(answer["stdout"], objects_only=True)
            result = json.loads(text, **DECODING)
        except ValueError:
            return {
                "failed": True, "rc": answer["rc"], "module_stderr": answer["stderr"],
                "msg": "The module %s ended with code %s and without a result." % (name, answer["rc"]),
            }
        result = {key: value for key, value in result.items() if not key.startswith("_ansible_")}
        if not result.get("failed"):
            result.pop("exception", None)
        if warnings:
            result.setdefault("warnings", []).extend(warnings)
        for stream in ("stdout", "stderr"):
            if isinstance(result.get(stream), str):
                result.setdefault(stream + "_lines", result[stream].splitlines())
        return wrap_var(result) if wrap_var else result
