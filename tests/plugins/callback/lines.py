# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes each task's result as one line of JSON to the file that LAGO_TEST_RESULTS names."""
import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: lines
type: notification
short_description: One line of JSON for each result
description: For tests.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "lines"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self.started = {}

    def v2_playbook_on_task_start(self, task, is_conditional):
        self.started[task._uuid] = time.perf_counter()

    def write(self, result):
        task = getattr(result, "task", None) or result._task
        values = result.result if hasattr(type(result), "result") or hasattr(result, "result") else result._result
        line = {"name": task.get_name(), "result": values,
                "ms": (time.perf_counter() - self.started.get(task._uuid, 0)) * 1000}
        with open(os.environ["LAGO_TEST_RESULTS"], "a", encoding="utf-8") as target:
            target.write(json.dumps(line, default=str) + "\n")

    v2_runner_on_ok = v2_runner_on_unreachable = v2_runner_on_skipped = write

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self.write(result)
