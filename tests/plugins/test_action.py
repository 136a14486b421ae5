# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin on each core: what Ansible promises of a task, over OpenSSH and on the controller itself."""
import pytest

MODULE = "mash.lago.lago_files"


def files(path, content="a\n", **entry):
    return {"entries": [{"path": str(path), "content": content, **entry}]}


def test_executions(play, ssh, users, place):
    host = ssh.host(users["plain"])
    assert play(host, [{MODULE: files(place / "file")}]).ok()[0]["changed"]
    assert len(ssh.commands) == 3, ssh.commands  # a miss, the upload, the call
    for pipelining in (False, True):
        ssh.forget()
        assert not play({**host, "ansible_pipelining": pipelining}, [{MODULE: files(place / "file")}]).ok()[0]["changed"]
        assert len(ssh.commands) == 1, ssh.commands
