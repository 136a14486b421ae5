# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of a real Engine."""
import concurrent.futures
import json


def inspected(engine, name):
    return json.loads(engine.docker("network", "inspect", name))[0]


def names(engine):
    return engine.docker("network", "ls", "--format", "{{.Name}}").split()


def test_a_network_is_made_once_as_asked(lago_docker, docker_engine, network):
    wanted = {"name": network, "internal": True, "labels": {"mash.lago": "yes"},
              "driver_options": {"com.docker.network.driver.mtu": 1450, "com.docker.network.bridge.enable_icc": False}}
    foreseen = lago_docker(check=True, networks=[wanted])
    assert foreseen["changed"] and "id" not in foreseen["networks"][0]
    assert network not in names(docker_engine)

    made = lago_docker(networks=[wanted])
    assert made["changed"] and made["networks"][0]["action"] == "create"
    assert made["diff"] == foreseen["diff"]
    found = inspected(docker_engine, network)
    assert found["Id"] == made["networks"][0]["id"]
    assert found["Driver"] == "bridge" and found["Internal"] is True and found["EnableIPv6"] is False
    assert found["Options"] == {"com.docker.network.driver.mtu": "1450", "com.docker.network.bridge.enable_icc": "false"}
    assert found["Labels"] == {"mash.lago": "yes"}

    for check in (False, True):
        again = lago_docker(check=check, networks=[wanted])
        assert not again["changed"] and "diff" not in again and not again["warnings"]
        assert again["networks"] == [{"name": network, "id": found["Id"], "action": "none", "differences": []}]


def test_a_network_with_other_settings_is_reported_and_kept(lago_docker, docker_engine, network):
    before = lago_docker(networks=[{"name": network}])["networks"][0]["id"]
    kept = lago_docker(networks=[{"name": network, "internal": True, "labels": {"a": "b"}}])
    assert not kept["changed"]
    assert kept["networks"][0]["differences"] == ["internal is off, should be on", "label a is not set, should be b"]
    assert network in kept["warnings"][0] and "docker network rm" in kept["warnings"][0]
    assert inspected(docker_engine, network)["Id"] == before


def test_a_network_in_use_is_not_removed(lago_docker, docker_engine, network, busybox):
    lago_docker(networks=[{"name": network}])
    container = f"{network}-user"
    docker_engine.docker("run", "-d", "--name", container, "--network", network, busybox, "sleep", "600")
    try:
        absent = [{"name": network, "state": "absent"}]
        refused = lago_docker(networks=absent)
        assert refused["failed"] and refused["error_kind"] == "network_in_use"
        assert refused["containers"] == [container] and container in refused["msg"]
        foreseen = lago_docker(check=True, networks=absent)
        assert foreseen["changed"] and container in foreseen["warnings"][0]
    finally:
        docker_engine.docker("rm", "-f", container)
    removed = lago_docker(networks=absent)
    assert removed["changed"] and removed["networks"][0]["action"] == "remove"
    assert network not in names(docker_engine)
    assert not lago_docker(networks=absent)["changed"]


def test_several_runs_at_once_make_one_network(lago_docker, docker_engine, network):
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: lago_docker(networks=[{"name": network}]), range(6)))
    assert not any(result.get("failed") for result in results), results
    assert names(docker_engine).count(network) == 1
    assert sum(result["changed"] for result in results) == 1
    assert {result["networks"][0]["id"] for result in results} == {inspected(docker_engine, network)["Id"]}


def test_ipv6_is_given_or_refused_with_a_next_step(lago_docker, docker_engine, network):
    """An Engine before 27.0 has no IPv6 ranges of its own."""
    result = lago_docker(networks=[{"name": network, "enable_ipv6": True}])
    if result.get("failed"):
        assert result["error_kind"] == "address_pool_exhausted" and "enable_ipv6" in result["msg"]
        assert network not in names(docker_engine)
    else:
        assert inspected(docker_engine, network)["EnableIPv6"] is True
        assert not lago_docker(networks=[{"name": network, "enable_ipv6": True}])["changed"]


def test_what_the_engine_refuses_has_a_next_step(lago_docker, network):
    own = lago_docker(networks=[{"name": "none", "state": "absent"}])
    if not own.get("containers"):  # another user of this Engine may run some without a network
        assert own["error_kind"] == "predefined_network" and "another name" in own["msg"]
    unknown = lago_docker(networks=[{"name": network, "driver": "no-such-driver"}])
    assert unknown["error_kind"] == "unknown_driver" and "no-such-driver" in unknown["msg"]
    odd = lago_docker(networks=[{"name": network, "driver_options": {"com.docker.network.driver.mtu": "many"}}])
    assert odd["failed"] and "mtu" in odd["msg"]


def test_what_was_done_before_a_failure_is_said(lago_docker, docker_engine, network):
    failed = lago_docker(networks=[{"name": network}, {"name": f"{network}-b", "driver": "no-such-driver"}])
    assert failed["failed"] and failed["changed"] is True
    assert failed["done"] == [f"made the network {network}"]
    assert network in names(docker_engine)
