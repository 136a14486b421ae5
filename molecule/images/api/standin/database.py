# SPDX-License-Identifier: GPL-3.0-or-later
"""Lago's tables, as far as a deployment meets them: how they come to be and what is seeded."""
import contextlib
import hashlib
import os
import pathlib
import secrets
import subprocess

import psycopg2

from standin import uri
from standin.release import RELEASES, VERSION, numbers, since

PSQL = "/usr/lib/postgresql/17/bin/psql"
STRUCTURE = "/app/db/structure.sql"
ROLES = ("admin", "finance", "manager")

OLD, SQUASHED = "20250120151959", "20250122112050"
CREATE_ROLES, SETUP_PARTMAN, TRIGRAMS = "20251221174251", "20260109092932", "20260422085615"
FIRST = SQUASHED if since(1, 31) else "20240311091817"

TABLES = """
CREATE TABLE users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text, password_digest text);
CREATE TABLE organizations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text);
CREATE TABLE memberships (user_id uuid, organization_id uuid, role text);
CREATE TABLE api_keys (organization_id uuid, value text);
CREATE TABLE payment_providers (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), secrets text);
CREATE TABLE integrations (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), secrets text);
"""
ROLES_TABLE = "CREATE TABLE roles (code text UNIQUE, admin boolean);"
EVENTS = 'CREATE TABLE enriched_events (id uuid DEFAULT gen_random_uuid(), "timestamp" timestamp NOT NULL)'
PARTITIONED = f'{EVENTS} PARTITION BY RANGE ("timestamp");'
VERSIONS = "CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"


class MigrationError(Exception):
    """What Rails prints when a migration fails."""


@contextlib.contextmanager
def connected():
    """A connection with the URL that Lago is given; each statement commits."""
    address = uri.parse(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(host=address.host, port=address.port or 5432, user=address.user,
                                  password=address.password, dbname=address.path[1:], connect_timeout=5)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def value(cursor, statement, *arguments):
    cursor.execute(statement, arguments)
    row = cursor.fetchone()
    return row[0] if row else None


def migrations():
    """Those of this release that stand in for all of them, in their order."""
    newest = RELEASES[VERSION]
    known = {migration for v, migration in RELEASES.items() if numbers(v) <= numbers(VERSION)}
    known |= {FIRST, SQUASHED} if since(1, 19, 1) else {FIRST}
    known |= {OLD} if since(1, 19, 1) and not since(1, 31) else set()
    for version, first in ((CREATE_ROLES, (1, 39)), (SETUP_PARTMAN, (1, 41)), (TRIGRAMS, (1, 48))):
        known |= {version} if since(*first) else set()
    return sorted(version for version in known if FIRST <= version <= newest)


# --- what single migrations do

def create_tables(cursor):
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pgcrypto")
    cursor.execute(f"CREATE EXTENSION {'IF NOT EXISTS ' if since(1, 31) else ''}unaccent")
    cursor.execute(TABLES + (f"{EVENTS};" if not since(1, 41) else ""))


def create_roles(cursor):
    cursor.execute(ROLES_TABLE)
    seed_roles(cursor)


def set_up_partman(cursor):
    """Asks whether the server has the files, not whether the extension may be made."""
    cursor.execute("DROP TABLE IF EXISTS enriched_events")
    if not value(cursor, "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_partman'"):
        cursor.execute(EVENTS)
        return
    cursor.execute("CREATE SCHEMA IF NOT EXISTS partman")
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_partman SCHEMA partman")
    cursor.execute(PARTITIONED)
    cursor.execute("SELECT partman.create_parent(p_parent_table := 'public.enriched_events', p_control := 'timestamp', "
                   "p_interval := '1 month', p_type := 'range')")


def add_trigrams(cursor):
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE EXTENSION IF NOT EXISTS btree_gin")


ACTIONS = {FIRST: create_tables, CREATE_ROLES: create_roles, SETUP_PARTMAN: set_up_partman, TRIGRAMS: add_trigrams}


# --- rails db:migrate

def structure():
    """A dump with --clean of the release's schema: no data but the versions."""
    extensions = ["pgcrypto", "unaccent"] + (["pg_trgm", "btree_gin"] if since(1, 48) else [])
    lines = [f"DROP EXTENSION IF EXISTS {name};" for name in extensions]
    if since(1, 41):
        lines += ["DROP EXTENSION IF EXISTS pg_partman;", "DROP SCHEMA IF EXISTS partman;", "CREATE SCHEMA partman;",
                  "CREATE EXTENSION IF NOT EXISTS pg_partman WITH SCHEMA partman;"]
    lines += [f"CREATE EXTENSION IF NOT EXISTS {name} WITH SCHEMA public;" for name in extensions]
    events = PARTITIONED + "CREATE TABLE enriched_events_default PARTITION OF enriched_events DEFAULT;"
    lines += [TABLES, ROLES_TABLE if since(1, 39) else "", events if since(1, 41) else f"{EVENTS};", VERSIONS]
    lines += [f"INSERT INTO schema_migrations VALUES ('{version}');" for version in migrations()]
    return "\n".join(lines)


def load_structure():
    address = uri.parse(os.environ["DATABASE_URL"])
    environment = {**os.environ, "PGHOST": address.host, "PGPORT": str(address.port or 5432), "PGUSER": address.user or "",
                   "PGPASSWORD": address.password or ""}
    done = subprocess.run([PSQL, "--set", "ON_ERROR_STOP=1", "--quiet", "--no-psqlrc", "--output", "/dev/null",
                           address.path[1:]], input=structure(), text=True, env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise MigrationError(f"{done.stderr}\nrails aborted!\nfailed to execute:\npsql --set ON_ERROR_STOP=1 (status {done.returncode})")


def migrate():
    with connected() as cursor:
        if not value(cursor, "SELECT pg_try_advisory_lock(4242)"):
            raise MigrationError("ActiveRecord::ConcurrentMigrationError: Cannot run migrations because another migration "
                                 "process is currently running.")
        fresh = value(cursor, "SELECT to_regclass('public.schema_migrations')") is None
        if fresh and since(1, 27, 1) and pathlib.Path(os.environ.get("SCHEMA", STRUCTURE)).exists():
            load_structure()
        elif fresh:
            cursor.execute(VERSIONS)
        run_migrations(cursor)


def run_migrations(cursor):
    cursor.execute("SELECT version FROM schema_migrations")
    there = {row[0] for row in cursor.fetchall()}
    if since(1, 31) and OLD in there and SQUASHED not in there:
        raise MigrationError("You are migrating from an old LAGO version")
    for version in migrations():
        if version in there:
            continue
        print(f"== {version}: migrating", flush=True)
        cursor.execute("BEGIN")
        try:
            ACTIONS.get(version, lambda _: None)(cursor)
            cursor.execute("INSERT INTO schema_migrations VALUES (%s)", (version,))
        except psycopg2.Error as error:
            cursor.execute("ROLLBACK")
            raise MigrationError("StandardError: An error has occurred, this and all later migrations canceled:\n\n"
                                 f"{type(error).__name__}: {error}") from error
        cursor.execute("COMMIT")


# --- what is seeded

def seed_roles(cursor):
    for role in ROLES:
        cursor.execute("INSERT INTO roles VALUES (%s, %s) ON CONFLICT DO NOTHING", (role, role == "admin"))


def digest(password, salt=None):
    salt = salt or secrets.token_hex(8)
    return f"{salt}:{hashlib.sha256((salt + password).encode()).hexdigest()}"


def password_fits(password, stored):
    return digest(password, stored.partition(":")[0]) == stored


def seed_organization():
    if os.environ.get("LAGO_CREATE_ORG") != "true":
        return
    given = {name: os.environ.get(f"LAGO_ORG_{name}") for name in ("USER_EMAIL", "USER_PASSWORD", "NAME")}
    for name, text in given.items():
        if not text:
            raise MigrationError(f"RuntimeError: Please provide LAGO_ORG_{name}")
    with connected() as cursor:
        user, organization = find_or_create(cursor, given)
        key = os.environ.get("LAGO_ORG_API_KEY")
        if not key and not since(1, 22):
            raise MigrationError("RuntimeError: Please provide LAGO_ORG_API_KEY")
        if since(1, 40) and not value(cursor, "SELECT 1 FROM roles WHERE admin"):
            raise MigrationError("ActiveRecord::RecordInvalid: Validation failed: Code can't be blank, Name can't be blank")
        if not value(cursor, "SELECT 1 FROM memberships WHERE user_id = %s AND organization_id = %s", user, organization):
            cursor.execute("INSERT INTO memberships VALUES (%s, %s, 'admin')", (user, organization))
        if not value(cursor, "SELECT 1 FROM api_keys WHERE organization_id = %s AND value = coalesce(%s, value)",
                     organization, key or None):
            cursor.execute("INSERT INTO api_keys VALUES (%s, %s)", (organization, key or secrets.token_hex(16)))


def find_or_create(cursor, given):
    user = value(cursor, "SELECT id FROM users WHERE email = %s", given["USER_EMAIL"]) or value(
        cursor, "INSERT INTO users (email, password_digest) VALUES (%s, %s) RETURNING id", given["USER_EMAIL"],
        digest(given["USER_PASSWORD"]))
    organization = value(cursor, "SELECT id FROM organizations WHERE name = %s", given["NAME"]) or value(
        cursor, "INSERT INTO organizations (name) VALUES (%s) RETURNING id", given["NAME"])
    return user, organization
