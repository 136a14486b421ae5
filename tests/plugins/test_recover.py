# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of each answer of a host, with answers of our own: what comes rarely, and cannot be had at will."""
import os

import pytest

MISS = "LAGO-CACHE-MISS Linux " + os.uname().machine
RESULT = '{"changed": true}'


@pytest.fixture
def recover(plugin_utils, monkeypatch, tmp_path):
    """recover(answer, answers...) -> (the result, names of what was asked); `answers` are (rc, stdout) in their order."""
    native, install = plugin_utils
    monkeypatch.setattr(install.C, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.setattr(install, "carry", lambda action, task_vars, miss: {"carried": miss.machine})

    def run(first, *answers, stderr=""):
        asked, left = [], list(answers)

        class Task:
            delegate_to = async_val = None

        class Connection:
            become = None

        class Action:
            module, applet, _task, _connection = "mash.lago.lago_files", "lago_files", Task, Connection
            result = staticmethod(native.ActionModule.result)

            def _low_level_execute_command(self, command, in_data=None):
                asked.append("ask" if command == install.ASK else "call" if command == "call" else "upload")
                code, text = left.pop(0)
                return {"rc": code, "stdout": text, "stderr": stderr}

            def command(self):
                return "call"

            def payload(self, task_vars):
                return b"{}"

            def _get_remote_user(self):
                return "somebody"

        answer = {"rc": first[0], "stdout": first[1], "stderr": stderr}
        result = install.recover(Action(), {"inventory_hostname": "target"}, answer)
        assert not left
        return result, asked
    return run


@pytest.fixture
def whole(plugin_utils):
    """What the host says of a program that is as it should be."""
    return f"LAGO-SUM {plugin_utils[1].PROGRAMS[os.uname().machine]['sha256']}\n{MISS}\n"


def test_a_miss(recover):
    assert recover((97, MISS), (0, "LAGO-INSTALLED"), (0, RESULT)) == ({"changed": True}, ["upload", "call"])


@pytest.mark.parametrize("code", [0, 1, 3, 97, 137, 139])
def test_an_end_without_a_result_of_a_whole_program(recover, whole, code):
    """Also with the code of a miss: without its line it is the module's own."""
    result, asked = recover((code, "some {{ words }}"), (97, whole))
    assert asked == ["ask"] and result["failed"] and result["rc"] == code
    assert result["module_stdout"] == "some {{ words }}" and "without a result" in result["msg"]


@pytest.mark.parametrize("code", [0, 1, 2, 126, 127, 137, 139])
def test_an_end_without_a_result_of_a_damaged_program(recover, code):
    result, asked = recover((code, ""), (97, f"LAGO-SUM 0123\n{MISS}\n"), (0, "LAGO-INSTALLED"), (0, RESULT))
    assert (result, asked) == ({"changed": True}, ["ask", "upload", "call"])


@pytest.mark.parametrize("code", [2, 126, 127])
def test_a_whole_program_that_the_host_does_not_run(recover, whole, code):
    assert recover((code, ""), (97, whole), (98, "LAGO-REFUSED run")) == (
        {"carried": os.uname().machine}, ["ask", "upload"])


def test_once_and_not_again(recover):
    result, asked = recover((97, MISS), (0, "LAGO-INSTALLED"), (126, ""))
    assert asked == ["upload", "call"] and result["failed"]
    assert recover((97, MISS), (0, "LAGO-INSTALLED"), (97, MISS)) == (
        {"carried": os.uname().machine}, ["upload", "call"])


def test_what_is_refused_is_not_tried_again(recover):
    for asked in (["upload"], [], []):
        answers = [(98, "LAGO-REFUSED owner")] if asked else []
        assert recover((97, MISS), *answers) == ({"carried": os.uname().machine}, asked)


@pytest.mark.parametrize("obstacle", ["home", "write", "noexec"])
def test_no_upload_where_it_cannot_be_kept(recover, obstacle):
    assert recover((97, f"{MISS} {obstacle}")) == ({"carried": os.uname().machine}, [])


def test_a_module_that_prints_the_line_of_a_miss(recover, whole):
    result, asked = recover((1, MISS), (97, whole))
    assert asked == ["ask"] and result["failed"] and result["rc"] == 1


def test_a_host_that_tells_nothing(recover):
    """Such as sudo's refusal: its words are in the result."""
    result, asked = recover((1, ""), (1, ""), stderr="sudo: you may not")
    assert asked == ["ask"] and result["failed"] and result["module_stderr"] == "sudo: you may not"


@pytest.mark.parametrize("line, told", [
    ("LAGO-CACHE-MISS FreeBSD amd64", "runs on Linux; the host calls itself FreeBSD"),
    ("LAGO-CACHE-MISS Linux riscv64", "has no program for riscv64, only for"),
])
def test_a_host_there_is_no_program_for(recover, plugin_utils, line, told):
    with pytest.raises(plugin_utils[1].AnsibleActionFail, match=told):
        recover((97, line))


def test_a_damaged_collection(recover, plugin_utils):
    with pytest.raises(plugin_utils[1].AnsibleActionFail, match="another checksum than the release"):
        recover((97, MISS), (98, "LAGO-REFUSED sum"))
