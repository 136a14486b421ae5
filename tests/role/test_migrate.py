# SPDX-License-Identifier: GPL-3.0-or-later
"""The script that migrates before the API starts: when it runs, what it runs, and what it does with a migration that was left behind."""
import json
import pathlib
import subprocess

import pytest
from rendering import values_of
from test_units import ALONE, MASH

HERE = pathlib.Path(__file__).parent
# In the container: each call is written down; `fails` names the one that fails, `closed` how often the database does not answer.
BUNDLE = """#!/bin/sh
shift
echo "$* SCHEMA=${SCHEMA:-} ORG=${LAGO_CREATE_ORG:-} PASSWORD=${LAGO_ORG_USER_PASSWORD:-}" >>"$FOLDER/ran"
echo "output of $*"
! grep -qs "$2" "$FOLDER/fails"
"""
PG_ISREADY = """#!/bin/sh
echo "$*" >>"$FOLDER/asked"
left=$(cat "$FOLDER/closed" 2>/dev/null || echo 0)
[ "$left" -gt 0 ] || exit 0
echo $((left - 1)) >"$FOLDER/closed"
exit 2
"""


@pytest.fixture(scope="module")
def scripts(newest, tmp_path_factory, home):
    """The script of an old and of a new Lago, with one second to wait for the database."""
    cases = [{**MASH, "lago_version": "v1.31.0"}, {**ALONE, "lago_version": "v1.51.0", "lago_organization_name": "Org",
                                                    "lago_organization_user_email": "o@example.com", "lago_organization_user_password": "x"}]
    found = values_of(newest, tmp_path_factory.mktemp("migrate"), home, ["_lago_files"],
                      *({**case, "lago_api_migration_database_wait_seconds": 1} for case in cases))
    return [next(entry["content"] for entry in values["_lago_files"] if entry["path"].endswith("/migrate")) for values in found]


class Target:
    """A host with the script, its files, and a Docker of the test's own."""

    def __init__(self, folder, text, base):
        self.folder = folder
        (folder / "bin").mkdir()
        for name, program in (("bundle", BUNDLE), ("pg_isready", PG_ISREADY), ("sleep", "#!/bin/sh\n")):
            self.write(f"bin/{name}", program, 0o755)
        self.write("docker", (HERE / "docker_for_migrations.py").read_text(), 0o755)
        self.write("migrate", text.replace(f"{base}/api/", f"{folder}/").replace("/usr/bin/env docker", str(folder / "docker")), 0o755)
        self.write("env", "DATABASE_URL=postgresql://lago:p%40ss%2F@db.example:6000/lago\n")
        self.write("image", "sha256:one")

    def write(self, name, text, mode=0o600):
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(mode)

    def read(self, name):
        return (self.folder / name).read_text() if (self.folder / name).exists() else None

    def run(self):
        for name in ("ran", "calls", "asked"):
            (self.folder / name).unlink(missing_ok=True)
        return subprocess.run([self.folder / "migrate"], env={"PATH": "/usr/bin:/bin", "FOLDER": str(self.folder)},
                              capture_output=True, text=True, check=False, timeout=60)

    @property
    def ran(self):
        return [line.split(" ")[1] for line in (self.read("ran") or "").splitlines()]

    @property
    def calls(self):
        return [json.loads(line) for line in (self.read("calls") or "").splitlines()]


@pytest.fixture
def old(scripts, tmp_path):
    return Target(tmp_path, scripts[0], "/mash/lago")


@pytest.fixture
def new(scripts, tmp_path):
    target = Target(tmp_path, scripts[1], "/lago")
    (tmp_path / "app/lib/tasks").mkdir(parents=True)
    target.write("app/lib/tasks/roles.rake", "task seed_predefined: :environment do\n")
    return target


def test_it_runs_once_for_an_image_and_a_database(old):
    first = old.run()
    assert first.returncode == 0, first.stderr
    assert old.ran == ["db:migrate"]
    assert "output of rails db:migrate" in first.stdout
    assert old.run().returncode == 0 and old.ran == []
    old.write("image", "sha256:two")
    assert old.run().returncode == 0 and old.ran == ["db:migrate"]
    old.write("env", "DATABASE_URL=postgresql://lago:p@other.example/lago\n")
    assert old.run().returncode == 0 and old.ran == ["db:migrate"]
    assert old.run().returncode == 0 and old.ran == []


def test_it_gets_an_image_that_is_not_there(old):
    (old.folder / "image").unlink()
    assert old.run().returncode == 0
    assert ["pull", "--quiet", "docker.io/getlago/api:v1.31.0"] in old.calls


def test_it_waits_for_the_database_without_a_secret_in_a_command(old):
    old.write("closed", "1")
    assert old.run().returncode == 0
    asked = old.read("asked").splitlines()
    assert len(asked) == 2
    assert all("--host=db.example --port=6000" in line for line in asked)
    assert not any("p%40ss" in word for call in old.calls for word in call)


@pytest.mark.parametrize("address, host, port", [
    ("db", "db", "5432"), ("db:5433", "db", "5433"), ("10.0.0.1", "10.0.0.1", "5432"), ("db1", "db1", "5432"),
    ("[::1]", "::1", "5432"), ("[fd00::2]:5433", "fd00::2", "5433")])
def test_the_address_is_taken_out_of_any_url(old, address, host, port):
    old.write("env", f"DATABASE_URL=postgresql://lago:p@{address}/lago?sslmode=require&options=a@b\n")
    assert old.run().returncode == 0
    assert f"--host={host} --port={port} " in old.read("asked")


def test_a_database_that_does_not_answer_is_told_of(old):
    old.write("closed", "1000000")
    done = old.run()
    assert done.returncode == 1
    assert "PostgreSQL at db.example, port 6000, did not answer" in done.stdout
    assert old.ran == [] and old.read("migrated") is None


def test_a_failure_is_shown_and_tried_again(old):
    old.write("fails", "db:migrate")
    done = old.run()
    assert done.returncode == 1
    assert "output of rails db:migrate" in done.stdout and "exit code 1" in done.stdout
    assert old.read("migrated") is None
    (old.folder / "fails").unlink()
    assert old.run().returncode == 0
    assert old.ran == ["db:migrate"] and old.read("migrated")


def left_behind(target, status, code, label):
    target.write("container.json", json.dumps({"status": status, "code": code, "label": label, "log": "left behind\n", "words": [],
                                               "environment": {}}))


def label_of(target):
    target.run()
    label = target.read("migrated").strip()
    (target.folder / "migrated").unlink()
    return label


def test_one_that_still_runs_is_waited_for(old):
    label = label_of(old)
    left_behind(old, "running", 0, label)
    done = old.run()
    assert done.returncode == 0
    assert "still running" in done.stdout and "left behind" in done.stdout
    assert old.ran == [] and old.read("migrated").strip() == label


def test_one_that_ended_well_unseen_counts(old):
    label = label_of(old)
    left_behind(old, "exited", 0, label)
    assert old.run().returncode == 0
    assert old.ran == [] and old.read("migrated").strip() == label


@pytest.mark.parametrize("status, code, of", [("exited", 1, "this"), ("created", 0, "this"), ("exited", 0, "another")])
def test_one_that_did_not_do_it_is_done_again(old, status, code, of):
    label = label_of(old)
    left_behind(old, status, code, label if of == "this" else "sha256:other 0123")
    assert old.run().returncode == 0
    assert old.ran == ["db:migrate"] and old.read("migrated").strip() == label


def test_a_network_that_is_missing_is_named(old):
    old.write("migrate", old.read("migrate").replace("mash-redis", "missing"), 0o755)
    done = old.run()
    assert done.returncode == 1
    assert "network missing" in done.stderr and "lago_api_container_additional_networks" in done.stderr
    assert old.ran == []


def test_the_first_organisation_comes_last_and_its_password_goes(new):
    new.write("env-organization", "LAGO_CREATE_ORG=true\nLAGO_ORG_USER_PASSWORD=pl4nted\n")
    done = new.run()
    assert done.returncode == 0, done.stdout + done.stderr
    assert new.ran == ["db:migrate", "roles:seed_predefined", "signup:seed_organization"]
    assert all("SCHEMA=/nonexistent" in line and "PASSWORD=pl4nted" in line for line in new.read("ran").splitlines())
    assert new.read("env-organization") is None and new.read("organization-seeded") is not None
    assert "pl4nted" not in done.stdout + done.stderr + json.dumps(new.calls)
    assert new.run().returncode == 0 and new.ran == []


def test_an_organisation_that_is_asked_for_later_is_made(new):
    assert new.run().returncode == 0
    assert new.ran == ["db:migrate", "roles:seed_predefined"]
    new.write("env-organization", "LAGO_CREATE_ORG=true\n")
    assert new.run().returncode == 0
    assert new.ran[-1] == "signup:seed_organization"


def test_the_password_stays_until_the_organisation_is_made(new):
    new.write("env-organization", "LAGO_CREATE_ORG=true\n")
    new.write("fails", "signup:seed_organization")
    assert new.run().returncode == 1
    assert new.read("env-organization") is not None and new.read("organization-seeded") is None
