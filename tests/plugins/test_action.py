# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin on each core: what Ansible promises of a task, over OpenSSH and on the controller itself.

How often the host is asked is counted by the SSH server: one command is one line of `ssh.commands`.
"""
import json
import os
import re
import shutil
import subprocess

import pytest

from matrix import CORES
from openssh import PASSWORD

MODULE = "mash.lago.lago_files"
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"}
SECRET = "planted-secret-7d1f"
SLOW = "which is slow"

# For what no core has a part in: the oldest and the newest.
ends = pytest.mark.parametrize("core", (CORES[0], CORES[-1]), indirect=True)


def files(path, content="a\n", **entry):
    return {"entries": [{"path": str(path), "content": content, **entry}]}


def as_user(user):
    return {"become": True, "become_user": user.name}


def uploads(commands):
    return [command for command in commands if "LAGO-INSTALLED" in command]


def copies(commands):
    """Commands that run a program which was copied the ordinary way."""
    return [command for command in commands
            if re.search(r"AnsiballZ_mash_lago_\w+ ", command) and not re.search(r"\b(chmod|chown|chgrp|setfacl)\b", command)]


@pytest.fixture
def plain(ssh, users):
    return ssh.host(users["plain"])


# --- one round trip -------------------------------------------------------------------------------------------------


def test_executions(play, ssh, plain, users, place):
    task = {MODULE: files(place / "file", "more than a pipe holds" * 30_000)}
    assert play(plain, [task]).ok()[0]["changed"]
    assert len(ssh.commands) == 3, ssh.commands  # a miss, the upload, the call
    ssh.forget()
    done = play(plain, [task, {**task, "vars": {"ansible_pipelining": True}}]).ok()
    assert [done[place]["changed"] for place in (0, 1)] == [False, False]
    assert len(ssh.commands) == 2, ssh.commands
    ssh.forget()
    become = {**task, **as_user(users["other"])}
    play(plain, [become, become]).ok()
    assert len(ssh.commands) == 4, ssh.commands  # the other user has a home of its own


@ends
def test_without_a_shared_connection(play, ssh, plain, users, warm, place):
    warm(users["plain"])
    host = {**plain, "ansible_ssh_args": "-o ControlMaster=no"}
    assert play(host, [{MODULE: files(place / "file")}]).ok()[0]["changed"]
    assert len(ssh.commands) == 1


@ends
def test_another_login_shell(play, ssh, plain, place):
    if shutil.which("csh") is None:
        pytest.skip("no csh")
    ssh.before("LOGIN_SHELL=csh\n")
    task = {MODULE: files(place / "file"), "environment": {"QUOTED": "it's \"$HOME\" `id`"}}
    play(plain, [task, {**task, "become": True}]).ok()
    assert (place / "file").read_text() == "a\n" and not copies(ssh.commands)


@ends
def test_two_hosts_at_once_with_one_home(play, ssh, plain, users, place):
    hosts = {"target": plain, "twin": plain}
    play(hosts, [{MODULE: files(place / "{{ inventory_hostname }}")}]).ok()
    assert sorted(path.name for path in place.iterdir() if path.name in hosts) == ["target", "twin"]
    assert len(list(users["plain"].cache.iterdir())) == 1
    assert not copies(ssh.commands)


# --- what Ansible promises of a task --------------------------------------------------------------------------------


def test_check_diff_run_and_run_again(play, plain, users, warm, place):
    warm(users["plain"])
    path, task = place / "file", {MODULE: files(place / "file")}
    done = play(plain, [
        {**task, "check_mode": True, "diff": True},
        {"ansible.builtin.raw": f"test ! -e {path}", "changed_when": False},
        {**task, "diff": True},
        task,
    ]).ok()
    assert [done[0]["changed"], done[2]["changed"], done[3]["changed"]] == [True, True, False]
    assert done[0]["diff"] == done[2]["diff"] and "+a" in done.text
    assert "diff" not in done[3] or not done[3]["diff"]
    assert not any(key.startswith("_ansible_") for key in done[3] if key not in ("_ansible_no_log", "_ansible_parsed"))
    assert path.read_text() == "a\n"


def test_loop_defaults_environment_delegation_and_vault(play, plain, users, warm, place, core):
    warm(users["plain"])
    (place / "password").write_text("vault password\n")
    vaulted = subprocess.run(
        [core / "ansible-vault", "encrypt_string", "--vault-password-file", place / "password", "hidden\n"],
        capture_output=True, text=True, check=True, env={**os.environ, "HOME": str(place), "LC_ALL": "C.UTF-8"}).stdout
    (place / "vars.yml").write_text("vaulted: " + vaulted)
    inline = (f"- {MODULE}:\n    entries:\n      - path: {place}/@NAME@\n        content: "
              + vaulted.replace("\n", "\n          ").rstrip() + "\n")
    (place / "tasks.yml").write_text(
        inline.replace("@NAME@", "inline") + inline.replace("@NAME@", "inline-async") + "  async: 20\n  poll: 1\n")
    for name in ("group", "name"):
        (place / name).write_text("old\n")
    done = play({"target": plain, "elsewhere": plain}, [
        {MODULE: files(place / "{{ item }}"), "loop": ["one", "two"]},
        {MODULE: files(place / "group")},
        {MODULE: files(place / "name"), "module_defaults": {MODULE: {"backup": False}}},
        {MODULE: files(place / "environment"),
         "environment": {"HOME": "/nonexistent", "PATH": "/nonexistent", "QUOTED": "it's \"$HOME\" `id`; exit 3"}},
        {MODULE: files(place / "delegated"), "delegate_to": "elsewhere"},
        {MODULE: files(place / "vaulted", "{{ vaulted }}")},
        {"ansible.builtin.include_tasks": "tasks.yml"},
    ], "--vault-password-file", str(place / "password"), "-e", f"@{place}/vars.yml",
        hosts="target", module_defaults={"group/mash.lago.lago": {"backup": True}}).ok()
    assert (place / "one").exists() and (place / "two").exists()
    assert [one.read_text() for one in place.glob("group.*")] == ["old\n"] and not list(place.glob("name.*"))
    assert all((place / name).read_text() == "a\n" for name in ("environment", "delegated"))
    assert all((place / name).read_text() == "hidden\n" for name in ("vaulted", "inline", "inline-async"))
    assert SLOW not in done.words


@pytest.mark.parametrize("place_of_run", ["ssh", "local"])
def test_async(play, ssh, plain, users, warm, place, place_of_run):
    warm(users["plain"])
    # On core 2.15 async tasks of the local connection look for the home in the password file, whatever HOME says.
    host = plain if place_of_run == "ssh" else {**LOCAL, "ansible_async_dir": str(place / "async")}
    done = play(host, [
        {MODULE: files(place / "polled"), "async": 30, "poll": 1},
        {MODULE: files(place / "left"), "async": 30, "poll": 0, "register": "job"},
        {"ansible.builtin.async_status": {"jid": "{{ job.ansible_job_id }}"}, "register": "state",
         "until": "state.finished", "retries": 60, "delay": 0.25},
        {MODULE: {"entries": [], "entires": []}, "async": 30, "poll": 1, "ignore_errors": True},
    ]).ok()
    assert done[0]["changed"] and "changed_paths" in done[0]
    assert done[-2]["changed_paths"] == [str(place / "left")]
    assert done[-1]["msg"].startswith(f"Unsupported parameters for ({MODULE}) module: entires.")
    assert "ignored=1" in done.text
    assert (place / "polled").read_text() == (place / "left").read_text() == "a\n"


def test_async_as_another_user(play, plain, users, place):
    task = {MODULE: files(place / "file"), **as_user(users["other"]), "async": 30, "poll": 1}
    play(plain, [task]).ok()
    assert (place / "file").stat().st_uid == users["other"].uid


def test_a_failing_module_speaks_for_itself(play, plain, users, warm, place):
    warm(users["plain"])
    done = play(plain, [{MODULE: {"entries": [{"path": "relative"}]}, "ignore_errors": True},
                        {MODULE: {"entries": [], "entires": []}}])
    assert done.code == 2
    assert "relative" in done[0]["msg"] and "without a result" not in done.text
    assert done[1]["msg"].startswith(f"Unsupported parameters for ({MODULE}) module: entires.")


def test_a_result_is_no_template(play, plain, users, warm):
    warm(users["plain"])
    done = play(plain, [{MODULE: {"entries": [{"path": "{{ '{' }}{ 40 + 2 }}"}]}, "ignore_errors": True, "register": "it"},
                        {"ansible.builtin.debug": {"msg": "{{ it.msg }}"}}]).ok()
    assert "{{ 40 + 2 }}" in done[0]["msg"] and "{{ 40 + 2 }}" in done[1]["msg"]


def test_a_target_without_python(play, ssh, plain, place):
    done = play({**plain, "ansible_python_interpreter": "/nonexistent/python"}, [{MODULE: files(place / "file")}]).ok()
    assert done[0]["changed"] and len(ssh.commands) == 3


def test_on_the_controller(play, place):
    task = {MODULE: files(place / "file")}
    short = {"lago_files": task[MODULE]}
    done = play(LOCAL, [task, short, {**task, "vars": {"ansible_pipelining": True}}], collections=["mash.lago"]).ok()
    assert [done[each]["changed"] for each in range(3)] == [True, False, False]
    assert len(list((place / "home/.ansible/lago").iterdir())) == 1
    assert SLOW not in done.words


# --- other users ----------------------------------------------------------------------------------------------------


def test_become(play, ssh, plain, users, place):
    other, homeless = users["other"], users["homeless"]
    done = play(plain, [
        {MODULE: files(place / "root"), "become": True},
        {MODULE: files(place / "other"), **as_user(other)},
        {MODULE: files(place / "other"), **as_user(other)},
        {MODULE: files(place / "homeless"), **as_user(homeless)},
        {MODULE: files(place / "homeless", "b\n"), **as_user(homeless)},
    ]).ok()
    assert [done[each]["changed"] for each in range(5)] == [True, True, False, True, True]
    assert [(place / name).stat().st_uid for name in ("root", "other", "homeless")] == [0, other.uid, homeless.uid]
    kept = list(other.cache.iterdir())
    assert len(kept) == 1 and kept[0].stat().st_uid == other.uid and other.cache.stat().st_mode & 0o7777 == 0o1700
    assert len(copies(ssh.commands)) == 2 and not [one for one in uploads(ssh.commands) if homeless.name in one]
    assert done.words.count(SLOW) == 1 and "no home folder of its own" in done.words


def test_become_with_a_password(play, ssh, users, place):
    host = ssh.host(users["asked"], ansible_become_password=PASSWORD)
    task = {MODULE: files(place / "file"), **as_user(users["other"])}
    play(host, [task]).ok()
    ssh.forget()
    done = play(host, [task, {**task, "vars": {"ansible_pipelining": True}}], "-vvv").ok()
    assert len(ssh.commands) == 2 and (place / "file").stat().st_uid == users["other"].uid
    assert PASSWORD not in done.text


def test_become_with_a_password_on_the_controller(play, users, place):
    """Without the option `pipelining` the command's standard input is a terminal there."""
    host = {**LOCAL, "ansible_become_password": PASSWORD}
    task = {MODULE: files(place / "file"), **as_user(users["other"])}
    done = play(host, [task, task, {**task, "vars": {"ansible_pipelining": True}}], timeout=40).ok()
    assert [done[each]["changed"] for each in range(3)] == [True, False, False]
    assert (place / "file").stat().st_uid == users["other"].uid and SLOW not in done.words


@pytest.mark.parametrize("why", ["su", "requiretty", "keep_remote_files"])
def test_options_in_a_file(play, ssh, users, place, why):
    """Where nothing can be streamed the program is kept all the same, and only the options are transferred."""
    host = ssh.host(users["tty" if why == "requiretty" else "plain"])
    task = {MODULE: files(place / "file", SECRET, sensitive=True)}
    environment = {}
    if why == "keep_remote_files":
        environment = {"ANSIBLE_KEEP_REMOTE_FILES": "1"}
    else:
        task.update(become=True, become_user="root")
    if why == "su":
        task.update(become_user=users["other"].name, become_method="su")
        host["ansible_become_password"] = PASSWORD
        host["ansible_remote_tmp"] = str(place / "tmp")
    done = play(host, [task, task], environment=environment).ok()
    assert [done[each]["changed"] for each in (0, 1)] == [True, False]
    assert len(uploads(ssh.commands)) <= 1 and not copies(ssh.commands) and SLOW not in done.words
    assert SECRET not in "".join(ssh.commands)
    left = [path for user in users.values() for path in user.home.glob(".ansible/tmp/*/*")]
    assert bool(left) == (why == "keep_remote_files")


# --- secrets --------------------------------------------------------------------------------------------------------


def test_no_secret_in_any_output(play, ssh, plain, place):
    sensitive = {MODULE: files(place / "file", f"A={SECRET}\n", sensitive=True)}
    refused = {MODULE: files("relative", SECRET, sensitive=True), "ignore_errors": True}
    hidden = {MODULE: files(place / "hidden", SECRET), "no_log": True}
    done = play(plain, [sensitive, refused, hidden, {**hidden, "async": 20, "poll": 1}], "-vvv", "--diff").ok()
    assert SECRET in (place / "file").read_text() and (place / "hidden").read_text() == SECRET
    assert SECRET not in done.text
    assert SECRET not in "".join(ssh.commands)
    assert "censored" in done.text


# --- what is kept is not to be relied on ----------------------------------------------------------------------------


@ends
def test_a_damaged_program_is_replaced(play, ssh, plain, users, warm, place, binary):
    kept = warm(users["plain"])
    whole = binary.read_bytes()
    foreign = whole[:18] + (b"\xb7\x00" if os.uname().machine == "x86_64" else b"\x3e\x00") + whole[20:]
    damaged = {"empty": b"", "text": b"no program\n", "cut": whole[:len(whole) // 2], "foreign": foreign,
               "silent": b"#!/bin/sh\n", "killed": b"#!/bin/sh\nkill -9 $$\n"}
    for name, data in damaged.items():
        kept.write_bytes(data)
        ssh.forget()
        done = play(plain, [{MODULE: files(place / "file", name)}]).ok()
        assert done[0]["changed"] and (place / "file").read_text() == name
        assert kept.read_bytes() == whole and len(uploads(ssh.commands)) == 1 and len(ssh.commands) <= 4, name


@ends
def test_a_program_of_another_user_is_not_run(play, plain, users, warm, place):
    kept = warm(users["plain"])
    kept.write_text(f"#!/bin/sh\ntouch {place}/owned\n")
    os.chown(kept, users["other"].uid, -1)
    kept.chmod(0o755)
    play(plain, [{MODULE: files(place / "file")}]).ok()
    assert (place / "file").exists() and not (place / "owned").exists()


@ends
def test_where_the_program_cannot_be_kept(play, ssh, plain, users, place):
    """A copy with each task, one warning for the host, and one upload at most."""
    task = {MODULE: files(place / "{{ item }}"), "loop": ["one", "two"]}
    host = {**plain, "ansible_remote_tmp": str(place / "tmp")}
    ssh.before("unset HOME\n")
    done = play(host, [task]).ok()
    assert (place / "one").exists() and (place / "two").exists() and not uploads(ssh.commands)
    assert done.words.count(SLOW) == 1 and "no home folder of its own" in done.words
    ssh.forget()
    users["plain"].home.joinpath(".ansible").symlink_to(place)
    done = play(host, [task, task]).ok()
    assert len(uploads(ssh.commands)) == 1 and len(copies(ssh.commands)) == 4
    assert done.words.count(SLOW) == 1 and "is a link or belongs to another user" in done.words
    users["plain"].home.joinpath(".ansible").unlink()


@ends
@pytest.mark.parametrize("options, told", [("noexec", "noexec"), ("size=1m", "No space left on device")])
def test_a_home_that_cannot_hold_it(play, place, mounted, options, told):
    (place / "home").mkdir()
    host = {**LOCAL, "ansible_remote_tmp": str(place / "tmp")}
    done = play(host, [{MODULE: files(place / "file")}], under=mounted(place / "home", options),
                environment={"ANSIBLE_LOCAL_TEMP": str(place / "local")}).ok()
    assert done[0]["changed"] and told in done.words and done.words.count(SLOW) == 1


# --- without the plugin ---------------------------------------------------------------------------------------------


def test_as_a_plain_binary_module(play, plain, place, binary, core):
    """A role's library folder, no collection: core copies the program and gives it its options in a file."""
    library = place / "roles/r/library"
    library.mkdir(parents=True)
    shutil.copy(binary, library / "lago_files")
    (place / "roles/r/tasks").mkdir()
    (place / "roles/r/tasks/main.yml").write_text(json.dumps([{"lago_files": files(place / "file")}] * 2))
    done = play(plain, [], environment={"ANSIBLE_COLLECTIONS_PATH": str(place)}, roles=["r"]).ok()
    assert [done[each]["changed"] for each in (0, 1)] == [True, False]


# --- values ---------------------------------------------------------------------------------------------------------

RESULTS = r'''
import json, sys
from ansible.errors import AnsibleActionFail
sys.path.insert(0, sys.argv[1])
from ansible_collections.mash.lago.plugins.plugin_utils.native import ActionModule
for text in json.load(sys.stdin):
    result = ActionModule.result({"rc": 0, "stdout": text, "stderr": ""})
    print(json.dumps(result))
action = object.__new__(ActionModule)
action.module = "mash.lago.lago_files"
for value in (b"planted", {1: object()}, object()):
    try:
        action.encoded({"good": 1, "bad": value})
        print("encoded")
    except AnsibleActionFail as problem:
        print(problem)
'''


def test_what_becomes_of_a_result(core, collections):
    cases = [
        ('noise\n{"changed": false}\n', {"changed": False}),
        ("no result\n", None), ("", None), ("[1]\n", None), ('{"cut": ', None),
        ('{"results": "text"}', {"ansible_module_results": "text"}),
        ('{"results": [1]}', {"ansible_module_results": [1]}),
        ('{"results": {"a": 1}}', {"ansible_module_results": {"a": 1}}),
        ('{"results": [{"a": 1}]}', {"results": [{"a": 1}]}),
        ('{"add_host": {}, "add_group": "g", "_ansible_no_log": false, "kept": 1}', {"kept": 1}),
        ('{"stdout": "a\\nb", "stderr": null}', {"stdout": "a\nb", "stdout_lines": ["a", "b"], "stderr": None, "stderr_lines": []}),
        ('{"exception": "x"}', {}), ('{"exception": "x", "failed": true}', {"exception": "x", "failed": True}),
    ]
    done = subprocess.run([core / "python", "-B", "-c", RESULTS, collections], text=True, check=True,
                          input=json.dumps([text for text, _expected in cases]), capture_output=True).stdout.splitlines()
    assert [json.loads(line) for line in done[:len(cases)]] == [expected for _text, expected in cases]
    for line in done[len(cases):]:
        assert line.startswith("An option of mash.lago.lago_files holds a value that cannot be sent") and "planted" not in line
