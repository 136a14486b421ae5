# SPDX-License-Identifier: GPL-3.0-or-later
"""The background processes: `worker [NAME]` takes jobs from a queue, `clock` schedules.

A job is JSON: {"sleep": seconds}, {"pdf": file name}, each with "done", a key that is set when it is finished.
"""
import http.server
import json
import os
import pathlib
import signal
import socket
import sys
import threading
import time
import urllib.request

import psycopg2
import redis

from standin import database, queues
from standin.boot import BootError, boot, log
from standin.release import since
from standin.uri import InvalidURI

stopping = threading.Event()


class Liveness(http.server.BaseHTTPRequestHandler):
    """What the worker answers on port 8080."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"OK")

    def log_message(self, *_args):
        pass


def make_pdf(name):
    """Through LAGO_PDF_URL, into the storage that the API serves it from."""
    request = urllib.request.Request(os.environ["LAGO_PDF_URL"].rstrip("/") + "/forms/chromium/convert/html", data=b"index.html")
    with urllib.request.urlopen(request, timeout=10) as answer:
        pathlib.Path("/app/storage", name).write_bytes(answer.read())


def perform(job, connection):
    time.sleep(job.get("sleep", 0))
    if "pdf" in job:
        make_pdf(job["pdf"])
    if "done" in job:
        connection.set(job["done"], socket.gethostname())


def work(name):
    connection = queues.jobs()
    with database.connected() as cursor:
        database.value(cursor, "SELECT 1")
    if name != "default" and os.environ.get(f"SIDEKIQ_{name.upper()}") != "true":
        log(f"{name}: SIDEKIQ_{name.upper()} is not true: idle")
        name = "idle"
    if since(1, 6) and name == "default":
        server = http.server.ThreadingHTTPServer(("0.0.0.0", 8080), Liveness)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    log("Sidekiq is up")
    while not stopping.is_set():
        connection.hset("standin:workers", socket.gethostname(), time.time())
        taken = connection.brpop([f"queue:{name}", "queue:low_priority"], timeout=1)
        if taken:
            log("job", taken[1])
            perform(json.loads(taken[1]), connection)


def keep_time():
    """Says in Redis that it runs, and when it sees another one at it at the same time."""
    own, began = socket.gethostname(), time.time()
    connection = queues.jobs()
    cache = queues.cache()
    log("clock is up")
    while not stopping.wait(0.5):
        now = time.time()
        for name, last in connection.hgetall("standin:clocks").items():
            if name != own and float(last) > max(began + 1, now - 2):
                connection.sadd("standin:clocks-at-once", name, own)
                log(f"two clocks: {name} and {own}")
        connection.hset("standin:clocks", own, now)
        if cache:
            cache.set("standin:wallet-refresh", now)


def main(kind, name="default"):
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    try:
        boot()
        if kind == "clock":
            keep_time()
        else:
            work(name)
    except (BootError, InvalidURI, OSError, psycopg2.Error, redis.RedisError) as error:
        sys.exit(f"{kind} ends: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
