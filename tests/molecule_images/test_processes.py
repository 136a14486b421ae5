# SPDX-License-Identifier: GPL-3.0-or-later
"""The server, the worker and the clock, with the Redis and the mounts that they are given."""
import json
import time

import pytest

from conftest import ENCODED, PASSWORD, until

CLOSED = f"redis://:{ENCODED}@closed:6379"


def migrated(lago, version="1.31.0"):
    lago.env["SCHEMA"] = "/nonexistent"
    done = lago.create_database().task(version, "db:migrate")
    assert done.rc == 0, done.output
    return lago


def register(lago, name, email):
    return lago.graphql(name, "registerUser", email=email, password="s3cret", organizationName="Own")


@pytest.mark.parametrize("version, variable, code", [
    ("1.31.0", "LAGO_DISABLE_SIGNUP", "signup_disabled"), ("1.51.0", "LAGO_DISABLE_SIGNUP", "signup_disabled")])
def test_sign_up_is_closed_by_exactly_true(lago, version, variable, code):
    migrated(lago, version).env[variable] = "true"
    status, body = register(lago, lago.serve(version), "a@example.com")
    assert status == 200
    assert json.loads(body)["errors"][0]["extensions"]["code"] == code
    lago.env[variable] = "True"
    status, body = register(lago, lago.serve(version), "a@example.com")
    assert json.loads(body)["data"]["registerUser"]["token"]
    assert lago.sql("SELECT email FROM users") == "a@example.com"


def test_a_probe_with_nothing_in_it_creates_nothing(lago):
    name = migrated(lago).serve()
    assert lago.graphql(name, "registerUser", email="", password="", organizationName="")[0] == 500
    assert lago.sql("SELECT count(*) FROM users") == "0"


def test_who_was_seeded_can_log_in_and_is_known(lago):
    migrated(lago).env.update(LAGO_CREATE_ORG="true", LAGO_ORG_USER_EMAIL="first@example.com", LAGO_ORG_USER_PASSWORD="p$ \"'", LAGO_ORG_NAME="N")
    assert lago.boot().rc == 0
    name = lago.serve()
    assert json.loads(lago.graphql(name, "loginUser", email="first@example.com", password="p$ \"'")[1])["data"]["loginUser"]["token"]
    assert "errors" in json.loads(lago.graphql(name, "loginUser", email="first@example.com", password="other")[1])
    assert "user_already_exists" in register(lago, name, "first@example.com")[1]


def test_health_is_about_the_database_and_not_about_redis(lago):
    lago.env["REDIS_URL"] = "redis://nowhere:6379"
    name = migrated(lago).serve()
    assert lago.get(name, "/health")[0] == 200
    assert register(lago, name, "a@example.com")[0] == 500
    lago.env["DATABASE_URL"] = lago.env["DATABASE_URL"].replace(ENCODED, "wrong")
    assert lago.get(lago.serve(), "/health")[0] == 500


def test_private_paths_by_release_and_switch(lago):
    name = lago.serve("1.31.0")
    assert [lago.get(name, path)[0] for path in ("/sidekiq", "/metrics", "/ready")] == [404, 404, 404]
    lago.env["LAGO_SIDEKIQ_WEB"] = "true"
    name = lago.serve("1.42.0")
    assert [lago.get(name, path)[0] for path in ("/sidekiq", "/metrics", "/ready")] == [200, 200, 200]


@pytest.mark.parametrize("version, url, password, works", [
    ("1.31.0", CLOSED, None, True),
    ("1.31.0", "redis://closed:6379", None, False),
    ("1.31.0", "redis://:wrong@closed:6379", None, False),
    ("1.31.0", "redis://closed:6379/1", "plain", False),
    ("1.31.0", "redis://redis:6379/1", None, True),
    ("1.31.0", CLOSED, PASSWORD, False),       # put together from parts, unescaped
    ("1.43.0", CLOSED, PASSWORD, True),
    ("1.31.0", f"redis://:{PASSWORD}@closed:6379", None, False),
])
def test_redis_has_to_be_named_the_way_that_the_release_reads_it(lago, version, url, password, works):
    lago.create_database().env.update(REDIS_URL=url, LAGO_REDIS_CACHE_URL=url)
    if password:
        lago.env["REDIS_PASSWORD"] = password
    name = lago.start(version, "start.worker.sh")
    until(lambda: "Sidekiq is up" in lago.engine.logs(name) or not lago.engine.running(name))
    assert lago.engine.running(name) == works, lago.engine.logs(name)


def test_websockets_never_read_the_password_beside_the_url(lago):
    lago.env.update(REDIS_URL="redis://closed:6379", REDIS_PASSWORD=PASSWORD)
    name = lago.serve("1.43.0")
    assert lago.get(name, "/cable")[0] == 500
    lago.env["REDIS_URL"] = CLOSED
    assert lago.get(lago.serve("1.43.0"), "/cable")[0] == 200


def test_a_worker_stores_what_the_server_serves_and_ends_its_job_before_it_ends(lago):
    storage = lago.folder / "storage"
    storage.mkdir()
    storage.chmod(0o777)
    lago.mounts.remove("/app/storage")
    lago.options = ["-v", f"{storage}:/app/storage"]
    pdf = lago.engine.start("getlago/lago-gotenberg:8", options=("--network", lago.network, "--network-alias", "pdf"))
    lago.env["LAGO_PDF_URL"] = "http://pdf:3000"
    lago.env["REDIS_URL"] = "redis://redis:6379/7"
    api = lago.create_database().serve()
    worker = lago.start("1.31.0", "start.worker.sh")

    def redis(*words):
        return lago.engine.inside(f"{lago.network}-redis", "redis-cli", "-n", "7", *words).strip()

    until(lambda: "health" in lago.engine.inside(pdf, "curl", "-s", "-o", "/dev/null", "-w", "health", "http://127.0.0.1:3000/health", check=False))
    redis("LPUSH", "queue:default", '{"pdf": "invoice.pdf", "done": "pdf"}')
    until(lambda: redis("GET", "pdf"))
    assert lago.get(api, "/rails/active_storage/disk/key/invoice.pdf")[1].startswith("%PDF")
    redis("LPUSH", "queue:default", '{"sleep": 3, "done": "slow"}')
    until(lambda: '"slow"' in lago.engine.logs(worker))
    lago.engine.docker("stop", "-t", "20", worker)
    assert redis("GET", "slow")


def test_two_clocks_at_once_are_noticed(lago):
    lago.env["REDIS_URL"] = lago.env["LAGO_REDIS_CACHE_URL"] = "redis://redis:6379/8"
    first = lago.start("1.31.0", "start.clock.sh")

    def redis(*words):
        return lago.engine.inside(f"{lago.network}-redis", "redis-cli", "-n", "8", *words).strip()

    until(lambda: redis("GET", "standin:wallet-refresh"))
    lago.engine.docker("stop", first)
    lago.start("1.31.0", "start.clock.sh")
    until(lambda: redis("HLEN", "standin:clocks") == "2")
    time.sleep(3)
    assert redis("SCARD", "standin:clocks-at-once") == "0"
    lago.start("1.31.0", "start.clock.sh")
    until(lambda: redis("SCARD", "standin:clocks-at-once") == "2")


@pytest.mark.parametrize("script", ["start.api.sh", "start.worker.sh", "start.clock.sh"])
def test_a_process_ends_when_it_is_asked_to(lago, script):
    name = lago.create_database().start("1.31.0", script)
    until(lambda: any(word in lago.engine.logs(name) for word in ("Listening", "is up")))
    began = time.monotonic()
    lago.engine.docker("stop", "-t", "30", name)
    assert time.monotonic() - began < 10
    assert lago.engine.docker("inspect", "-f", "{{.State.ExitCode}}", name).stdout.strip() == "0"
