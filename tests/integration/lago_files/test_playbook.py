# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_files through ansible-playbook, as a plain binary module in a library folder: no action plugin takes part."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  tasks:
    - name: Files
      lago_files:
        entries:
          - path: "{{ folder }}/d"
            state: directory
            mode: "0750"
          - path: "{{ folder }}/d/env"
            content: |
              A=1
              PASSWORD={{ secret }}
            sensitive: true
            tag: api
          - path: "{{ folder }}/plain"
            content: "plain\\n"
      register: files
    - name: Result
      ansible.builtin.copy:
        content: "{{ files | to_json }}"
        dest: "{{ folder }}/result"
        mode: "0600"
      check_mode: false
      diff: false
      no_log: true
"""


@pytest.fixture
def play(lago, tmp_path, planted_secret):
    command = pathlib.Path(sys.executable).parent / "ansible-playbook"
    if not command.exists():
        pytest.skip("no ansible-playbook beside this Python")
    library = tmp_path / "library"
    library.mkdir()
    shutil.copy(lago, library / "lago_files")
    (tmp_path / "play.yml").write_text(PLAY)
    (tmp_path / "target").mkdir()
    (tmp_path / "vars.json").write_text(json.dumps({"folder": str(tmp_path / "target"), "secret": planted_secret.value}))
    env = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false", "LC_ALL": "C.UTF-8",
           "ANSIBLE_LOCAL_TEMP": str(tmp_path / "local"), "ANSIBLE_REMOTE_TMP": str(tmp_path / "remote"), "ANSIBLE_NOCOLOR": "1"}

    def run(*options):
        done = subprocess.run([command, "-M", library, "-e", f"@{tmp_path}/vars.json", "-vvv", "--diff", *options, tmp_path / "play.yml"],
                              capture_output=True, text=True, check=False, env=env)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not planted_secret.found_in(done.stdout, done.stderr, (tmp_path / "target/result").read_text())
        return done.stdout, json.loads((tmp_path / "target/result").read_text())
    return run


def test_check_run_and_run_again(play, tmp_path, planted_secret):
    target = tmp_path / "target"
    shown, checked = play("--check")
    assert checked["changed"] and sorted(path.name for path in target.iterdir()) == ["result"]
    assert "PASSWORD=(hidden)" in shown and "+plain" in shown
    _shown, done = play()
    assert done["changed"] and done["changed_tags"] == checked["changed_tags"] == ["api"]
    assert planted_secret.value in (target / "d/env").read_text() and (target / "d/env").stat().st_mode & 0o777 == 0o600
    _shown, again = play()
    assert not again["changed"] and again["changed_paths"] == []
