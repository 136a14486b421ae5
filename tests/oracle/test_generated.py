# SPDX-License-Identifier: GPL-3.0-or-later
"""Random specifications and parameters: each ansible-core and ours answer alike."""
import json
import random
import time

import oracle
from generator import Generator


def test_generated_cases(core, ours, request):
    seed = request.config.getoption("--oracle-seed") or "mash.lago"
    if seed == "new":
        seed = str(time.time_ns())
    count = request.config.getoption("--oracle-cases")
    print(f"ansible-core {core.version}: {count} cases, --oracle-seed={seed}")
    for number in range(count):
        case = Generator(random.Random(f"{seed}:{number}")).case(core.minor)
        if not oracle.difference(case, core, ours):
            continue
        small = oracle.shrunk(case, core, ours)
        theirs, mine = oracle.difference(small, core, ours)
        raise AssertionError(f"case {number} of --oracle-seed={seed} on ansible-core {core.version}\n"
                             f"{json.dumps(small)}\ntheirs: {theirs}\nours:   {mine}")


def test_thousands_of_cases_a_second(ours):
    """What is measured is ours alone, and the floor is far below what a release build does."""
    generator = Generator(random.Random("speed"))
    cases = [generator.case(21) for _ in range(2000)]
    started = time.perf_counter()
    for case in cases:
        ours.ask(case)
    assert len(cases) / (time.perf_counter() - started) > 500
