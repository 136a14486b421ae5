# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in of the Docker Engine that answers each request as it is told: for what a real one does seldom."""
import contextlib
import json
import socketserver
import sys
import threading

NETWORK = {"Id": "n1", "Name": "lago", "Driver": "bridge", "EnableIPv6": False, "Internal": False, "Options": {},
           "Labels": {}}
IMAGE = {"Id": "sha256:" + "1" * 64, "RepoDigests": [], "Os": "linux", "Architecture": "amd64"}
VERSION = {"Os": "linux", "Arch": "amd64"}


def answer(content, status=200):
    """An HTTP answer as bytes."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


def lines(*said):
    """The progress of a pull, as chunks."""
    chunks = [line if isinstance(line, bytes) else json.dumps(line).encode() + b"\r\n" for line in said]
    return (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks))


END = b"0\r\n\r\n"


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def standin(path, script):
    """Answers on the unix socket `path`; gives the list of requests ("GET /networks").

    `script` maps the start of a request to bytes, to a function of the connection, or to a list of those, of which the
    last one stays.
    """
    script = {"GET /version": answer(VERSION), **script}
    asked = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            request = self.rfile.readline().decode().rsplit(" ", 1)[0]
            length = 0
            while (header := self.rfile.readline().strip()):
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
            self.rfile.read(length)
            asked.append(request)
            start = max((start for start in script if request.startswith(start)), key=len, default=None)
            said = script.get(start, answer({"message": "page not found"}, 404))
            if isinstance(said, list):
                said = said.pop(0) if len(said) > 1 else said[0]
            if callable(said):
                said(self.request)
            else:
                self.request.sendall(said)

    with _Server(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join(10)
