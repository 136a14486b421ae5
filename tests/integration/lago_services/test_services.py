# SPDX-License-Identifier: GPL-3.0-or-later
"""Services with containers on real systemd: started, left alone, restarted where something else should run, taken away."""
import time

import pytest
from systemd_host import SERVER

LABEL = "docker inspect --format '{{{{index .Config.Labels \"mash.lago.config\"}}}}' {}"
HEALTH = {"port": 8080}


def invocations(host, *names):
    return [host.show(name, "InvocationID") for name in names]


def actions(outcome):
    return {one["name"].removesuffix(".service"): one["action"] for one in outcome.json["services"]}


def comparable(outcome):
    return {key: value for key, value in outcome.json.items() if key not in ("invocation", "diff", "warnings")}


@pytest.fixture
def pair(host):
    """An API that answers, and a worker that requires it."""
    return [{**host.add_unit("lt-api", command=SERVER), "health": HEALTH},
            host.add_unit("lt-worker", requires="lt-api.service")]


@pytest.fixture
def up(pair, services):
    """The same, running."""
    assert not services(*pair).json.get("failed")
    return pair


def test_a_first_start(host, services, pair):
    foreseen = services(*pair, check=True)
    assert foreseen.json["changed"] and actions(foreseen) == {"lt-api": "start", "lt-worker": "start"}
    assert host.show("lt-api", "ActiveState") == "inactive", "a check does nothing"
    done = services(*pair)
    assert done.json["changed"] and actions(done) == actions(foreseen), done.json
    for one in done.json["services"]:
        assert one["active_state"] == "active" and one["enabled"] and one["healthy"] and one["image"] == "lago-test:1"
    assert host.show("lt-worker", "UnitFileState") == "enabled"
    expected = host.sh("sha256sum /etc/systemd/system/lt-api.service /srv/lt-api/env | sha256sum").split()[0]
    assert host.sh(LABEL.format("lt-api")) == expected
    assert "warnings" not in done.json
    assert {part["before_header"] for part in done.json["diff"]} == {"lt-api.service", "lt-worker.service"}


def test_a_run_that_finds_all_as_it_should_be_does_nothing_and_is_quick(host, services, up):
    time.sleep(3)
    before = invocations(host, "lt-api", "lt-worker")
    seconds = []
    for _ in range(3):
        began = time.monotonic()
        done = services(*up, settle=2)
        seconds.append(time.monotonic() - began)
    assert min(seconds) < 1.5, "nothing is waited for"
    assert done.json["changed"] is False and set(actions(done).values()) == {"none"}
    assert done.json["daemon_reloaded"] is False and all(one["healthy"] for one in done.json["services"])
    assert invocations(host, "lt-api", "lt-worker") == before
    assert comparable(services(*up, settle=2, check=True)) == comparable(done)


def test_one_whose_configuration_changed_is_restarted(host, services, up):
    api, worker = invocations(host, "lt-api", "lt-worker")
    host.write("/srv/lt-worker/env", "A=2\n")
    foreseen = services(*up, check=True)
    done = services(*up)
    assert actions(done) == actions(foreseen) == {"lt-api": "none", "lt-worker": "restart"}
    assert done.service("lt-worker")["reason"] == "its configuration changed"
    assert host.show("lt-api", "InvocationID") == api and host.show("lt-worker", "InvocationID") != worker
    assert host.sh("docker exec lt-worker sh -c 'echo $A'") == "2"
    assert not services(*up).json["changed"]


def test_what_requires_a_restarted_unit_is_restarted_once(host, services, up):
    host.write("/srv/lt-api/env", "A=2\n")
    host.write("/srv/lt-worker/env", "A=2\n")
    since = host.sh("sleep 1; date +%s")
    done = services(*up)
    assert actions(done) == {"lt-api": "restart", "lt-worker": "restart"}
    for name in ("lt-api", "lt-worker"):
        starts = host.sh(f"journalctl --quiet --unit={name} --since=@{since} --output=cat | grep -c '^Started '")
        assert starts == "1", name
    assert not services(*up).json["changed"]


def test_a_dependent_that_did_not_change_is_foreseen_too(services, host, up):
    host.write("/srv/lt-api/env", "A=2\n")
    foreseen, done = services(*up, check=True), services(*up)
    assert actions(foreseen) == actions(done) == {"lt-api": "restart", "lt-worker": "restart"}
    assert done.service("lt-worker")["reason"] == "with lt-api.service"


def test_a_name_that_means_another_image_now(host, services, up):
    host.import_image("lago-test:1", NEWER=1)
    try:
        done = services(*up)
        assert actions(done)["lt-api"] == "restart" and done.service("lt-api")["reason"] == "its image changed"
        current = host.sh("docker image inspect --format '{{.Id}}' lago-test:1")
        assert [one["image_id"] for one in done.json["services"]] == [current, current]
        assert not services(*up).json["changed"]
    finally:
        host.import_image("lago-test:1")


def test_a_unit_file_that_systemd_has_not_read_yet(host, services, up):
    host.sh("sed -i 's/^Description=.*/Description=another/' /etc/systemd/system/lt-worker.service")
    bare = [{"name": one["name"]} for one in up]
    foreseen, done = services(*bare, check=True), services(*bare)
    assert foreseen.json["daemon_reloaded"] and done.json["daemon_reloaded"]
    assert actions(done) == actions(foreseen) == {"lt-api": "none", "lt-worker": "restart"}
    assert done.service("lt-worker")["reason"] == "its unit file changed"
    assert host.show("lt-worker", "Description") == "another"
    assert not services(*bare).json["changed"]


def test_a_run_that_failed_half_way_is_made_good(host, services, up):
    host.write("/srv/lt-api/env", "NOT AN ENV FILE\n")
    host.write("/srv/lt-worker/env", "A=2\n")
    failed = services(*up)
    assert failed.json["failed"] and failed.json["changed"] and failed.json["unit"] == "lt-api.service"
    host.write("/srv/lt-api/env", "A=2\n")
    done = services(*up)
    assert not done.json.get("failed"), done.json
    assert host.sh("docker exec lt-api sh -c 'echo $A'") == host.sh("docker exec lt-worker sh -c 'echo $A'") == "2"
    assert not services(*up).json["changed"]


def test_a_restart_by_hand_after_the_files_changed_is_enough(host, services, up):
    host.write("/srv/lt-worker/env", "A=3\n")
    host.sh("systemctl restart lt-worker")
    assert not services(*up).json["changed"]


def test_restarted_and_always_restart_in_any_case(host, services, up):
    assert actions(services(up[1], state="restarted")) == {"lt-worker": "restart"}
    assert actions(services(*up, restart="always")) == {"lt-api": "restart", "lt-worker": "restart"}
    host.write("/srv/lt-worker/env", "A=4\n")
    assert not services(*up, restart="never").json["changed"]


def test_stopped_in_reverse_order_and_started_again(host, services, up):
    since = host.sh("sleep 1; date +%s")
    done = services(*up, state="stopped")
    assert actions(done) == {"lt-api": "stop", "lt-worker": "stop"}
    assert [one["active_state"] for one in done.json["services"]] == ["inactive", "inactive"]
    order = host.sh(f"journalctl --quiet --since=@{since} --output=cat -u lt-api -u lt-worker | grep '^Stopped '")
    assert order.split() == ["Stopped", "lt-worker.service", "-", "lt-worker.", "Stopped", "lt-api.service", "-", "lt-api."]
    assert not services(*up, state="stopped").json["changed"]
    assert actions(services(*up)) == {"lt-api": "start", "lt-worker": "start"}


def test_disabled_while_it_runs(host, services, up):
    done = services({**up[1], "enabled": False})
    assert done.json["changed"] and actions(done) == {"lt-worker": "none"}
    assert host.show("lt-worker", "UnitFileState") == "disabled"


def test_absent_takes_container_and_start_at_boot(host, services, up):
    host.sh("sed -i /ExecStopPost/d /etc/systemd/system/lt-api.service && systemctl daemon-reload")
    foreseen, done = services(*up, state="absent", check=True), services(*up, state="absent")
    assert actions(done) == actions(foreseen) == {"lt-api": "stop", "lt-worker": "stop"}
    assert host.sh("docker ps -aq --filter name=lt-") == ""
    assert host.show("lt-api", "UnitFileState") == host.show("lt-worker", "UnitFileState") == "disabled"
    assert not services(*up, state="absent").json["changed"]
    host.sh("rm /etc/systemd/system/lt-api.service; systemctl daemon-reload")
    assert not services(*up, state="absent").json["changed"], "a unit that is gone is absent"


def test_a_container_that_is_left_over(host, services):
    host.sh("docker create --name lt-left lago-test:1 sleep 1")
    assert actions(services({"name": "lt-left"}, state="absent")) == {"lt-left": "remove"}
    assert host.sh("docker ps -aq --filter name=lt-left") == ""


def test_a_timer_has_no_container(host, services):
    host.write("/etc/systemd/system/lt-hourly.timer", "[Timer]\nOnCalendar=hourly\n[Install]\nWantedBy=timers.target\n")
    host.write("/etc/systemd/system/lt-hourly.service", "[Service]\nType=oneshot\nExecStart=true\n")
    timer = {"name": "lt-hourly.timer"}
    done = services(timer)
    assert done.json["services"][0]["active_state"] == "active" and done.json["services"][0]["enabled"]
    assert not services(timer).json["changed"]


def test_dockers_own_health_check_is_waited_for(host, services):
    unit = host.add_unit("lt-checked", arguments="--health-cmd 'test -e /tmp/well' --health-interval 500ms".replace("'", '"'),
                         command='sh -c "trap exit TERM; sleep 3; mkdir -p /tmp; echo >/tmp/well; sleep 100000 & wait"')
    began = time.monotonic()
    done = services(unit)
    assert done.service("lt-checked")["healthy"] and time.monotonic() - began > 2.5, done.json


def test_a_start_that_somebody_else_began_is_waited_for(host, services):
    unit = {**host.add_unit("lt-slow", prepare="ExecStartPre=sleep 4", command=SERVER), "health": HEALTH}
    host.sh("systemctl daemon-reload; systemctl enable --now --no-block lt-slow; sleep 1")
    begun = host.show("lt-slow", "InvocationID")
    done = services(unit)
    assert not done.json.get("failed") and not done.json["changed"], done.json
    assert host.show("lt-slow", "InvocationID") == begun and done.service("lt-slow")["healthy"]


def test_a_start_under_way_with_an_old_configuration_is_not_interrupted_but_made_good(host, services):
    unit = host.add_unit("lt-slow", prepare="ExecStartPre=sleep 3")
    host.sh("systemctl daemon-reload; systemctl enable lt-slow")
    # The container is made after the preparation; what counts is what the label says in the end.
    host.sh("sed -i 's/^ExecStart=/ExecStartPre=sleep 3\\nExecStart=/' /etc/systemd/system/lt-slow.service")
    host.sh("systemctl daemon-reload; systemctl start --no-block lt-slow; sleep 4.5")
    host.write("/srv/lt-slow/env", "A=5\n")
    done = services(unit)
    assert actions(done) == {"lt-slow": "restart"} and done.service("lt-slow")["reason"] == "its configuration changed"
    assert host.sh("docker exec lt-slow sh -c 'echo $A'") == "5"


def test_two_runs_at_once_take_turns(host, services, pair):
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        both = [one.result() for one in [pool.submit(services, *pair) for _ in range(2)]]
    assert sorted(one.json["changed"] for one in both) == [False, True]
    assert not any(one.json.get("failed") for one in both)


def test_a_container_without_the_label_is_warned_about(host, services):
    unit = host.add_unit("lt-bare")
    host.sh("sed -i 's/mash.lago.config=/another.label=/' /etc/systemd/system/lt-bare.service")
    done = services(unit)
    assert "mash.lago.config" in str(done.json["warnings"])
    assert actions(services(unit)) == {"lt-bare": "restart"}
