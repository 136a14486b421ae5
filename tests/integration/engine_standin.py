# SPDX-License-Identifier: GPL-3.0-or-later
"""A small stand-in of the Docker Engine's API on a unix socket, and containers that are network namespaces.

Only what the modules ask: GET /containers/NAME/json and POST-free reading. A container is a process in its own
network and mount namespace, with its own /etc/hosts and /etc/resolv.conf. Making one needs root.
"""
import contextlib
import faulthandler
import json
import os
import pathlib
import socketserver
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler


class Engine:
    """Answers on `path`; `containers` maps a name to what State and NetworkSettings say."""

    def __init__(self, path):
        self.path = str(path)
        self.containers = {}
        self.requests = []
        self.answer = None  # (status, body as bytes): given instead of the real one
        self.delay = 0

    def add(self, name, pid=None, address=""):
        self.containers[name] = {
            "Id": (name.encode().hex() * 64)[:64],
            "Name": "/" + name,
            "State": {"Status": "running" if pid else "exited", "Running": bool(pid), "Pid": pid or 0},
            "Config": {"Labels": {}},
            "NetworkSettings": {"Networks": {name: {"IPAddress": address, "GlobalIPv6Address": ""}} if address else {}},
        }

    def container(self, name):
        """As an Engine finds it: by its name, else by the beginning of its ID."""
        by_id = (container for container in self.containers.values() if container["Id"].startswith(name))
        return self.containers.get(name) or next(by_id, None)

    def reply(self, path):
        self.requests.append(path)
        time.sleep(self.delay)
        if self.answer is not None:
            return self.answer
        parts = path.split("?")[0].strip("/").split("/")
        if len(parts) == 3 and parts[0] == "containers" and parts[2] == "json":
            container = self.container(parts[1])
            if container is None:
                return 404, json.dumps({"message": f"No such container: {parts[1]}"}).encode()
            return 200, json.dumps(container).encode()
        return 404, json.dumps({"message": "page not found"}).encode()


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128
    timeout = 0.02

    def server_bind(self):
        super().server_bind()
        self.socket.settimeout(5)  # accept() ends as well when the caller is gone by then

    def handle_error(self, request, client_address):
        """A caller that hangs up is part of the tests; anything else is to be read at the test that it broke."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def engine(path):
    """Runs a stand-in of the Engine on the unix socket `path`."""
    standin = Engine(path)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, body = standin.reply(self.path)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "unix"

        def log_message(self, *_):
            pass

    stopped = threading.Event()

    def serve():
        while not stopped.is_set():
            server.handle_request()

    with _Server(standin.path, Handler) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield standin
        finally:
            stopped.set()
            thread.join(20)
            if thread.is_alive():
                faulthandler.dump_traceback(all_threads=True)
                raise RuntimeError("the stand-in of the Engine does not end")


def can_make_namespaces():
    return os.geteuid() == 0 and subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True,
                                                check=False).returncode == 0


@contextlib.contextmanager
def container(folder, hosts="127.0.0.1 localhost\n", resolv="", address=None, fifo_hosts=False):
    """A process in its own network and mount namespace, as a container has them; gives its process id.

    With `address` (10.x.y.2) it is also joined to this machine by a pair of interfaces, whose end here is
    10.x.y.1.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    hosts_file = folder / "hosts"
    if fifo_hosts:
        os.mkfifo(hosts_file)
    else:
        hosts_file.write_text(hosts)
    (folder / "resolv.conf").write_text(resolv)
    script = (f"ip link set lo up; mount --bind {hosts_file} /etc/hosts; "
              f"mount --bind {folder}/resolv.conf /etc/resolv.conf; echo ready; exec sleep 600")
    process = subprocess.Popen(["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", script],
                               stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "ready\n"
        if address:
            _join(process.pid, address)
        yield process.pid
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _join(pid, address):
    ours, theirs = f"lg{pid}a"[:15], f"lg{pid}b"[:15]
    here = address.rsplit(".", 1)[0] + ".1"
    inside = ["nsenter", "--net", "--target", str(pid)]
    for command in (["ip", "link", "add", ours, "type", "veth", "peer", "name", theirs],
                    ["ip", "link", "set", theirs, "netns", str(pid)],
                    ["ip", "address", "add", here + "/30", "dev", ours],
                    ["ip", "link", "set", ours, "up"],
                    [*inside, "ip", "address", "add", address + "/30", "dev", theirs],
                    [*inside, "ip", "link", "set", theirs, "up"]):
        subprocess.run(command, check=True)


def inside(pid, command):
    """`command` as one that runs in the container's network, but with this machine's files."""
    return ["nsenter", "--net", "--target", str(pid), *command]
