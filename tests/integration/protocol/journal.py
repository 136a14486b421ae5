#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs one command in a mount namespace of its own, where /run holds a journal's socket; prints what came out as JSON.

journal.py COMMAND... <INPUT: {"stdout", "stderr", "rc", "log", "argv", "environ"}. Needs root.
"""
import json
import os
import socket
import subprocess
import sys

IN_NAMESPACE = "LAGO_TEST_IN_NAMESPACE"


def enter():
    os.environ[IN_NAMESPACE] = "1"
    os.execvp("unshare", ["unshare", "--mount", sys.executable, "-B", __file__, *sys.argv[1:]])


def main():
    if not os.environ.pop(IN_NAMESPACE, None):
        enter()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.makedirs("/run/systemd/journal")
    journal = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    journal.bind("/run/systemd/journal/socket")
    journal.setblocking(False)
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    seen = {}
    for name in ("cmdline", "environ"):  # it waits for its input: this is what others see of it
        with open(f"/proc/{child.pid}/{name}", "rb") as file:
            seen[name] = file.read().decode("utf-8", "replace")
    stdout, stderr = child.communicate(sys.stdin.buffer.read(), timeout=60)
    log = []
    while True:
        try:
            log.append(journal.recv(1 << 20).decode("utf-8", "replace"))
        except BlockingIOError:
            break
    print(json.dumps({"stdout": stdout.decode("utf-8", "replace"), "stderr": stderr.decode("utf-8", "replace"),
                      "rc": child.returncode, "log": log, "argv": seen["cmdline"], "environ": seen["environ"]}))


if __name__ == "__main__":
    main()
