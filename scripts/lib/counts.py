#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test results: "PASSED FAILED SKIPPED" on the first line, then a line for each reason of a skip.

  counts.py catch2 LOG      CTest's LastTest.log with Catch2's closing lines in it
  counts.py junit REPORT    pytest's --junitxml
  counts.py molecule LOG    what molecule test printed; each step of a scenario counts, and a check that comes after the
                            run and would change something has failed
"""
import collections
import re
import sys
import xml.etree.ElementTree as ElementTree


def catch2(path):
    text = open(path, encoding="utf-8", errors="replace").read()
    passed = sum(int(cases) for cases in re.findall(r"^All tests passed \(.*? in (\d+) test cases?\)", text, re.M))
    failed = skipped = 0
    for line in re.findall(r"^test cases: +\d+(.*)$", text, re.M):
        counts = {word: int(number) for number, word in re.findall(r"\| +(\d+) (\w+)", line)}
        passed += counts.get("passed", 0)
        failed += counts.get("failed", 0)
        skipped += counts.get("skipped", 0)
    # A program that ended without a closing line (a crash, a time-out) is one failure.
    crashed = len(re.findall(r"^Test Failed\.$", text, re.M)) - len(
        re.findall(r"^test cases: .*\| +\d+ failed", text, re.M))
    return passed, failed + max(0, crashed), skipped, {}


def junit(path):
    passed = failed = skipped = 0
    reasons = collections.Counter()
    for case in ElementTree.parse(path).iter("testcase"):
        outcome = case.find("skipped")
        if outcome is not None:
            skipped += 1
            reasons[outcome.get("message", "no reason given")] += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped, reasons


def molecule(path):
    text = re.sub(r"\x1b\[[0-9;]*m", "", open(path, encoding="utf-8", errors="replace").read())
    steps = re.split(r"^INFO +\S+ ➜ (\w+): Executing$", text.partition("\nDETAILS")[0], flags=re.M)[1:]
    passed = failed = 0
    converged = False
    for name, output in zip(steps[::2], steps[1::2]):
        good = re.search(rf"➜ {name}: Executed: Successful", output) is not None
        if name == "check" and converged and re.search(r"changed=[1-9]", output):
            good = False
        converged = converged or name == "converge"
        passed += good
        failed += not good
    return passed, failed or int(not steps), 0, {}


READERS = {"catch2": catch2, "junit": junit, "molecule": molecule}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in READERS:
        sys.exit(__doc__)
    passed, failed, skipped, reasons = READERS[sys.argv[1]](sys.argv[2])
    print(passed, failed, skipped)
    for reason, count in reasons.items():
        print(f"{count} x {' '.join(reason.split())[:300]}")


if __name__ == "__main__":
    main()
