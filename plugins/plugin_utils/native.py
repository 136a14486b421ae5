# SPDX-License-Identifier: GPL-3.0-or-later
"""What every action plugin of the collection is: one remote execution that streams the options to the kept program.

Compiled once in a process, because collection code has no bytecode cache; what a task with a kept program does not need
is in _install.py and imported only then.
"""
from __future__ import annotations

import json

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.json_utils import _filter_non_json_lines
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import module_loader
from ansible.utils.display import Display

from ansible_collections.mash.lago.plugins.plugin_utils._release import KEY

try:  # ansible-core 2.19 and later
    from ansible.module_utils.common.json import Direction, get_module_decoder, get_module_encoder

    ENCODING = {"cls": get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE)}
    DECODING = {"cls": get_module_decoder("legacy", Direction.MODULE_TO_CONTROLLER)}

    def safe(result):
        """Strings of a module are never templates; core marks them so itself."""
        return result
except ImportError:
    from ansible.module_utils.common.json import AnsibleJSONEncoder
    from ansible.utils.unsafe_proxy import wrap_var as safe

    ENCODING = {"cls": AnsibleJSONEncoder, "vault_to_text": True}
    DECODING = {}

# These scripts stay on one line and without "!" and backslashes: the login shell that passes them on may be any.

# Where the program is kept, one for each architecture: homes may be shared. Linux names it there since 6.1.
KEPT = (
    'a="$HOME"/.ansible; d="$a"/lago; { read -r m </proc/sys/kernel/arch; } 2>/dev/null || m=$(uname -m); '
    'f="$d"/' + KEY + '-"$m"'
)

# What stands in the way of keeping it, as far as that shows without the program: "home" (none, or another user's),
# "write", "noexec", or nothing.
MISSED = (
    'w=home; { [ -O "$HOME" ] && w=write && t=$(mktemp "$HOME"/.lago.XXXXXX) && w=noexec && chmod 700 "$t" && "$t" && w=; '
    'rm -f "$t"; } 2>/dev/null; echo LAGO-CACHE-MISS $(uname -s) "$m" $w; exit 97'
)

# Shell builtins alone as long as the program is there: each other command is a process more. Nothing runs that another
# user owns or could have replaced: in a sticky folder only the owner of a file can, and a `chmod` that opens the folder
# to others takes the bit away. The program is not exec'd: a signal that ends it would look like a lost connection.
# A miss reads its input to the end: the sender would get EPIPE otherwise.
COMMAND = (
    KEPT + '; if [ -O "$HOME" ] && [ -O "$a" ] && [ -O "$d" ] && [ -k "$d" ] && [ -O "$f" ] && [ -f "$f" ] && [ -x "$f" ]; '
    'then [ -L "$a" ] || [ -L "$d" ] || [ -L "$f" ] || { %(environment)s "$f" %(arguments)s; exit; }; fi; '
    '%(drain)s' + MISSED
)

# Results that core takes from action plugins only (constants.INTERNAL_RESULT_KEYS).
NOT_FOR_MODULES = ("add_host", "add_group")

display = Display()


class ActionModule(ActionBase):
    """Runs the module that the task names."""

    def run(self, tmp=None, task_vars=None):
        self._supports_check_mode = True
        self._supports_async = True
        super().run(tmp, task_vars)
        self.module = module_loader.find_plugin_with_context(
            self._task.action, collection_list=self._task.collections).resolved_fqcn
        self.applet = self.module.rsplit(".", 1)[-1]
        if self._task.async_val or not self.can_stream():
            return self._install().start(self, task_vars)
        answer = self._low_level_execute_command(self.command(), in_data=self.payload(task_vars))
        result = self.result(answer)
        return self._install().recover(self, task_vars, answer) if result is None else result

    @staticmethod
    def _install():
        from ansible_collections.mash.lago.plugins.plugin_utils import _install

        return _install

    def can_stream(self):
        """Whether what is sent to a command's standard input arrives there; the option `pipelining` is not needed."""
        if any(base.__module__.startswith("ansible_mitogen") for base in type(self).__mro__):
            return True
        connection, become = self._connection, self._connection.become
        if C.DEFAULT_KEEP_REMOTE_FILES or not connection.has_pipelining:
            return False
        if become is None:
            return True
        if become.require_tty or not getattr(become, "pipelining", become.name != "su"):
            return False
        # The local connection gives a command that may ask for a password a terminal, which has no end of file.
        return (connection.transport != "local" or bool(connection.get_option("pipelining"))
                or not (self.get_become_option("become_pass") or become.expect_prompt()))

    def payload(self, task_vars):
        """The options as the module reads them."""
        options = dict(self._task.args)
        self._update_module_args(self.module, options, task_vars)
        return self.encoded(options).encode()

    def encoded(self, options):
        try:
            return json.dumps(options, **ENCODING)
        except TypeError as problem:
            raise AnsibleActionFail("An option of %s holds a value that cannot be sent to a module: %s"
                                    % (self.module, problem))

    def _update_module_args(self, module_name, *arguments, **keywords):
        """Also when core carries the program under a name of its own, the module is called what the task calls it."""
        super()._update_module_args(self.module, *arguments, **keywords)

    def command(self, arguments_file=None):
        """Runs the kept program with its options from standard input or a file; or says that it is not there."""
        return COMMAND % {
            "environment": self._compute_environment_string(),
            "arguments": self.applet + (" " + arguments_file if arguments_file else ""),
            "drain": "" if arguments_file else "cat >/dev/null; ",
        }

    @staticmethod
    def result(answer):
        """What core makes of a module's answer; None where there is no result in it."""
        try:
            text, warnings = _filter_non_json_lines(answer["stdout"], objects_only=True)
            result = json.loads(text, **DECODING)
        except ValueError:
            return None
        for warning in warnings:
            display.warning(warning)
        for key in [key for key in result if key.startswith("_ansible_") or key in NOT_FOR_MODULES]:
            del result[key]
        results = result.get("results", [])
        if not (isinstance(results, list) and all(isinstance(one, dict) for one in results)):
            result["ansible_module_results"] = result.pop("results")
        if not result.get("failed"):
            result.pop("exception", None)
        for stream in ("stdout", "stderr"):
            if stream in result and stream + "_lines" not in result:
                result[stream + "_lines"] = (result[stream] or "").splitlines()
        return safe(result)
