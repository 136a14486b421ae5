# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way in which the program can be started, and what it makes of its descriptors."""
import json
import os
import resource
import shutil
import signal
import subprocess
import time

import pytest

PARAMS = {"entries": [{"path": "/nothing/there", "state": "absent"}], "_ansible_check_mode": True}


def started(command, text=None, **how):
    return subprocess.run(command, check=False, capture_output=True, text=True, input=text, timeout=30, **how)


def result_of(ran):
    assert ran.stdout.startswith("\n") and ran.stdout.endswith("\n")
    return json.loads(ran.stdout)


def is_answer(ran):
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return result_of(ran)["changed"] is False


@pytest.fixture
def linked(lago, tmp_path):
    """linked(name): the program under another name."""
    def make(name):
        path = tmp_path / name
        shutil.copy(lago, path)
        return path
    return make


@pytest.fixture
def arguments(tmp_path):
    path = tmp_path / "args"
    path.write_text(json.dumps(PARAMS), encoding="utf-8")
    return path


def test_module_by_its_first_argument(lago, arguments):
    assert is_answer(started([lago, "lago_files"], json.dumps(PARAMS)))
    assert is_answer(started([lago, "lago_files", arguments]))
    assert is_answer(started([lago, "lago_files"], json.dumps({"ANSIBLE_MODULE_ARGS": PARAMS})))


@pytest.mark.parametrize("name", ["lago_files", "AnsiballZ_lago_files", "lago_files_linux_x86_64", "AnsiballZ_lago_files_linux_aarch64"])
def test_module_by_the_program_s_name(linked, arguments, name):
    program = linked(name)
    assert is_answer(started([program, arguments]))
    assert is_answer(started([program], json.dumps(PARAMS)))
    assert is_answer(started([program, json.dumps(PARAMS)]))


def test_module_by_the_parameters(lago, linked, arguments):
    named = json.dumps({**PARAMS, "_lago_applet": "lago_files"})
    assert is_answer(started([lago], named))
    assert is_answer(started([linked("AnsiballZ_lago"), named]))
    arguments.write_text(named, encoding="utf-8")
    assert is_answer(started([lago, arguments]))


def test_no_module(lago):
    for command, text in (([lago], "{}"), ([lago, "--nothing"], ""), ([lago, "lago_nothing"], ""), ([lago, "--dump-spec", "lago_nothing"], "")):
        ran = started(command, text)
        assert ran.returncode == 64
        assert "usage: lago MODULE" in ran.stderr
        assert ran.stdout == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\ufeff{}", "{'a': 1}", '{"ANSIBLE_MODULE_ARGS": []}', "x" * 100000, "[" * 100000])
def test_no_json(lago, text):
    ran = started([lago, "lago_files"], text)
    assert ran.returncode == 1
    assert result_of(ran) == {"failed": True, "msg": "Error: Module unable to decode stdin/parameters as valid JSON. "
                                                     "Unable to parse what parameters were passed"}


def test_unreadable_argument_file(lago, tmp_path):
    for given in (tmp_path, tmp_path / "missing"):
        ran = started([lago, "lago_files", given])
        assert ran.returncode == 1
        assert result_of(ran)["failed"] is True


def test_missing_streams(lago):
    """A caller may have closed any of them; the result goes out where it can."""
    text = json.dumps(PARAMS)
    assert is_answer(started(["sh", "-c", 'exec "$0" lago_files 2>&-', lago], text))
    assert started(["sh", "-c", 'exec "$0" lago_files <&-', lago]).returncode == 1
    assert started(["sh", "-c", 'exec "$0" lago_files >&-', lago], text).returncode == 0


def test_reader_that_goes_away(lago):
    """The exit code is the module's, not that of a broken pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    child = subprocess.Popen([lago, "lago_files"], stdin=subprocess.PIPE, stdout=writing)
    os.close(writing)
    child.communicate(json.dumps(PARAMS).encode(), timeout=30)
    assert child.returncode == 0


def test_working_directory_that_is_gone(lago, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    assert is_answer(started(["sh", "-c", 'rmdir "$PWD"; exec "$0" lago_files', lago], json.dumps(PARAMS), cwd=folder))


def test_no_core_dump(lago):
    """Killed by a signal that would leave a core, with cores allowed."""
    child = subprocess.Popen([lago, "lago_files"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)))
    with open(f"/proc/{child.pid}/limits", encoding="ascii") as limits:
        for _ in range(200):  # it sets the limit before it reads
            limits.seek(0)
            line = next(line for line in limits if line.startswith("Max core file size"))
            if line.split()[4:6] == ["0", "0"]:
                break
            time.sleep(0.02)
    assert line.split()[4:6] == ["0", "0"]
    child.send_signal(signal.SIGKILL)
    child.communicate(timeout=30)


def test_tools(lago):
    version = started([lago, "--version"]).stdout
    for name in ("mash.lago", "openssl", "libpq", "hiredis", "nlohmann-json", "yaml-cpp", "cpp-httplib"):
        assert name in version
    names = started([lago, "--list"]).stdout.split()
    assert names == sorted(names) and "lago_files" in names
    assert "argument_spec" in json.loads(started([lago, "--dump-spec", "lago_files"]).stdout)
    assert "usage" in started([lago, "--help"]).stdout


def test_validate_answers_each_line(lago):
    lines = ['{"id": 1, "spec": {}, "params": {}}', "no json", "", '{"id": "x", "spec": {"a": {"required": true}}, "params": {}}', '{"id": 2, "spec": 5}']
    ran = started([lago, "--validate"], "\n".join(lines))
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(answer["id"], answer["rc"]) for answer in answers] == [(1, 0), (None, 1), ("x", 1), (2, 0)]
    assert all(json.loads(answer["stdout"]) for answer in answers)


def test_parameters_that_memory_has_no_room_for(lago):
    limited = ["prlimit", f"--as={48 << 20}", lago]
    if subprocess.run([*limited, "--version"], check=False, capture_output=True).returncode != 0:
        pytest.skip("this build does not start within 48 MiB (a sanitizer's)")
    done = subprocess.run([*limited, "lago_files"], input=b'{"entries": "' + b"x" * (64 << 20), check=False,
                          capture_output=True, timeout=60)
    assert json.loads(done.stdout) == {"failed": True, "msg": "out of memory"} and done.returncode == 1
