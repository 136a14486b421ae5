# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in images, run as a deployment runs them, in the engine of scripts/setup/engine.sh."""
import base64
import json
import os
import pathlib
import subprocess
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SETUP = ROOT / "scripts/setup"
PASSWORD = "pa/ss@wörd#?%"
ENCODED = "pa%2Fss%40w%C3%B6rd%23%3F%25"


class Done:
    """A finished container: its status, and all that it wrote."""

    def __init__(self, completed):
        self.rc = completed.returncode
        self.output = completed.stdout + completed.stderr


class Engine:
    """The engine, and what a test started in it."""

    def __init__(self, registry):
        self.registry = registry
        self.names = []

    def docker(self, *arguments, check=True, **options):
        return subprocess.run(["docker", *map(str, arguments)], capture_output=True, text=True, check=check, timeout=120, **options)

    def image(self, name):
        return f"{self.registry}/{name}"

    def once(self, image, *command, options=()):
        """Runs a container to its end."""
        return Done(self.docker("run", "--rm", *options, self.image(image), *command, check=False))

    def start(self, image, *command, options=(), name=None):
        name = name or f"images-{uuid.uuid4().hex[:8]}"
        self.names.append(name)
        self.docker("run", "-d", "--name", name, *options, self.image(image), *command)
        return name

    def logs(self, name):
        return Done(self.docker("logs", name, check=False)).output

    def running(self, name):
        return self.docker("inspect", "-f", "{{.State.Running}}", name).stdout.strip() == "true"

    def inside(self, name, *command, check=True):
        return self.docker("exec", name, *command, check=check).stdout

    def remove(self, names):
        if names:
            self.docker("rm", "-fv", *names, check=False)
        self.names = [name for name in self.names if name not in names]


def until(condition, seconds=30):
    """The first true value of the condition."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"not true within {seconds} s"
        time.sleep(0.1)


@pytest.fixture(scope="session")
def engine():
    owner = str(os.getpid())
    started = subprocess.run([SETUP / "engine.sh", "start", owner], capture_output=True, text=True, check=False)
    if started.returncode == 77:
        pytest.skip(started.stderr.strip().splitlines()[-1])
    assert started.returncode == 0, started.stderr
    os.environ["DOCKER_HOST"] = started.stdout.strip()
    made = None
    try:
        subprocess.run([SETUP / "images.sh", "standins"], check=True)
        registry = subprocess.run([SETUP / "engine.sh", "registry"], capture_output=True, text=True, check=True).stdout.strip()
        made = Engine(registry)
        yield made
    finally:
        if made:
            made.remove(list(made.names))
        subprocess.run([SETUP / "engine.sh", "stop", owner], check=True)


@pytest.fixture(scope="session")
def network(engine):
    """A network with Postgres (with and without pg_partman), Redis and Valkey in it."""
    name = f"images-{uuid.uuid4().hex[:8]}"
    engine.docker("network", "create", name)
    for host, image in (("pg", "library/postgres:15-alpine"), ("pg-partman", "getlago/postgres-partman:15.0-alpine")):
        engine.start(image, options=("--network", name, "--network-alias", host, "-e", "POSTGRES_PASSWORD=root"), name=f"{name}-{host}")
    for host, image, options in (("redis", "library/redis:7-alpine", ()), ("closed", "valkey/valkey:8-alpine", ("--requirepass", PASSWORD))):
        engine.start(image, *options, options=("--network", name, "--network-alias", host), name=f"{name}-{host}")
    for host in ("pg", "pg-partman"):
        until(lambda host=host: "init process" not in engine.logs(f"{name}-{host}") and engine.docker(
            "exec", f"{name}-{host}", "psql", "-h", "127.0.0.1", "-U", "postgres", "-c", "SELECT 1", check=False).returncode == 0)
    yield name
    engine.remove([created for created in engine.names if created.startswith(f"{name}-")])
    engine.docker("network", "rm", name, check=False)


@pytest.fixture(autouse=True)
def tidy(engine):
    """What a test starts ends with it."""
    before = list(engine.names)
    yield
    engine.remove([name for name in engine.names if name not in before])


@pytest.fixture(scope="session")
def key():
    """An RSA private key, PEM."""
    return subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout


class Lago:
    """How a deployment runs Lago's image: an env file, a network, a read-only root."""

    def __init__(self, engine, network, folder, key, database):
        self.engine, self.network, self.folder, self.database = engine, network, folder, database
        self.host = "pg"
        self.mounts = ["/tmp", "/app/tmp", "/app/log", "/app/storage"]
        self.options = []
        self.env = {
            "RAILS_ENV": "production", "RAILS_LOG_TO_STDOUT": "true", "SECRET_KEY_BASE": "5" * 64,
            "ENCRYPTION_PRIMARY_KEY": "p" * 32, "ENCRYPTION_DETERMINISTIC_KEY": "d" * 32, "ENCRYPTION_KEY_DERIVATION_SALT": "s" * 32,
            "LAGO_RSA_PRIVATE_KEY": base64.b64encode(key).decode(), "REDIS_URL": "redis://redis:6379",
            "LAGO_REDIS_CACHE_URL": "redis://redis:6379", "DATABASE_URL": f"postgresql://{database}:{ENCODED}@pg:5432/{database}",
        }

    def on_partman(self):
        self.host = "pg-partman"
        self.env["DATABASE_URL"] = self.env["DATABASE_URL"].replace("@pg:", "@pg-partman:")
        return self

    def sql(self, text, database=None):
        return self.engine.inside(f"{self.network}-{self.host}", "psql", "-U", "postgres", "-d", database or self.database,
                                  "-v", "ON_ERROR_STOP=1", "-Atqc", text).strip()

    def create_database(self):
        self.sql(f"CREATE ROLE {self.database} LOGIN PASSWORD '{PASSWORD}'", "postgres")
        self.sql(f"CREATE DATABASE {self.database} OWNER {self.database}", "postgres")
        return self

    def arguments(self):
        file = self.folder / f"env-{uuid.uuid4().hex[:6]}"
        file.write_text("".join(f"{name}={value}\n" for name, value in self.env.items()), encoding="utf-8")
        mounts = [word for path in self.mounts for word in ("--tmpfs", path if ":" in path else f"{path}:uid=991,gid=991")]
        return ("--network", self.network, "--env-file", file, "--read-only", "--cap-drop", "ALL", "--user", "991:991", *mounts, *self.options)

    def task(self, version, *words):
        return self.engine.once(f"getlago/api:v{version}", "bundle", "exec", "rails", *words, options=self.arguments())

    def boot(self, version="1.31.0"):
        """A task that does nothing but boot."""
        return self.task(version, "signup:seed_organization")

    def start(self, version, script, name=None):
        return self.engine.start(f"getlago/api:v{version}", f"./scripts/{script}", options=self.arguments(), name=name)

    def serve(self, version="1.31.0"):
        name = self.start(version, "start.api.sh")
        until(lambda: "Listening" in self.engine.logs(name))
        return name

    def get(self, name, path, *options):
        """Status and body of a request from inside the container."""
        text = self.engine.inside(name, "curl", "-s", "-m", "10", "-w", "\n%{http_code}", *options, f"http://127.0.0.1:3000{path}")
        body, _, status = text.rpartition("\n")
        return int(status), body

    def graphql(self, name, mutation, **fields):
        query = {"query": f"mutation($input: Input!) {{ {mutation}(input: $input) {{ token }} }}", "variables": {"input": fields}}
        return self.get(name, "/graphql", "-X", "POST", "-H", "Content-Type: application/json", "-d", json.dumps(query))


@pytest.fixture
def lago(engine, network, tmp_path, key):
    return Lago(engine, network, tmp_path, key, f"lago_{uuid.uuid4().hex[:8]}")
