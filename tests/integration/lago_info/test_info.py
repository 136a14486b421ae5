# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_info on a whole deployment, on parts of one, and on a machine that has nothing."""
import contextlib
import json
import os
import socket
import time

import pytest
import servers_redis


def what(result):
    return [problem["what"] for problem in result["problems"]]


def test_a_fresh_machine(run_module, returned_matches_docs, tmp_path):
    units = [{"name": f"mash-lago-{kind}", "kind": kind} for kind in ("api", "worker", "clock", "front", "pdf")]
    for check in (True, False):
        result = run_module("lago_info", {
            "units": units, "systemd_path": f"{tmp_path}/none", "env_file": f"{tmp_path}/none/env", "base_path": f"{tmp_path}/none",
            "docker_host": f"unix://{tmp_path}/docker.sock", "target_version": "v1.51.0", "refuse": ["upgrade", "secrets"],
            "expected_secrets": {"ENCRYPTION_PRIMARY_KEY": "pl4nted"}, "warn": True}, check=check,
            env={**os.environ, "PATH": str(tmp_path)}).json
        returned_matches_docs("lago_info", result)
        assert result["installed"] is False and result["base_path_exists"] is False and result["problems"] == []
        assert result["upgrade"]["allowed"] and result["upgrade"]["verdict"] == "fresh" and "warnings" not in result
        assert result["version"] == {"units": None, "schema": [], "newest_migration": None}
        assert [unit["file_exists"] for unit in result["units"]] == [False] * 5


def test_all_is_well(world, info):
    result = info(world, known_email="a@b.c")
    assert result["problems"] == [] and result["installed"] and result["base_path_exists"]
    assert result["version"] == {"units": "v1.31.0", "schema": ["v1.31.0"], "newest_migration": "20250611083925"}
    assert result["health"] == {"healthy": True, "status": 200, "version": "1.31.0"}
    assert (result["signup"]["api"], result["signup"]["front"]) == ("closed", "closed")
    for name in ("redis", "redis_cache"):
        assert result[name]["fit"] and result[name]["reachable"] and result[name]["problems"] == []
        assert result[name]["connection"]["way"] == "container" and result[name]["connection"]["container"] == "mash-lago-api"
    assert result["database"]["reached"] and result["database"]["connection"]["way"] == "container"
    assert result["database"]["connection"]["user"] == "lago"
    assert result["database"]["roles"] is None and result["database"]["partitions"] == "none"
    assert result["units"][0] == {
        "name": "mash-lago-api.service", "kind": "api", "file_exists": True, "active_state": "active", "sub_state": "running",
        "enabled": True, "running": True, "image": "docker.io/getlago/api:v1.31.0",
        "file_image": "docker.io/getlago/api:v1.31.0", "config_label": "c0ffee"}
    checked = info(world, check=True, known_email="a@b.c")
    assert {**checked, "invocation": None} == {**result, "invocation": None}


def test_only_what_is_asked_for(world, info):
    result = info(world, gather=[])
    assert not {"health", "signup", "redis", "redis_cache", "database", "upgrade"} & set(result)
    assert result["units"][0]["active_state"] is None and result["units"][0]["running"] is True
    result = info(world, gather=["schema"])
    assert result["version"]["schema"] == ["v1.31.0"] and "roles" not in result["database"]
    assert not {"health", "signup", "redis"} & set(result)


@pytest.mark.parametrize(("tag", "env", "openness"), [
    ("v1.31.0", ["LAGO_DISABLE_SIGNUP=true"], "closed"), ("v1.31.0", ["LAGO_DISABLE_SIGNUP=True"], "open"),
    ("v1.31.0", ["LAGO_DISABLE_SIGNUP=\"true\""], "open"), ("v1.31.0", ["LAGO_SIGNUP_DISABLED=true"], "open"),
    ("v1.6.0", ["LAGO_SIGNUP_DISABLED=true"], "closed"), ("v1.6.0", ["LAGO_DISABLE_SIGNUP=true"], "open"),
    ("v1.6.1", ["LAGO_DISABLE_SIGNUP=true"], "closed"), ("v1.31.0", [], "open"),
    ("v0.41.0-beta", ["LAGO_DISABLE_SIGNUP=true", "LAGO_SIGNUP_DISABLED=true"], "open")])
def test_sign_up_by_the_environment_of_what_runs(world, info, tag, env, openness):
    world.unit("api", tag=tag, env=env)
    world.env(**{"LAGO_DISABLE_SIGNUP": None, **dict(line.split("=") for line in env)})
    result = info(world, gather=["signup"])
    assert result["signup"]["api"] == openness and not any("another switch" in text for text in what(result))
    assert ("anybody can sign up through the API, although the front hides it" in what(result)) == (openness == "open")


def test_a_switch_that_comes_with_the_next_start_only(world, info):
    world.env(LAGO_DISABLE_SIGNUP="false")
    (world.folder / "api/front").write_text("LAGO_DISABLE_SIGNUP=\"true\"\n")
    result = info(world, gather=["signup"], front_env_file=str(world.folder / "api/front"))
    assert what(result) == [f"mash-lago-{kind}.service runs with another switch for sign-up than its env file has"
                            for kind in ("api", "front")]
    assert result["problems"][0]["why"] == "LAGO_DISABLE_SIGNUP is true in the container only"


def test_services_while_the_api_does_not_run(world, info, tmp_path):
    """The container of the URL's host is entered; without one the host is reached as this machine sees it."""
    world.unit("api", running=False)
    for name in ("mash-postgres", "mash-redis"):
        world.engine.add(name, pid=world.pids["api"])
    with servers_redis.server(servers_redis.find_servers()["redis"], tmp_path / "redis") as here:
        world.env(LAGO_REDIS_CACHE_URL=f"redis://127.0.0.1:{here.port}")
        result = info(world, gather=["redis", "database"])
    assert result["database"]["connection"]["container"] == "mash-postgres" and result["database"]["reached"]
    assert result["redis"]["connection"]["container"] == "mash-redis" and result["redis"]["fit"]
    assert result["redis_cache"]["connection"] == {"way": "tcp", "host": "127.0.0.1", "port": here.port, "tls": False}


def test_sign_up_by_the_probe(world, info):
    world.unit("api", env=["LAGO_DISABLE_SIGNUP=false"])
    world.env(LAGO_DISABLE_SIGNUP="false")
    result = info(world, gather=["signup"], signup_probe="blank")
    assert result["signup"]["api"] == "closed" and "says that sign-up is disabled" in result["signup"]["evidence"]["api"]


def test_what_does_not_run_is_unknown(world, info):
    for kind in world.UNITS:
        world.unit(kind, running=False, active="failed", sub="failed")
    result = info(world, timeout=10)
    assert result["signup"]["api"] == result["signup"]["front"] == "unknown"
    assert not result["health"]["healthy"] and result["health"]["error_kind"] == "container_not_running"
    assert not result["redis"]["reachable"] and not result["redis"]["fit"] and not result["database"]["reached"]
    whats = what(result)
    assert [f"mash-lago-{kind}.service is not running" for kind in world.UNITS] == whats[:3]
    assert "the API is not healthy" in whats and "Redis cannot be used" in whats and "the database cannot be used" in whats
    assert all(problem["why"] for problem in result["problems"])


def test_units_that_are_missing_or_outdated(world, info):
    (world.systemd / "mash-lago-worker.service").unlink()
    world.unit("api", tag="v1.32.0", container_tag="v1.31.0")
    result = info(world, gather=["units"])
    assert what(result) == ["mash-lago-api.service runs another image than its file names", "mash-lago-worker.service is not installed"]
    assert result["units"][0]["image"].endswith(":v1.31.0") and result["units"][0]["file_image"].endswith(":v1.32.0")
    assert result["version"]["units"] == "v1.31.0"


UPGRADES = [  # schema, deployed tag, target, verdict, stops
    ("20250611083925", "v1.31.0", "v1.31.0", "same", []),
    ("20250611083925", "v1.31.0", "v1.32.0", "allowed", []),
    ("20250611083925", "v1.31.0", "v1.42.0", "jump", ["v1.32.0", "v1.42.0"]),
    ("20250611083925", "v1.42.0", "v1.42.0", "jump", ["v1.32.0", "v1.42.0"]),  # its migration never ran
    ("20250724104251", "v1.31.0", "v1.31.0", "downgrade", []),
    ("20250122112050", "v1.20.1", "v1.25.0", "allowed", []),  # v1.19.1 shares this schema
    ("20250122112050", "v1.19.1", "v1.25.0", "jump", ["v1.20.0", "v1.25.0"]),
    ("20250611083926", "v1.31.0", "v1.32.0", "allowed", []),  # no release that is known
    ("20250611083925", "latest", "v1.42.0", "jump", ["v1.32.0", "v1.42.0"]),
    ("20250611083925", "v1.31.0", "latest", "unchecked", []),
    ("20250611083926", "latest", "v1.42.0", "unchecked", []),
    ("", "v1.42.0", "v1.31.0", "fresh", []),  # it never came to its first migration
]


@pytest.mark.parametrize("case", UPGRADES, ids=lambda case: f"{case[0]} {case[1]} to {case[2]}")
def test_the_way_to_a_release(world, info, case):
    schema, tag, target, verdict, stops = case
    world.schema(schema)
    world.unit("api", tag=tag)
    result = info(world, gather=[], target_version=target)
    upgrade = result["upgrade"]
    assert (upgrade["verdict"], upgrade["stops"]) == (verdict, stops)
    refused = verdict in ("jump", "downgrade")
    assert upgrade["allowed"] != refused
    assert ("cannot be brought to" in " ".join(what(result))) == refused
    assert bool(result.get("warnings")) == (verdict == "unchecked")
    result = info(world, gather=[], target_version=target, refuse=["upgrade"])
    assert bool(result.get("failed")) == refused
    if refused:
        assert result["error_kind"] == "upgrade_refused" and result["stops"] == stops and target in result["msg"]
        assert all(stop in result["msg"] for stop in stops) and "Deploy " in result["msg"]


def test_secrets_that_would_change(world, info):
    kept = {"SECRET_KEY_BASE": "base-of-the-deployed", "LAGO_ENCRYPTION_PRIMARY_KEY": "primary-of-the-deployed",
            "ENCRYPTION_DETERMINISTIC_KEY": "another-one", "ENCRYPTION_KEY_DERIVATION_SALT": ""}
    result = info(world, gather=[], expected_secrets=kept, refuse=["secrets"])
    assert result["changed_secrets"] == [] and "warnings" not in result
    other = {**kept, "ENCRYPTION_PRIMARY_KEY": "pl4nted-0ther", "SECRET_KEY_BASE": "pl4nted-base"}
    result = info(world, gather=[], expected_secrets=other)
    assert result["changed_secrets"] == ["SECRET_KEY_BASE", "ENCRYPTION_PRIMARY_KEY"]
    assert what(result) == ["ENCRYPTION_PRIMARY_KEY would change"] and len(result["warnings"]) == 1
    for check in (True, False):
        result = info(world, check=check, gather=[], expected_secrets=other, refuse=["secrets"])
        assert result["failed"] and result["error_kind"] == "encryption_change" and "ENCRYPTION_PRIMARY_KEY" in result["msg"]
        assert "unreadable" in result["msg"] and "pl4nted" not in json.dumps(result)
    result = info(world, gather=[], expected_secrets=other, refuse=["secrets"], accept_encryption_change=True)
    assert not result.get("failed") and result["problems"] == [] and "pl4nted" not in json.dumps(result)


def test_a_database_of_newer_releases(world, info):
    world.schema("20260129105200")  # v1.41.0 to v1.41.3
    world.unit("api", tag="v1.41.1")
    world.postgres.psql("""SET ROLE lago; CREATE TABLE roles (id int);
        CREATE TABLE enriched_events (id int, at date NOT NULL) PARTITION BY RANGE (at)""", database="lago")
    result = info(world, gather=["schema", "database"])
    assert result["version"]["schema"] == ["v1.41.0", "v1.41.1", "v1.41.2", "v1.41.3"]
    assert result["database"]["roles"] == 0 and result["database"]["partitions"] == "unregistered"
    assert what(result) == ["Lago's predefined roles are missing", "enriched_events is not registered with pg_partman"]
    world.postgres.psql("INSERT INTO roles VALUES (1), (2), (3)", database="lago")
    result = info(world, gather=["schema", "database"])
    assert result["database"]["roles"] == 3 and what(result) == ["enriched_events is not registered with pg_partman"]


def test_a_database_that_is_behind_or_empty(world, info):
    world.unit("api", tag="v1.32.0")
    assert what(info(world, gather=["schema"])) == ["the database is behind v1.32.0"]
    world.schema("")
    result = info(world, gather=["schema"])
    assert result["version"]["newest_migration"] is None and what(result) == ["Lago has migrated nothing in its database yet"]
    world.postgres.psql("DROP TABLE schema_migrations", database="lago")
    assert what(info(world, gather=["schema"])) == ["Lago has migrated nothing in its database yet"]


URLS = [
    ({"DATABASE_URL": "postgresql://lago:pl4nted-wr0ng@mash-postgres:{pg}/lago"}, "database", "wrong_password"),
    ({"DATABASE_URL": "postgresql://nobody:pl4nted@mash-postgres:{pg}/none"}, "database", "wrong_password"),
    ({"DATABASE_URL": "postgresql://lago:pl4nted%@mash-postgres:{pg}/lago"}, "database", "bad_url"),
    ({"DATABASE_URL": "pl4nted"}, "database", "bad_url"),
    ({"DATABASE_URL": None}, "database", "no_url"),
    ({"DATABASE_URL": "postgresql://lago:pl4nted@no-such-host:{pg}/lago"}, "database", "name_not_found"),
    ({"DATABASE_URL": "postgresql://lago:pl4nted@mash-postgres:1/lago"}, "database", "connection_refused"),
    ({"REDIS_PASSWORD": "pl4nted-wr0ng"}, "redis", "wrong_password"),
    ({"REDIS_PASSWORD": ""}, "redis", "no_auth"),
    ({"REDIS_URL": "redis://mash-redis:1"}, "redis", "connection_refused"),
    ({"REDIS_URL": "redis://no-such-host"}, "redis", "name_not_found"),
    ({"REDIS_URL": "pl4nted"}, "redis", "bad_url"),
    ({"REDIS_URL": "rediss://mash-redis:{redis}"}, "redis", "tls_handshake"),
    ({"LAGO_REDIS_CACHE_PASSWORD": "pl4nted-wr0ng"}, "redis_cache", "wrong_password"),
]


@pytest.mark.parametrize(("changes", "part", "kind"), URLS, ids=[f"{next(iter(case[0]))} {case[2]} {number}"
                                                                 for number, case in enumerate(URLS)])
def test_each_error_has_its_name_and_is_no_failure(world, info, changes, part, kind):
    ports = {"pg": world.postgres.port, "redis": world.redis.port}
    world.env(**{name: value and value.format(**ports) for name, value in changes.items()})
    result = info(world, gather=["redis", "database"], timeout=10)
    assert not result.get("failed") and "pl4nted" not in json.dumps(result)
    assert not result[part].get("reached", result[part].get("reachable")) and result[part]["why"]
    assert result[part]["error_kind"] == kind
    assert [problem["part"] for problem in result["problems"]] == ["database" if part == "database" else "redis"]
    for other in {"database", "redis", "redis_cache"} - {part}:
        assert result[other].get("reached", result[other].get("fit")) is True, other


def test_a_redis_that_may_lose_jobs(world, info):
    with world.redis_after("CONFIG SET maxmemory-policy allkeys-lru", undo="CONFIG SET maxmemory-policy noeviction"):
        result = info(world, gather=["redis"])
    assert result["redis"]["fit"] and what(result) == ["Redis may lose jobs", "the Redis of the cache may lose jobs"]
    assert "allkeys-lru" in result["problems"][0]["why"]


def test_a_redis_that_is_not_fit(world, info):
    with world.redis_after("REPLICAOF 127.0.0.1 1", undo="REPLICAOF NO ONE"):
        result = info(world, gather=["redis"])
    assert not result["redis"]["fit"] and "Redis is not fit for Lago" in what(result)


def test_without_docker_and_systemd(world, info):
    world.engine.answer = (500, json.dumps({"message": "the daemon is ill"}).encode())
    result = info(world, gather=["units"])
    assert what(result) == ["the containers are not known"] and result["units"][0]["running"] is None
    assert "the daemon is ill" in result["problems"][0]["why"]
    world.engine.answer = None
    (world.programs / "systemctl").write_text("#!/bin/sh\necho not what was asked\n")
    result = info(world, gather=["units"])
    assert what(result) == ["the units' states are not known"] and result["units"][0]["running"] is True


def test_what_hangs_does_not_hold_up_the_rest(world, info):
    (world.programs / "systemctl").write_text("#!/bin/sh\nexec sleep 60\n")
    begun = time.monotonic()
    result = info(world, timeout=6, known_email="a@b.c")
    assert time.monotonic() - begun < 30
    assert what(result) == ["the units' states are not known"]
    assert result["health"]["healthy"] and result["redis"]["fit"] and result["database"]["reached"]


def test_an_engine_that_hangs(world, info):
    world.engine.delay = 40
    begun = time.monotonic()
    result = info(world, timeout=6)
    assert time.monotonic() - begun < 30 and "the containers are not known" in what(result)


def test_other_ports(world, info):
    units = [{"name": "mash-lago-api", "kind": "api", "port": 3001}, {"name": "mash-lago-front", "kind": "front", "port": 81}]
    result = info(world, gather=["health", "signup"], units=units)
    assert result["health"]["error_kind"] == "connection_refused" and result["signup"]["front"] == "unknown"
    units = [{"name": "mash-lago-front", "kind": "api", "port": 80}]
    assert info(world, gather=["health"], units=units)["health"]["healthy"]


def test_waiting_for_health(world, info):
    world.unit("api", running=False)
    begun = time.monotonic()
    result = info(world, gather=["health"], wait=2)
    assert 1 < time.monotonic() - begun < 30 and not result["health"]["healthy"]
    begun = time.monotonic()
    world.unit("api")
    assert info(world, gather=["health"], wait=60)["health"]["healthy"] and time.monotonic() - begun < 30


def test_warnings(world, info):
    world.unit("worker", active="failed", sub="failed")
    result = info(world, gather=["units"], warn=True)
    assert len(result["warnings"]) == 1
    assert ("mash-lago-worker.service is not running: systemd says failed (failed). Look at its journal: journalctl -u "
            "mash-lago-worker.service") in json.dumps(result["warnings"])


WRONG = [
    ({"units": [{"name": "x"}]}, "missing required arguments: kind"),
    ({"units": [{"name": "x", "kind": "web"}]}, "value of kind must be one of"),
    ({"units": [{"name": "a b", "kind": "api"}]}, "not the name of a unit"),
    ({"units": [{"name": "", "kind": "api"}]}, "not the name of a unit"),
    ({"units": [{"name": "-x", "kind": "api"}]}, "not the name of a unit"),
    ({"units": [{"name": "x", "kind": "api", "container": "../x"}]}, "container"),
    ({"units": [{"name": "x", "kind": "api", "port": 65536}]}, "'port' is 65536"),
    ({"units": [{"name": "x" * (1 << 20), "kind": "api"}]}, "unit"),
    ({"gather": ["weather"]}, "value of gather must be one or more of"),
    ({"refuse": ["upgrade"]}, "upgrade needs target_version"),
    ({"refuse": ["all"]}, "value of refuse must be one or more of"),
    ({"systemd_path": "relative"}, "not an absolute path"),
    ({"env_file": "relative"}, "not an absolute path"),
    ({"docker_host": "tcp://127.0.0.1:2375"}, "docker_host"),
    ({"expected_secrets": ["A"]}, "expected_secrets"),
    ({"wait": -1}, "wait"),
    ({"timeout": 0}, "timeout"),
    ({"timeout": "soon"}, "unable to convert to int"),
    ({"colour": "red"}, "Unsupported parameters"),
]


@pytest.mark.parametrize(("params", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_options(run_module, params, message):
    for check in (True, False):
        result = run_module("lago_info", params, check=check).json
        assert result["failed"] and message.lower() in result["msg"].lower()


@pytest.mark.parametrize("kind", ["folder", "binary", "fifo", "large", "exported"])
def test_an_env_file_that_is_none(world, info, kind):
    env = world.folder / "api/env"
    env.unlink()
    if kind == "folder":
        env.mkdir()
    elif kind == "fifo":
        os.mkfifo(env)
    else:
        env.write_bytes({"binary": b"DATABASE_URL=\0\xff", "large": b"A=" + b"x" * (2 << 20),
                         "exported": b"export DATABASE_URL=pl4nted\n"}[kind])
    result = info(world, gather=["database", "redis"], timeout=10)
    assert not result.get("failed") and result["problems"] and "pl4nted" not in json.dumps(result)
    if kind in ("folder", "fifo", "large"):
        result = info(world, gather=[], refuse=["secrets"], expected_secrets={"A": "b"})
        assert result["failed"] and str(env) in result["msg"]


@contextlib.contextmanager
def listening(address):
    with socket.create_server((address, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_somebody_else_has(world, info):
    """Told as a problem, refused where that is asked for, and nobody's where one of the deployment's containers has it."""
    with listening("127.0.0.1") as port:
        units = [{"name": "mash-lago-api", "kind": "api"}, {"name": "mash-lago-front", "kind": "front", "publish": str(port)}]
        result = info(world, units=units)
        assert what(result) == [f"port {port}, where mash-lago-front.service is to be reached, is taken"]
        assert result["problems"][0]["why"].endswith(f"(process {os.getpid()}) listens on 127.0.0.1:{port}")
        refused = info(world, units=units, refuse=["ports"])
        assert refused["failed"] and refused["error_kind"] == "port_taken" and f"port {port}" in refused["msg"]
        for publish in (f"10.255.255.1:{port}", f"[::1]:{port}", ""):
            assert what(info(world, units=[units[0], {**units[1], "publish": publish}], refuse=["ports"])) == []
        world.engine.containers["mash-lago-api"]["NetworkSettings"]["Ports"] = {
            "3000/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(port)}]}
        assert what(info(world, units=units, refuse=["ports"])) == []
    for publish in ("0", "65536", "80:80", "a", "127.0.0.1:", "80-90"):
        bad = info(world, units=[{**units[1], "publish": publish}])
        assert bad["failed"] and bad["error_kind"] == "bad_option" and "'publish'" in bad["msg"], publish
