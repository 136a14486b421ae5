# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the staged collection is, and how the programs of a virtual environment are run on it."""
import json
import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
STAGED = ROOT / "build/collection/ansible_collections/mash/lago"
CORES = sorted((path.stem for path in (ROOT / "tests/requirements").glob("core-*.txt")),
               key=lambda name: [int(part) for part in name.removeprefix("core-").split(".")])


def galaxy():
    return yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))


def tarball_of(staged):
    return staged.parents[3] / "{namespace}-{name}-{version}.tar.gz".format(**galaxy())


def binary():
    named = os.environ.get("LAGO_BINARY")
    paths = [pathlib.Path(named)] if named else sorted((ROOT / "build").glob("*/lago"), reverse=True)
    return next((path for path in paths if path.is_file()), None)


def venv(name):
    """(path, None), or (None, why there is none)."""
    made = subprocess.run([str(ROOT / "scripts/setup/venv.sh"), name], check=False, capture_output=True, text=True)
    if made.returncode == 0:
        return pathlib.Path(made.stdout.strip()), None
    return None, (made.stderr.strip().splitlines() or ["no virtual environment"])[-1]


class Tools:
    """The programs of one virtual environment, run with a home of their own and without the user's configuration."""

    def __init__(self, path):
        self.path = path
        self.python = path / "bin/python"

    def run(self, program, *arguments, home, check=True, **how):
        environment = {"HOME": str(home), "PATH": f"{self.path}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                       "ANSIBLE_NOCOLOR": "1", "PYTHONDONTWRITEBYTECODE": "1", **how.pop("environment", {})}
        ran = subprocess.run([str(self.path / "bin" / program), *map(str, arguments)], check=False, capture_output=True,
                             text=True, env=environment, **how)
        assert not check or ran.returncode == 0, f"{program} ended with {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
        return ran

    def on(self, folder, program, *arguments, **how):
        """With the collections of `folder` and no others."""
        return self.run(program, *arguments, home=folder.parent,
                        environment={"ANSIBLE_COLLECTIONS_PATH": str(folder)}, **how)

    def doc(self, folder, *arguments):
        """The JSON of ansible-doc, which must not warn (but for what some cores say of a collection inside themselves)."""
        ran = self.on(folder, "ansible-doc", "-j", *arguments)
        said = [line for line in ran.stderr.splitlines() if line.strip() and "_protomatter" not in line]
        assert not said, "\n".join(said)
        return json.loads(ran.stdout)
