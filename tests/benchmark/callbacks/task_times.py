# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes how long each task took on the controller, from its start to its result, a JSON object a line."""
from __future__ import annotations

import json
import os
import time

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: Seconds from the start of a task to its result
description: For one host. Appends to the file that the environment variable LAGO_TASK_TIMES names.
"""


class CallbackModule(CallbackBase):
    """One host and the linear strategy: a result belongs to the task that was started last."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self):
        super().__init__()
        self._file = open(os.environ["LAGO_TASK_TIMES"], "a", encoding="utf-8")
        self._name, self._started = "", 0.0

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._name, self._started = task.get_name(), time.perf_counter()

    def _ended(self, outcome, result):
        seconds = time.perf_counter() - self._started
        self._file.write(json.dumps({"task": self._name, "seconds": seconds, "outcome": outcome,
                                     "changed": bool(result.is_changed())}) + "\n")
        self._file.flush()

    def v2_runner_on_ok(self, result):
        self._ended("ok", result)

    def v2_runner_on_skipped(self, result):
        self._ended("skipped", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._ended("failed", result)

    def v2_runner_on_unreachable(self, result):
        self._ended("unreachable", result)
