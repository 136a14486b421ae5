# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run does, one JSON object a line on standard output, for the demo to show."""
from __future__ import annotations

import json
import sys
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lago_lines
type: stdout
short_description: One JSON object for each task that has ended
description: For the demo of mash.lago.
extends_documentation_fragment: [default_callback]
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "lago_lines"

    def __init__(self):
        super().__init__()
        self._began = time.monotonic()

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._began = time.monotonic()

    v2_playbook_on_handler_task_start = v2_playbook_on_cleanup_task_start = v2_playbook_on_task_start

    def v2_runner_on_ok(self, result):
        self._say(result, "changed" if self._parts(result)[1].get("changed") else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._say(result, "ignored" if ignore_errors else "failed")

    def v2_runner_on_unreachable(self, result):
        self._say(result, "failed")

    def v2_runner_on_skipped(self, result):
        self._say(result, "skipped")

    @staticmethod
    def _parts(result):
        # Up to ansible-core 2.18 these have a leading underscore only.
        if hasattr(result, "result"):
            return result.task, result.result
        return result._task, result._result

    def _say(self, result, status):
        task, values = self._parts(result)
        values = dict(values)
        diff = values.pop("diff", None)
        values.pop("invocation", None)
        line = {
            "task": task.get_name().split(" : ")[-1], "module": task.action, "status": status,
            "seconds": time.monotonic() - self._began, "diff": self._get_diff(diff) if diff else "", "result": values,
        }
        sys.stdout.write(json.dumps(line, default=str) + "\n")
        sys.stdout.flush()
