# SPDX-License-Identifier: GPL-3.0-or-later
"""`bundle exec rails TASK`: the tasks that a deployment calls."""
import json
import os
import sys

import psycopg2

from standin import database, queues
from standin.boot import BootError, boot
from standin.release import RELEASES, VERSION, since
from standin.uri import InvalidURI, parse


def create_database():
    """rails db:create: connects to `postgres` and asks for the permission before it looks whether the database is there."""
    address = parse(os.environ["DATABASE_URL"])
    connection = psycopg2.connect(host=address.host, port=address.port or 5432, user=address.user,
                                  password=address.password, dbname="postgres", connect_timeout=5)
    connection.autocommit = True
    try:
        connection.cursor().execute(f'CREATE DATABASE "{address.path[1:]}"')
    except psycopg2.errors.DuplicateDatabase:
        print(f"Database '{address.path[1:]}' already exists")
    finally:
        connection.close()


def seed_roles():
    with database.connected() as cursor:
        database.seed_roles(cursor)


def print_version():
    with database.connected() as cursor:
        newest = database.value(cursor, "SELECT max(version) FROM schema_migrations")
    print(json.dumps({"version": VERSION, "schema_version": newest}))


def perform_required_jobs():
    queues.jobs().lpush("queue:low_priority", json.dumps({"done": "standin:upgrade-jobs"}))


TASKS = {  # first release that has it, what it does
    "db:create": ((0, 1), create_database),
    "db:migrate": ((0, 1), database.migrate),
    "db:migrate:primary": ((0, 1), database.migrate),
    "signup:seed_organization": ((0, 17), database.seed_organization),
    "upgrade:perform_required_jobs": ((1, 26), perform_required_jobs),
    "roles:seed_predefined": ((1, 41, 1), seed_roles),
    "lago:version": ((1, 51), print_version),
}


def tasks():
    """What this release has."""
    return [name for name, (first, _) in TASKS.items() if since(*first)]


def main(arguments):
    assert VERSION in RELEASES, f"no such release: {VERSION}"
    if arguments[:1] == ["exec"]:
        arguments = arguments[1:]
    if arguments[:1] in (["rails"], ["rake"]):
        arguments = arguments[1:]
    task = arguments[0] if arguments else ""
    if task not in tasks():
        sys.exit(f"Unrecognized command \"{task}\" (Rails::Command::UnrecognizedCommandError)")
    try:
        boot()
        TASKS[task][1]()
    except (BootError, InvalidURI, OSError, psycopg2.Error, database.MigrationError) as error:
        sys.exit(f"rails aborted!\n{error}")


if __name__ == "__main__":
    main(sys.argv[1:])
