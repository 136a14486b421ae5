# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the role's variables as its own tasks see them, templates included, without a host."""
import json
import subprocess

import yaml
from conftest import COLLECTIONS, ROOT

TASKS = [{"ansible.builtin.copy": {
    "dest": "{{ out }}", "mode": "0600", "content": "{{ dict(names | zip(q('ansible.builtin.vars', *names))) | to_json }}"}}]


def values_of(core, folder, home, names, *cases):
    """For each case, a dictionary of variables: those that are named, by name."""
    role = folder / "ansible_collections/mash/lago/roles/lago"
    if not role.exists():
        (role / "tasks").mkdir(parents=True)
        for part in ("defaults", "vars", "templates", "meta"):
            (role / part).symlink_to(ROOT / "roles/lago" / part)
        (role / "tasks/main.yml").write_text(yaml.dump(TASKS), encoding="utf-8")
        (role.parents[1] / "galaxy.yml").write_text((ROOT / "galaxy.yml").read_text(encoding="utf-8"), encoding="utf-8")
    plays = [{"hosts": "all", "gather_facts": False, "roles": ["mash.lago.lago"],
              "vars": {**case, "lago_enabled": True, "names": list(names), "out": f"{folder}/{number}.json"}}
             for number, case in enumerate(cases)]
    book = folder / "play.yml"
    book.write_text(yaml.dump(plays, sort_keys=False), encoding="utf-8")
    done = subprocess.run([f"{core}/ansible-playbook", "-i", "lago.example.com,", "-c", "local", str(book)],
                          env={"PATH": f"{core}:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8",
                               "ANSIBLE_COLLECTIONS_PATH": f"{folder}:{COLLECTIONS}"},
                          capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return [json.loads((folder / f"{number}.json").read_text(encoding="utf-8")) for number in range(len(cases))]


class Unit:
    """A unit file, as systemd reads it."""

    def __init__(self, text):
        self.text = text
        self.lines = text.replace("\\\n", "").splitlines()

    def all(self, key):
        return [line.partition("=")[2] for line in self.lines if line.startswith(f"{key}=")]

    def one(self, key):
        values = self.all(key)
        assert len(values) == 1, (key, values)
        return values[0]

    @property
    def create(self):
        """The words of `docker create`, in the order in which they stand, as systemd splits and unescapes them."""
        found = [line for line in self.all("ExecStartPre") if " docker create " in line]
        assert len(found) == 1
        return words(found[0])

    def options(self, name):
        return [word.partition("=")[2] for word in self.create if word.startswith(f"--{name}=")]

    @property
    def scripts(self):
        """The shell scripts of the start steps."""
        return [words(line)[3] for line in self.all("ExecStartPre") if line.startswith("/usr/bin/env sh -c ")]


def words(line):
    """As systemd.service(5) says under COMMAND LINES, for what the role uses: quotes, backslashes, %% and $$."""
    found, word, quote, at = [], None, "", 0
    while at < len(line):
        letter = line[at]
        if letter == "\\":
            at += 1
            word = (word or "") + line[at]
        elif quote and letter == quote:
            quote = ""
        elif not quote and letter in "\"'":
            quote, word = letter, word or ""
        elif not quote and letter == " ":
            if word is not None:
                found.append(word)
            word = None
        else:
            word = (word or "") + letter
        at += 1
    assert not quote, line
    return [word.replace("%%", "%").replace("$$", "$") for word in found + ([word] if word is not None else [])]
