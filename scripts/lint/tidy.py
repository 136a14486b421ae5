#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs clang-tidy on our translation units, beside one another; remembers which were clean.

tidy.py [--all] [PATH...]   --all: also what was found clean before; PATH: only files below it

What a file's result depends on is hashed: its text, the text of every header of ours, the compile command, the checks,
and clang-tidy's version. Clean results are kept in the cache outside the checkout.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "dev"
CACHE = pathlib.Path(os.environ.get("LAGO_CACHE", ROOT / "build" / "cache")) / "tidy"
OURS = ("module_utils", "modules", "tests", "cmake")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def includes(path, seen):
    """Headers of ours that a file includes, directly or not."""
    for name in INCLUDE.findall(path.read_text(encoding="utf-8", errors="replace")):
        for folder in (path.parent, ROOT / "module_utils", ROOT / "modules", ROOT / "tests" / "unit"):
            header = folder / name
            if header.is_file() and header not in seen:
                seen.add(header)
                includes(header, seen)
    return seen


def key(entry, common):
    path = pathlib.Path(entry["file"])
    digest = hashlib.sha256(common)
    digest.update(entry["command"].replace(str(ROOT), "").encode())
    for part in [path, *sorted(includes(path, set()))]:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def tidy(entry):
    done = subprocess.run(["clang-tidy-19", "--quiet", "-p", str(BUILD), entry["file"]],
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + "\n".join(
        line for line in done.stderr.splitlines() if "warnings generated" not in line and "warning generated" not in line)


def main():
    everything = "--all" in sys.argv
    below = [str((ROOT / argument).resolve()) for argument in sys.argv[1:] if argument != "--all"]
    commands = [entry for entry in json.loads((BUILD / "compile_commands.json").read_text())
                if os.path.relpath(entry["file"], ROOT).split(os.sep)[0] in OURS
                and (not below or entry["file"].startswith(tuple(below)))]
    version = subprocess.run(["clang-tidy-19", "--version"], capture_output=True, check=True).stdout
    common = version + (ROOT / ".clang-tidy").read_bytes() + (ROOT / "tests" / ".clang-tidy").read_bytes()
    CACHE.mkdir(parents=True, exist_ok=True)
    keys = {entry["file"]: key(entry, common) for entry in commands}
    due = [entry for entry in commands if everything or not (CACHE / keys[entry["file"]]).exists()]
    print(f"clang-tidy: {len(commands)} files, {len(commands) - len(due)} known to be clean", flush=True)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("LAGO_JOBS", os.cpu_count()))) as pool:
        for entry, (status, output) in zip(due, pool.map(tidy, due)):
            if status == 0:
                (CACHE / keys[entry["file"]]).touch()
            else:
                failed += 1
                print(f"FAILED  {os.path.relpath(entry['file'], ROOT)}\n{output}".replace(f"{ROOT}/", ""), flush=True)
    results = os.environ.get("LAGO_RESULTS")
    if results:
        with open(results, "a", encoding="utf-8") as file:
            file.write(f"{len(commands) - failed}\t{failed}\t0\t\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
