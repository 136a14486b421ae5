# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes each task's result as one line of JSON to the file that LAGO_TEST_RESULTS names."""
import json
import os

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

    def write(self, result, **_more):
        values = result.result if hasattr(result, "result") else result._result
        with open(os.environ["LAGO_TEST_RESULTS"], "a", encoding="utf-8") as target:
            target.write(json.dumps(values, default=str) + "\n")

    v2_runner_on_ok = v2_runner_on_failed = v2_runner_on_unreachable = v2_runner_on_skipped = write
