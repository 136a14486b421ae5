# SPDX-License-Identifier: GPL-3.0-or-later
"""The cases written by hand, topic by topic, on each ansible-core."""
import copy
import json

import cases
import oracle
import pytest


def asked(case, core):
    """From 2.21 on the invocation is printed on request only: both with and without."""
    yield case
    if core.minor >= 21:
        again = copy.deepcopy(case)
        again["params"]["_ansible_inject_invocation"] = True
        yield again


@pytest.mark.parametrize("topic", cases.TOPICS)
def test_cases(topic, core, ours):
    different, count = [], 0
    for case in cases.TOPICS[topic]():
        for one in asked(case, core):
            count += 1
            if answers := oracle.difference(one, core, ours):
                different.append((one, answers))
    print(f"{topic}: {count} cases on ansible-core {core.version}, {len(different)} differences")
    shown = [f"{json.dumps(one)}\ntheirs: {theirs}\nours:   {mine}" for one, (theirs, mine) in different[:20]]
    assert not different, f"{len(different)} of {count}\n" + "\n\n".join(shown)
