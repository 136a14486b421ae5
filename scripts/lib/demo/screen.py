# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see: headlines, one line a task, diffs. Colours only on a terminal."""
import os
import sys
import textwrap

COLOURS = {"bold": "1", "green": "32", "yellow": "33", "red": "31", "dim": "2", "cyan": "36"}
OF_STATUS = {"changed": "yellow", "ok": "green", "failed": "red", "ignored": "yellow", "skipped": "dim"}
ON_TERMINAL = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM", "dumb") != "dumb"
WIDTH = 100


def paint(text, colour):
    return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if ON_TERMINAL and colour else text


def say(text=""):
    print(text, flush=True)


def headline(text):
    say("\n" + paint(text, "bold"))


def explain(text, indent=2):
    say(textwrap.fill(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * indent))


def table_head():
    say(paint(f"  {'task':<62}{'result':<10}{'time':>8}", "dim"))


def task(name, status, seconds):
    say(f"  {textwrap.shorten(name, 60):<62}{paint(f'{status:<10}', OF_STATUS.get(status))}{seconds:>6.2f} s")


def detail(text):
    say(paint("      " + textwrap.shorten(text, WIDTH - 6), "dim"))


def error(text):
    say(paint(textwrap.fill(text, WIDTH, initial_indent="      ", subsequent_indent="      "), "red"))


def diff(text):
    for line in text.splitlines():
        if line.strip():
            colour = {"+": "green", "-": "red", "@": "cyan"}.get(line[0])
            say("      " + paint(line, colour))
