# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration and seeding, by release: what a deployment has to prepare, and what it may not do."""
import json
import subprocess

import pytest

from conftest import ENCODED, PASSWORD, ROOT, until

RELEASES = json.loads((ROOT / "module_utils/lago/releases.json").read_text(encoding="utf-8"))["releases"]
ORGANIZATION = {"LAGO_CREATE_ORG": "true", "LAGO_ORG_USER_EMAIL": "first@example.com", "LAGO_ORG_USER_PASSWORD": "s3cret $x",
                "LAGO_ORG_NAME": "First"}


def newest(lago):
    return lago.sql("SELECT max(version) FROM schema_migrations")


@pytest.mark.parametrize("version", ["1.20.0", "1.29.0", "1.31.0", "1.34.0"])
def test_a_fresh_database_has_the_release_s_newest_migration(lago, version):
    done = lago.create_database().task(version, "db:migrate")
    assert done.rc == 0, done.output
    assert newest(lago) == RELEASES[f"v{version}"]


@pytest.mark.parametrize("password", ["wrong", PASSWORD.replace("%", "")])
def test_a_wrong_or_unencoded_password_does_not_get_in(lago, password):
    lago.create_database()
    lago.env["DATABASE_URL"] = lago.env["DATABASE_URL"].replace(ENCODED, password)
    done = lago.task("1.31.0", "db:migrate")
    assert done.rc != 0
    assert "password authentication failed" in done.output or "bad URI" in done.output


def test_the_stops_on_the_way_can_be_climbed_one_by_one(lago):
    lago.create_database()
    for version in ("1.20.0", "1.25.0", "1.28.1", "1.29.0", "1.31.0", "1.32.0", "1.42.0"):
        done = lago.task(version, "db:migrate")
        assert done.rc == 0, done.output
        assert newest(lago) == RELEASES[f"v{version}"]


def test_a_database_that_is_too_old_is_refused_by_1_31(lago):
    lago.create_database()
    lago.sql("CREATE TABLE schema_migrations (version varchar PRIMARY KEY); INSERT INTO schema_migrations VALUES ('20250120151959');"
             f"ALTER TABLE schema_migrations OWNER TO {lago.database}")
    assert "old LAGO version" in lago.task("1.31.0", "db:migrate").output


@pytest.mark.parametrize("version", ["1.25.0", "1.31.0"])
def test_an_extension_that_another_role_made_is_in_the_way(lago, version):
    lago.create_database().sql("CREATE EXTENSION unaccent")
    done = lago.task(version, "db:migrate")
    assert done.rc != 0
    assert ("must be owner of extension unaccent" if version == "1.31.0" else "already exists") in done.output


def test_without_the_schema_s_file_the_migrations_run_and_the_extension_may_be_there(lago):
    lago.create_database().sql("CREATE EXTENSION unaccent")
    lago.env["SCHEMA"] = "/nonexistent"
    assert lago.task("1.31.0", "db:migrate").rc == 0


def test_a_fresh_1_41_loads_a_schema_that_needs_a_superuser(lago):
    assert "extension \"pg_partman\" is not available" in lago.create_database().task("1.41.0", "db:migrate").output
    lago.on_partman().create_database()
    assert "permission denied to create extension" in lago.task("1.41.0", "db:migrate").output


def test_a_fresh_1_41_by_its_migrations_uses_what_the_server_has(lago):
    lago.env["SCHEMA"] = "/nonexistent"
    assert lago.create_database().task("1.41.0", "db:migrate").rc == 0
    assert lago.sql("SELECT relkind FROM pg_class WHERE relname = 'enriched_events'") == "r"
    lago.on_partman().create_database()
    assert "permission denied to create extension" in lago.task("1.41.0", "db:migrate").output
    lago.sql(f"CREATE SCHEMA IF NOT EXISTS partman; CREATE EXTENSION pg_partman SCHEMA partman; GRANT ALL ON SCHEMA partman TO {lago.database};"
             f"GRANT ALL ON ALL TABLES IN SCHEMA partman TO {lago.database};"
             f"GRANT EXECUTE ON ALL ROUTINES IN SCHEMA partman TO {lago.database}")
    done = lago.task("1.41.0", "db:migrate")
    assert done.rc == 0, done.output
    assert lago.sql("SELECT count(*) FROM partman.part_config") == "1"


def test_two_migrations_at_once_are_refused(lago):
    lago.create_database()
    holder = subprocess.Popen(["docker", "exec", f"{lago.network}-pg", "psql", "-U", "postgres", "-d", lago.database,
                               "-c", "SELECT pg_advisory_lock(4242), pg_sleep(20)"], stdout=subprocess.DEVNULL)
    try:
        until(lambda: lago.sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") != "0")
        assert "ConcurrentMigrationError" in lago.task("1.31.0", "db:migrate").output
    finally:
        lago.sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        holder.wait()


def test_predefined_roles_are_missing_after_a_load_and_can_be_seeded_from_1_41_1_on(lago):
    lago.create_database()
    assert lago.task("1.41.0", "roles:seed_predefined").rc != 0
    lago.env["SCHEMA"] = "/nonexistent"
    assert lago.task("1.42.0", "db:migrate").rc == 0
    lago.sql("DELETE FROM roles")
    assert lago.task("1.42.0", "roles:seed_predefined").rc == 0
    assert lago.sql("SELECT count(*) FROM roles") == "3"


def test_the_first_organization_needs_its_variables_and_comes_once(lago):
    assert lago.create_database().task("1.31.0", "db:migrate").rc == 0
    lago.env.update(ORGANIZATION, LAGO_CREATE_ORG="True")
    assert lago.boot().rc == 0
    assert lago.sql("SELECT count(*) FROM users") == "0"
    lago.env["LAGO_CREATE_ORG"] = "true"
    for _ in range(2):
        assert lago.boot().rc == 0
    assert lago.sql("SELECT count(*) || ' ' || (SELECT count(*) FROM organizations) FROM users") == "1 1"
    del lago.env["LAGO_ORG_NAME"]
    assert "LAGO_ORG_NAME" in lago.boot().output


def test_the_first_organization_s_key_is_required_up_to_1_21(lago):
    assert lago.create_database().task("1.20.0", "db:migrate").rc == 0
    lago.env.update(ORGANIZATION)
    assert "LAGO_ORG_API_KEY" in lago.boot("1.20.0").output
    lago.env["LAGO_ORG_API_KEY"] = "a-key"
    assert lago.boot("1.20.0").rc == 0


def test_the_first_organization_needs_the_roles_from_1_40_on(lago):
    lago.env.update(ORGANIZATION, SCHEMA="/nonexistent")
    assert lago.create_database().task("1.42.0", "db:migrate").rc == 0
    lago.sql("DELETE FROM roles")
    assert lago.boot("1.42.0").rc != 0
    assert lago.task("1.42.0", "roles:seed_predefined").rc == 0
    assert lago.boot("1.42.0").rc == 0


def test_the_image_s_own_script_needs_a_right_that_the_role_does_not_have(lago):
    lago.create_database()
    done = lago.engine.once("getlago/api:v1.31.0", "./scripts/migrate.sh", options=lago.arguments())
    assert "permission denied to create database" in done.output
