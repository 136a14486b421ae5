#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A docker command with one container, kept in the folder that FOLDER names. Its start runs what the container would."""
import json
import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(os.environ["FOLDER"])
STATE = FOLDER / "container.json"


def load():
    return json.loads(STATE.read_text())


def save(**container):
    STATE.write_text(json.dumps(container))


def fail(text):
    sys.exit(print(text, file=sys.stderr) or 1)


def environment_of(words):
    made = {"PATH": f"{FOLDER}/bin:{os.environ['PATH']}", "FOLDER": str(FOLDER)}
    for word in words:
        if word.startswith("--env-file="):
            lines = pathlib.Path(word.partition("=")[2]).read_text().splitlines()
            made |= dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
        elif word.startswith("--env="):
            name, _, value = word.partition("=")[2].partition("=")
            made[name] = value
    return made


def main(words):
    with (FOLDER / "calls").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    command = " ".join(words[:2])
    if command == "image inspect":
        image = FOLDER / "image"
        print(image.read_text().strip()) if image.exists() else fail("No such image")
    elif words[0] == "pull":
        (FOLDER / "image").write_text("sha256:pulled")
    elif command == "container inspect":
        container = load() if STATE.exists() else fail("No such container")
        print(container["status"], container["label"])
    elif words[0] == "create":
        label = next(word.partition("mash.lago.migration=")[2] for word in words if word.startswith("--label=mash.lago.migration="))
        save(status="created", label=label, words=words, code=0, log="", environment=environment_of(words))
    elif command == "network connect":
        if words[2] == "missing":
            fail("network missing not found")
    elif words[0] == "start":
        container = load()
        (FOLDER / "app").mkdir(exist_ok=True)
        done = subprocess.run(["sh", "-c", container["words"][-1]], env=container["environment"], cwd=FOLDER / "app",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        save(**{**container, "status": "exited", "code": done.returncode, "log": done.stdout})
    elif words[0] == "logs":
        container = load()
        print(container["log"], end="")
        save(**{**container, "status": "exited"})
    elif words[0] == "wait":
        print(load()["code"])
    elif words[0] == "rm":
        STATE.unlink(missing_ok=True)
    else:
        fail(f"unknown: {command}")


main(sys.argv[1:])
