# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not come up: one message with the unit, its last lines and the next step; and nothing else is touched."""
import time

from systemd_host import SERVER, SLEEPER

SECRET = "pl4nted-S3cret"


def test_a_unit_that_dies_at_once_is_a_failure_at_once(host, services):
    unit = host.add_unit("lt-dying", command='sh -c "echo cannot reach the database >&2; exit 17"')
    after = host.add_unit("lt-after")
    began = time.monotonic()
    failed = services({**unit, "health": {"port": 8080}}, after)
    assert time.monotonic() - began < 60
    assert failed.json["error_kind"] == "died" and failed.json["unit"] == "lt-dying.service", failed.json
    assert failed.json["changed"] and failed.json["exit_status"] in (0, 17)
    assert any("cannot reach the database" in line for line in failed.json["journal"])
    assert "lt-dying.service" in failed.json["msg"] and "cannot reach the database" in failed.json["msg"]
    assert failed.service("lt-dying")["action"] == "start" and failed.service("lt-after")["action"] == "none"
    assert host.show("lt-after", "ActiveState") == "inactive", "what comes after is not touched"


def test_a_unit_that_dies_without_a_health_check_too(host, services):
    unit = host.add_unit("lt-dying", command='sh -c "sleep 1; exit 3"', restart_sec="30s")
    began = time.monotonic()
    failed = services(unit, settle=5)
    assert failed.json["error_kind"] == "died" and time.monotonic() - began < 60, failed.json
    assert "auto-restart" in failed.json["msg"] and "status 3" in failed.json["msg"]
    fixed = host.add_unit("lt-dying")
    assert services(fixed).service("lt-dying")["action"] == "start"


def test_one_that_died_too_often_is_started_once_it_is_corrected(host, services):
    wrong = {"command": 'sh -c "exit 1"', "restart_sec": "10ms", "prepare": "ExecStartPre=false"}
    services(host.add_unit("lt-dying", **wrong))
    host.sh("for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do systemctl start lt-dying; done; true")
    assert host.show("lt-dying", "ActiveState") == "failed"
    assert services(host.add_unit("lt-dying")).service("lt-dying")["active_state"] == "active"


def test_a_run_that_is_killed_is_made_good(host, services):
    unit = {**host.add_unit("lt-slow", prepare="ExecStartPre=sleep 6", command=SERVER), "health": {"port": 8080}}
    options = '{"services": [{"name": "lt-slow"}]}'
    host.sh(f"""systemctl daemon-reload; echo '{options}' | lago lago_services >/dev/null 2>&1 &
        for _ in $(seq 100); do [ "$(systemctl is-active lt-slow)" != activating ] || break; sleep 0.1; done; kill -9 $!""")
    assert host.show("lt-slow", "ActiveState") == "activating"
    done = services(unit)
    assert not done.json.get("failed") and done.service("lt-slow")["healthy"], done.json


def test_secrets_of_the_configuration_are_not_shown(host, services):
    unit = host.add_unit("lt-dying", env=f"SECRET_KEY_BASE={SECRET}\nDATABASE_URL=postgres://lago:pw-{SECRET}@db/x\n",
                         command='sh -c "env >&2; exit 1"')
    failed = services(unit)
    assert failed.json["error_kind"] == "died" and any("SECRET_KEY_BASE=" in line for line in failed.json["journal"])
    assert SECRET not in failed.everything


def test_only_lines_of_this_start_are_shown(host, services):
    unit = host.add_unit("lt-dying", command='sh -c "echo of long ago >&2; exit 1"')
    services(unit)
    host.sh("systemctl stop lt-dying")
    failed = services(host.add_unit("lt-dying", command='sh -c "echo of this start >&2; exit 1"'))
    assert any("of this start" in line for line in failed.json["journal"])
    assert not any("of long ago" in line for line in failed.json["journal"])
    few = services(unit, journal_lines=2)
    assert len(few.json["journal"]) == 2
    assert services(unit, journal_lines=0).json["journal"] == []


def test_a_preparation_that_fails(host, services):
    unit = host.add_unit("lt-migrating", prepare='ExecStartPre=sh -c "echo migration 42 failed; exit 5"', extra="Restart=no")
    failed = services(unit)
    assert failed.json["error_kind"] == "start_failed" and "migration 42 failed" in failed.json["msg"], failed.json
    assert failed.json["result"] == "exit-code"


def test_a_preparation_that_takes_longer_goes_on(host, services):
    unit = {**host.add_unit("lt-migrating", prepare="ExecStartPre=sleep 12", command=SERVER), "health": {"port": 8080}}
    failed = services(unit, timeout=5)
    assert failed.json["error_kind"] == "still_starting" and "start-pre" in failed.json["msg"], failed.json
    assert "goes on" in failed.json["msg"] and "raise timeout" in failed.json["msg"]
    assert host.show("lt-migrating", "ActiveState") == "activating"
    done = services(unit)
    assert not done.json.get("failed") and not done.json["changed"] and done.service("lt-migrating")["healthy"]


def test_a_health_check_that_never_comes(host, services):
    unit = host.add_unit("lt-deaf")
    failed = services({**unit, "health": {"port": 8080}}, timeout=8)
    assert failed.json["error_kind"] == "unhealthy" and "http://localhost:8080/health" in failed.json["msg"]
    assert "refused" in failed.json["msg"].lower(), failed.json
    assert host.show("lt-deaf", "ActiveState") == "active", "it is left as it is"


def test_an_answer_with_another_status(host, services):
    unit = host.add_unit("lt-api", command=SERVER)
    failed = services({**unit, "health": {"port": 8080, "path": "/nothing"}}, timeout=8)
    assert failed.json["error_kind"] == "unhealthy" and "404 instead of 200" in failed.json["msg"]
    assert not services({**unit, "health": {"port": 8080, "path": "/nothing", "status": 404}}).json.get("failed")


def test_a_unit_that_is_not_there(services):
    failed = services({"name": "lt-nowhere"})
    assert failed.json["error_kind"] == "unit_not_found" and "lt-nowhere.service" in failed.json["msg"]
    assert services({"name": "lt-nowhere"}, check=True).json["changed"]


def test_a_masked_unit(host, services):
    host.sh("systemctl mask lt-masked.service")
    for check in (False, True):
        failed = services({"name": "lt-masked"}, check=check)
        assert failed.json["error_kind"] == "masked" and "systemctl unmask lt-masked.service" in failed.json["msg"]
        assert failed.json["changed"] is False


def test_a_unit_file_with_an_error(host, services):
    host.write("/etc/systemd/system/lt-wrong.service", "[Service]\nType=nonsense\n")
    failed = services({"name": "lt-wrong"})
    assert failed.json["error_kind"] == "bad_unit_file" and "lt-wrong.service" in failed.json["msg"], failed.json
    assert "no ExecStart" in failed.json["msg"]
    unit = host.add_unit("lt-wrong")
    assert services(unit).service("lt-wrong")["active_state"] == "active"


def test_a_configuration_that_is_not_there(host, services):
    unit = host.add_unit("lt-api")
    host.sh("rm /srv/lt-api/env")
    failed = services(unit)
    assert failed.json["error_kind"] == "config_missing" and failed.json["path"] == "/srv/lt-api/env"
    assert services(unit, check=True).json["changed"]


def test_somebody_who_is_not_root(host, services):
    unit = host.add_unit("lt-api", env="A=1\n")
    failed = services(unit, user="nobody")
    assert failed.json["error_kind"] in ("engine_denied", "permission_denied") and "become" in failed.json["msg"], failed.json
    bare = services({"name": "lt-api", "container": ""}, user="nobody")
    assert bare.json["error_kind"] == "permission_denied" and "become" in bare.json["msg"], bare.json
    assert host.show("lt-api", "ActiveState") == "inactive"


def test_without_docker(host, services):
    unit = host.add_unit("lt-api")
    nowhere = {"docker_host": "unix:///run/nowhere.sock"}
    assert services(unit, check=True, **nowhere).json["changed"]
    failed = services(unit, timeout=6, **nowhere)
    assert failed.json["error_kind"] == "unhealthy" and "/run/nowhere.sock" in failed.json["msg"], failed.json
    running = services(unit, **nowhere)
    assert running.json["error_kind"] == "engine_unavailable" and running.json["changed"] is False


def test_an_image_that_is_not_there(host, services):
    unit = host.add_unit("lt-api", image="lago-nowhere:9")
    failed = services(unit)
    assert failed.json["error_kind"] in ("start_failed", "died") and "lago-nowhere" in failed.json["msg"], failed.json


def test_a_port_that_is_taken(host, services):
    first = host.add_unit("lt-one", arguments="-p 18080:80", command=SLEEPER)
    second = host.add_unit("lt-two", arguments="-p 18080:80", command=SLEEPER)
    failed = services(first, second, settle=2)
    assert failed.json["unit"] == "lt-two.service" and "18080" in failed.json["msg"], failed.json
    assert failed.service("lt-one")["active_state"] == "active"
