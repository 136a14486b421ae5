# SPDX-License-Identifier: GPL-3.0-or-later
"""The front, and what stands in for Postgres, Redis and Gotenberg."""
import pytest

from conftest import until

READ_ONLY = ("--read-only", "--cap-drop", "ALL", "--user", "991:991")
PATHS = ("/var/cache/nginx", "/var/run", "/tmp")
MOUNTS = tuple(word for path in PATHS for word in ("--tmpfs", f"{path}:uid=991,gid=991"))
NGINX = ("--entrypoint", "nginx")


def page(engine, name, path):
    return engine.inside(name, "curl", "-s", "-m", "5", f"http://127.0.0.1{path}", check=False)


def test_the_front_writes_its_values_as_they_are(engine):
    name = engine.start("getlago/front:v1.31.0", options=("-e", "LAGO_DISABLE_SIGNUP=true", "-e", 'API_URL="x"'))
    text = until(lambda: page(engine, name, "/env-config.js"))
    assert 'window.LAGO_DISABLE_SIGNUP = "true"\n' in text
    assert 'window.API_URL = ""x""\n' in text


def test_the_front_cannot_write_them_with_a_read_only_root(engine):
    done = engine.once("getlago/front:v1.31.0", options=(*READ_ONLY, *MOUNTS))
    assert done.rc != 0
    assert "env-config.js" in done.output


def test_the_front_serves_a_file_that_is_mounted(engine, tmp_path):
    file = tmp_path / "env-config.js"
    file.write_text('window.LAGO_DISABLE_SIGNUP = "true"\n', encoding="utf-8")
    mounted = ("-v", f"{file}:/usr/share/nginx/html/env-config.js:ro")
    name = engine.start("getlago/front:v1.31.0", "-g", "daemon off;", options=(*READ_ONLY, *MOUNTS, *NGINX, *mounted))
    assert until(lambda: page(engine, name, "/env-config.js")) == file.read_text(encoding="utf-8")
    assert "Lago" in page(engine, name, "/customers")

def test_a_mount_over_a_folder_of_root_s_is_root_s_unless_it_says_otherwise(engine):
    bare = [word for path in PATHS for word in ("--tmpfs", path)]
    assert "Permission denied" in engine.once("getlago/front:v1.31.0", "-g", "daemon off;", options=(*READ_ONLY, *bare, *NGINX)).output


@pytest.mark.parametrize("missing", ["/var/cache/nginx", "/var/run"])
def test_the_front_needs_its_mounts(engine, missing):
    mounts = [word for path in PATHS if path != missing for word in ("--tmpfs", f"{path}:uid=991,gid=991")]
    assert engine.once("getlago/front:v1.31.0", "-g", "daemon off;", options=(*READ_ONLY, *mounts, *NGINX)).rc != 0


def test_gotenberg_needs_its_tmp(engine):
    assert engine.once("getlago/lago-gotenberg:7", options=READ_ONLY).rc != 0
    name = engine.start("getlago/lago-gotenberg:7", "gotenberg", "--api-port=3001", options=(*READ_ONLY, "--tmpfs", "/tmp"))
    assert '"up"' in until(lambda: page(engine, name, ":3001/health"))


def test_postgres_wants_a_password_and_runs_as_any_user(engine, tmp_path):
    assert "superuser password" in engine.once("library/postgres:17-alpine").output
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o777)
    name = engine.start("library/postgres:17-alpine", options=(
        "--user", "991:991", "--read-only", "--cap-drop", "ALL", "--tmpfs", "/tmp", "--tmpfs", "/var/run/postgresql:uid=991,gid=991", "--shm-size", "64m",
        "-e", "POSTGRES_USER=root", "-e", "POSTGRES_DB=main", "-e", "POSTGRES_PASSWORD=pw", "-e", "PGDATA=/data/pg", "-v", f"{data}:/data"))
    until(lambda: engine.docker("exec", name, "psql", "-h", "127.0.0.1", "-U", "root", "-d", "main", "-Atc", "SELECT 1", check=False).stdout.strip() == "1")
    lines = engine.inside(name, "sh", "-c", "tail -n 1 /data/pg/pg_hba.conf")
    assert lines == "host all all all scram-sha-256\n"


@pytest.mark.parametrize("image, program", [("library/redis:7-alpine", "redis"), ("valkey/valkey:8-alpine", "valkey")])
def test_redis_and_valkey_take_arguments_and_any_user(engine, image, program):
    name = engine.start(image, "--requirepass", "pw", options=(*READ_ONLY, "--tmpfs", "/data:uid=991,gid=991"))
    until(lambda: "PONG" in engine.docker("exec", name, "redis-cli", "-a", "pw", "ping", check=False).stdout)
    assert "NOAUTH" in engine.inside(name, "redis-cli", "ping")
    assert program in engine.inside(name, "cat", "/proc/1/comm")
