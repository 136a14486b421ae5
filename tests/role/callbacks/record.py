# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what each task of a run came to, as one JSON line each, to the file that LAGO_TEST_RECORD names."""
import json
import os

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"

    def _write(self, status, result):
        with open(os.environ["LAGO_TEST_RECORD"], "a", encoding="utf-8") as record:
            record.write(json.dumps({"task": result._task.get_name(), "status": status, "result": result._result},
                                    default=str) + "\n")

    def v2_runner_on_ok(self, result):
        self._write("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._write("failed", result)

    def v2_runner_on_skipped(self, result):
        self._write("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._write("unreachable", result)
