# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole Lago to look at: containers that are network namespaces, a stand-in of API and front, real PostgreSQL and Redis
in the API's network, units' files, an env file, and what systemd and the Engine would say."""
import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import urllib.parse

import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent)]

import engine_standin  # noqa: E402
import servers_postgres  # noqa: E402
import servers_redis  # noqa: E402

PASSWORD = "p@ss/w:of?lag0"
REDIS_PASSWORD = "redis-s3cret%/"
HOSTS = "127.0.0.1 localhost mash-redis mash-postgres\n"

SERVE = """
import http.server, json, sys
sys.path.insert(0, sys.argv[1])
import standin
lago = standin.Lago(**json.loads(sys.argv[3]))
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), standin.handler_for(lago))
print("ready", flush=True)
server.serve_forever()
"""

# A name server that knows no name, as Docker has one in each of its networks.
NAMES = """
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    question, client = server.recvfrom(512)
    server.sendto(question[:2] + b"\\x81\\x83" + question[4:6] + bytes(6) + question[12:], client)
"""

SYSTEMCTL = """#!/bin/sh
# Says of each unit what its file in $0.d holds.
first=yes
for unit; do
    case $unit in *.service) ;; *) continue ;; esac
    test -n "$first" || echo
    first=
    cat "$0.d/$unit" 2>/dev/null || printf 'LoadState=not-found\\nActiveState=inactive\\nSubState=dead\\nUnitFileState=\\n'
done
"""

UNIT = """[Service]
ExecStartPre=/usr/bin/env docker create \\
      --rm --name={name} --env-file {folder}/{kind}/env \\
      {image} \\
      ./start
ExecStart=/usr/bin/env docker start --attach {name}
"""


@contextlib.contextmanager
def running(pid, program, *arguments):
    """A program of Python in a container's network."""
    process = subprocess.Popen(engine_standin.inside(pid, [sys.executable, "-c", program, *arguments]),
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        yield
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class World:
    """One deployment of `mash-lago`; a test changes what it is about, and `reset()` puts all right again."""

    UNITS = ("api", "worker", "front")

    def __init__(self, folder, engine, postgres, redis, pids):
        self.folder, self.engine, self.postgres, self.redis, self.pids = folder, engine, postgres, redis, pids
        self.systemd, self.programs = folder / "systemd", folder / "programs"

    def reset(self):
        for path in (self.systemd, self.programs / "systemctl.d", self.folder / "api"):
            subprocess.run(["rm", "-rf", path], check=True)
            path.mkdir(parents=True)
        (self.programs / "systemctl").write_text(SYSTEMCTL)
        (self.programs / "systemctl").chmod(0o755)
        self.engine.containers.clear()
        self.engine.answer, self.engine.delay = None, 0
        for kind in self.UNITS:
            self.unit(kind)
        self.env()
        self.schema("20250611083925")

    def unit(self, kind, tag="v1.31.0", container_tag=None, env=("LAGO_DISABLE_SIGNUP=true",), running=True, active="active",
             sub="running"):
        name = f"mash-lago-{kind}"
        image = f"docker.io/getlago/{'front' if kind == 'front' else 'api'}"
        (self.systemd / f"{name}.service").write_text(
            UNIT.format(name=name, kind=kind, folder=self.folder, image=f"{image}:{tag}"))
        (self.programs / f"systemctl.d/{name}.service").write_text(
            f"LoadState=loaded\nActiveState={active}\nSubState={sub}\nUnitFileState=enabled\nNeedDaemonReload=no\n")
        pid = self.pids["front" if kind == "front" else "api"] if running else None
        self.engine.add(name, pid=pid)
        self.engine.containers[name]["Image"] = "sha256:" + "0" * 64
        self.engine.containers[name]["Config"] = {"Image": f"{image}:{container_tag or tag}", "Env": [*env],
                                                  "Labels": {"mash.lago.config": "c0ffee"}}

    def env(self, **changes):
        port = self.redis.port
        variables = {
            "DATABASE_URL": f"postgresql://lago:{quoted(PASSWORD)}@mash-postgres:{self.postgres.port}/lago",
            "REDIS_URL": f"redis://mash-redis:{port}/0", "REDIS_PASSWORD": REDIS_PASSWORD,
            "LAGO_REDIS_CACHE_URL": f"redis://:{quoted(REDIS_PASSWORD)}@mash-redis:{port}/1",
            "LAGO_DISABLE_SIGNUP": "true", "SECRET_KEY_BASE": "base-of-the-deployed", "ENCRYPTION_PRIMARY_KEY": "primary-of-the-deployed", **changes}
        lines = [f"{name}={value}\n" for name, value in variables.items() if value is not None]
        (self.folder / "api/env").write_text("".join(lines))
        (self.folder / "api/env").chmod(0o600)

    def schema(self, newest):
        """Lago's migrations; with an empty text there is the table, and nothing in it."""
        self.postgres.psql("DROP TABLE IF EXISTS schema_migrations, roles, enriched_events;"
                           " CREATE TABLE schema_migrations (version varchar PRIMARY KEY);"
                           " ALTER TABLE schema_migrations OWNER TO lago", database="lago")
        for version in ("20220101000000", newest) if newest else ():
            self.postgres.psql(f"INSERT INTO schema_migrations VALUES ('{version}')", database="lago")

    @contextlib.contextmanager
    def redis_after(self, command, undo):
        """The Redis after a command, told over its unix socket, which needs no network; `undo` is told at the end."""
        self._tell(*command.split())
        try:
            yield
        finally:
            self._tell(*undo.split())

    def _tell(self, *command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(self.redis.socket)
            connection.sendall(servers_redis.encode("AUTH", REDIS_PASSWORD) + servers_redis.encode(*command))
            answer = b""
            while answer.count(b"\r\n") < 2:
                answer += connection.recv(4096)
            assert answer == b"+OK\r\n+OK\r\n"

    @property
    def options(self):
        return {"units": [{"name": f"mash-lago-{kind}", "kind": kind} for kind in self.UNITS],
                "systemd_path": str(self.systemd), "env_file": str(self.folder / "api/env"), "base_path": str(self.folder),
                "docker_host": f"unix://{self.engine.path}", "timeout": 20}


def quoted(text):
    return urllib.parse.quote(text, safe="")


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mash")
    folders = servers_postgres.bin_folders()
    program = servers_redis.find_servers().get("redis")
    if not engine_standin.can_make_namespaces() or not folders or program is None:
        pytest.skip("needs root, network namespaces, PostgreSQL and Redis")
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(engine_standin.engine(folder / "docker.sock"))
        pids = {kind: stack.enter_context(engine_standin.container(folder / f"container-{kind}", hosts=HOSTS,
                                                                   resolv="nameserver 127.0.0.1\n"))
                for kind in ("api", "front")}
        inside = engine_standin.inside(pids["api"], [])
        redis = stack.enter_context(servers_redis.server(
            program, folder / "redis", "--requirepass", REDIS_PASSWORD, "--appendonly", "yes", prefix=inside))
        for kind, port in (("api", 3000), ("front", 80)):
            lago = {"version": "1.31.0", "env": {"LAGO_DISABLE_SIGNUP": "true"}, "users": ["a@b.c"]}
            stack.enter_context(running(pids[kind], SERVE, str(HERE.parent / "lago_signup"), str(port), json.dumps(lago)))
        stack.enter_context(running(pids["api"], NAMES))
        postgres = servers_postgres.start(folders[-1], "adm1n", prefix=inside)
        stack.callback(servers_postgres.stop, postgres, folders[-1])
        postgres.psql(f"CREATE ROLE lago LOGIN PASSWORD '{PASSWORD}'")
        postgres.psql("CREATE DATABASE lago OWNER lago")
        yield World(folder, engine, postgres, redis, pids)


@pytest.fixture
def world(deployment):
    deployment.reset()
    return deployment


@pytest.fixture
def info(run_module, returned_matches_docs):
    """Runs the module on a world; the result is as documented, changes nothing, and holds no secret of its env file."""
    def run(world, check=False, **options):
        env = {**os.environ, "PATH": f"{world.programs}:{os.environ['PATH']}"}
        outcome = run_module("lago_info", {**world.options, **options}, check=check, env=env)
        returned_matches_docs("lago_info", outcome.json, also={"changed_secrets"})
        assert outcome.json.get("changed", False) is False
        file = world.folder / "api/env"
        lines = file.read_text(errors="replace").splitlines()[:99] if file.is_file() else []
        for secret in [PASSWORD, REDIS_PASSWORD, *(line.partition("=")[2] for line in lines)]:
            for form in {secret, quoted(secret), json.dumps(secret)[1:-1]} - {"", "true", "false"}:
                assert form not in outcome.everything
        return outcome.json
    return run
