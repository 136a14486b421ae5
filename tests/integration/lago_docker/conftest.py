# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of lago_docker share: the module over stdin, real registries, and registries that say what they are told."""
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading
import time

import pytest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1])]

from engine import Registry, busybox, docker_engine  # noqa: E402, F401  (two fixtures)

USER = "lago"


@pytest.fixture
def no_logins(tmp_path):
    """A configuration of docker's in which nobody has logged in."""
    path = tmp_path / "none" / "config.json"
    path.parent.mkdir()
    path.write_text("{}")
    return str(path)


@pytest.fixture
def module(run_module, returned_matches_docs, planted_secret):
    """Runs the module and gives its result: as documented, with an error_kind where it failed, and without the secret."""
    def run(check=False, diff=True, env=None, **options):
        outcome = run_module("lago_docker", options, check=check, diff=diff, env={**os.environ, **(env or {})})
        result = outcome.json
        returned_matches_docs("lago_docker", result)
        assert not result.get("failed") or result["error_kind"], result
        assert not planted_secret.found_in(outcome)
        assert len(result.get("msg", "")) < 2000
        # Newer controllers get warnings as dictionaries.
        result["warnings"] = [warning if isinstance(warning, str) else warning["event"]["msg"]
                              for warning in result.get("warnings", [])]
        return result
    return run


@pytest.fixture
def lago_docker(module, docker_engine, no_logins):  # noqa: F811
    """The same on the real Engine."""
    def run(check=False, **options):
        return module(check=check, **{"docker_host": docker_engine.host, "registry_config": no_logins, "delay": 0,
                                      "timeout": 100, **options})
    return run


@pytest.fixture
def network(docker_engine, request):  # noqa: F811
    """A network's name that only this test has; removed afterwards."""
    name = f"{docker_engine.prefix}-{abs(hash(request.node.nodeid)) % 10**8}"
    yield name
    for found in docker_engine.docker("network", "ls", "-q", "--filter", f"name={name}").split():
        docker_engine.docker("network", "rm", found, check=False)


@pytest.fixture(scope="session")
def architecture(docker_engine):  # noqa: F811
    """The Engine's own."""
    return docker_engine.docker("version", "-f", "{{.Server.Arch}}")


@pytest.fixture
def published(docker_engine, architecture):  # noqa: F811
    """published(TAG, text): puts an image into the Engine's registry, or into another; gives a Published."""
    def publish(tag, text, registry=None):
        registry = registry or Registry(docker_engine.registry)
        return registry.put(f"{docker_engine.prefix}/api", tag, text, architecture)[0]
    return publish


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def private_registry(docker_engine, planted_secret, tmp_path):  # noqa: F811
    """ADDRESS:PORT of a registry that wants USER and the planted secret."""
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("there is no docker-registry")
    salt = "$2b$05$abcdefghijklmnopqrstuu"
    hashed = subprocess.run(["perl", "-e", "print crypt($ENV{PASSWORD}, $ENV{SALT})"], capture_output=True, text=True,
                            check=True, env={**os.environ, "PASSWORD": planted_secret.value, "SALT": salt}).stdout
    if not hashed.startswith("$2b$"):
        pytest.skip("crypt(3) knows no bcrypt here")
    (tmp_path / "htpasswd").write_text(f"{USER}:{hashed}\n")
    address = f"127.0.0.1:{free_port()}"
    (tmp_path / "registry.yml").write_text(
        f"version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n"
        f"storage: {{filesystem: {{rootdirectory: {tmp_path}/registry}}}}\nhttp: {{addr: '{address}'}}\n"
        f"auth: {{htpasswd: {{realm: lago, path: {tmp_path}/htpasswd}}}}\n")
    with subprocess.Popen([program, "serve", str(tmp_path / "registry.yml")], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(address)
            yield address
        finally:
            server.terminate()


def wait_for(address):
    host, port = address.split(":")
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection((host, int(port)), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on {address}")


@contextlib.contextmanager
def registry_saying(status, body, headers=()):
    """A registry that answers each request for a manifest so; gives its address and the list of those requests."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            about_image = self.path != "/v2/"
            if about_image:
                asked.append(self.path)
            content = (body if isinstance(body, bytes) else json.dumps(body).encode()) if about_image else b"{}"
            self.send_response(status if about_image else 200)
            for name, value in (*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(content)))):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}", asked
        finally:
            server.shutdown()
            thread.join(10)
