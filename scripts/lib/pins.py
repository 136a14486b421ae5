#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads cmake/dependencies.json for the shell scripts.

  pins.py get NAME KEY     one value
  pins.py list [KIND]      names, one a line
  pins.py fingerprint      what the built dependencies depend on: names, versions and sums
"""
import json
import pathlib
import sys

PINS = json.loads((pathlib.Path(__file__).parents[2] / "cmake" / "dependencies.json").read_text())


def main(command, *arguments):
    if command == "get":
        name, key = arguments
        print(PINS[name][key])
    elif command == "list":
        print("\n".join(name for name, pin in PINS.items() if not arguments or pin["kind"] in arguments))
    elif command == "fingerprint":
        for name, pin in sorted(PINS.items()):
            print(name, pin["version"], pin["sha256"])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["help"]))
