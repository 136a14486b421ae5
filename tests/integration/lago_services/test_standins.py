# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of systemd's that misbehave, and options that cannot be meant."""
import os
import time

import pytest

ACTIVE = r"LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nInvocationID=a\n"
DEAD = r"LoadState=loaded\nActiveState=inactive\nSubState=dead\nUnitFileState=enabled\n"


def test_garbage(standins, local):
    for answer in ("echo hello", "head -c 100000 /dev/urandom", ":", r"printf '%s' 'LoadState=loaded'"):
        result = local(standins(systemctl=answer))
        assert result["error_kind"] == "systemd_garbage" and result["changed"] is False, answer


def test_more_than_it_should_print(standins, local):
    assert local(standins(systemctl="yes"))["error_kind"] == "systemd_garbage"


def test_a_systemctl_that_hangs(standins, local):
    began = time.monotonic()
    result = local(standins(systemctl="sleep 60"), timeout=2)
    assert result["error_kind"] == "timed_out" and "timeout" in result["msg"]
    assert time.monotonic() - began < 10


def test_a_systemctl_that_fails(standins, local):
    result = local(standins(systemctl="echo 'Failed to get properties: Connection timed out' >&2; exit 1"))
    assert result["error_kind"] == "systemd_refused" and "Connection timed out" in result["msg"]


def test_a_machine_without_systemd(standins, local):
    env = standins(systemctl="echo 'System has not been booted with systemd as init system (PID 1).' >&2; exit 1")
    assert local(env)["error_kind"] == "systemd_not_running"
    foreseen = local(env, check=True)
    assert foreseen["changed"] and foreseen["services"][0]["action"] == "start" and foreseen["warnings"]


def test_a_start_that_is_refused(standins, local):
    script = f"""case $1 in show) printf '{DEAD}' ;; start) echo 'Job for lt-x.service canceled.' >&2; exit 1 ;; esac"""
    result = local(standins(systemctl=script, journalctl="printf 'one\\n\\ntwo\\n'"))
    assert result["error_kind"] == "start_failed" and "canceled" in result["msg"]
    assert result["journal"] == ["one", "two"]


def test_the_journal_only_helps(standins, local):
    script = f"case $1 in show) printf '{DEAD}' ;; start) exit 1 ;; esac"
    for journal in ("exit 1", "printf '\\377\\376garbage\\000'", "sleep 60"):
        began = time.monotonic()
        result = local(standins(systemctl=script, journalctl=journal))
        assert result["error_kind"] == "start_failed" and time.monotonic() - began < 15, journal


def test_systemd_that_is_gone_in_the_middle(standins, local, tmp_path):
    script = f"""case $1 in show) [ -e {tmp_path}/gone ] && exit 1; printf '{DEAD}' ;; *) touch {tmp_path}/gone ;; esac"""
    result = local(standins(systemctl=script, journalctl=":"))
    assert result["error_kind"] == "systemd_refused" and result["changed"] is True


def test_names_are_no_options_and_no_patterns(standins, run_module):
    env = {**os.environ, **standins(systemctl="echo must not be called >&2; exit 99")}
    for name in ("--host=elsewhere", "a b", "lago*", "", "x" * 256, "a\nb", "../x", "a\0b", "ä"):
        result = run_module("lago_services", {"services": [{"name": name}]}, env=env).json
        assert result["error_kind"] == "bad_option" and "services[0].name" in result["msg"], name


@pytest.mark.parametrize(("service", "word"), [
    ({"health": {"port": 0}}, "port"),
    ({"health": {"port": 65536}}, "port"),
    ({"health": {"port": 80, "path": "health"}}, "path"),
    ({"health": {"port": 80, "path": "/a b"}}, "path"),
    ({"health": {"port": 80, "path": "/a\r\nX: y"}}, "path"),
    ({"config_files": ["relative"]}, "config_files"),
    ({"config_files": ["/a\nb"]}, "config_files"),
    ({"config_files": ["/a\\b"]}, "config_files"),
    ({"config_files": ["/a\0b"]}, "config_files"),
])
def test_options_that_cannot_be_meant(run_module, service, word):
    result = run_module("lago_services", {"services": [{"name": "lt-x", **service}]}).json
    assert result["failed"] and result["error_kind"] in ("bad_option", "bad_path") and word in result["msg"]


def test_numbers_below_nothing_and_names_given_twice(run_module):
    for options in ({"settle": -1}, {"journal_lines": -1}, {"services": [{"name": "a"}, {"name": "a.service"}]},
                    {"docker_host": "tcp://x:1"}):
        result = run_module("lago_services", {"services": [{"name": "a"}], **options}).json
        assert result["error_kind"] in ("bad_option", "bad_docker_host"), options


def test_nothing_to_do(standins, run_module, returned_matches_docs):
    env = {**os.environ, **standins(systemctl="exit 99")}
    result = run_module("lago_services", {"services": []}, env=env).json
    assert result["changed"] is False and result["services"] == []
    returned_matches_docs("lago_services", result)


def test_a_restart_that_systemd_does_itself_at_that_moment(standins, local, tmp_path):
    """It counts as a restart of systemd's, and is none that followed a death after our start; a later one is."""
    waiting = r"LoadState=loaded\nActiveState=activating\nSubState=auto-restart\nUnitFileState=enabled\nInvocationID=a\nNRestarts=0\n"
    script = (f"case $1 in show) [ -e {tmp_path}/again ] && printf '{{}}' || printf '{waiting}' ;;"
              f" restart) touch {tmp_path}/again ;; esac")
    env = standins(systemctl=script.format(ACTIVE.replace("InvocationID=a", "InvocationID=b") + r"NRestarts=1\n"), journalctl=":")
    result = local(env, settle=0, timeout=20)
    assert not result.get("failed") and result["services"][0]["action"] == "start", result
    (tmp_path / "again").unlink()
    dying = (f"case $1 in show) [ -e {tmp_path}/again ] && {{ echo >>{tmp_path}/looks; printf '{ACTIVE}NRestarts=%d\\n'"
             f" $(wc -l <{tmp_path}/looks); }} || printf '{waiting}' ;; restart) touch {tmp_path}/again ;; esac")
    assert local(standins(systemctl=dying, journalctl=":"), settle=5, timeout=20)["error_kind"] == "died"
