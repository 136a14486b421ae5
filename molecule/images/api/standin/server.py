# SPDX-License-Identifier: GPL-3.0-or-later
"""The API's server: health, GraphQL's sign-up and login, and the paths that a reverse proxy has to know."""
import http.server
import json
import os
import pathlib
import signal
import socket
import sys
import urllib.parse

import psycopg2
import redis

from standin import database, queues, signup
from standin.boot import BootError, boot, log
from standin.release import VERSION, since
from standin.uri import InvalidURI

FAULTS = (psycopg2.Error, redis.RedisError, InvalidURI, OSError)


class Registration(signup.Lago):
    """The sign-up of this release, on the tables in Postgres."""

    def __init__(self, cursor):
        cursor.execute("SELECT email FROM users")
        emails = [row[0] for row in cursor.fetchall()]
        roles = not since(1, 40) or database.value(cursor, "SELECT 1 FROM roles WHERE admin") == 1
        super().__init__(VERSION.lstrip("v"), os.environ, emails, roles)
        self.before = {name: len(rows) for name, rows in self.tables().items()}

    def keep(self, cursor, password):
        """Writes what has come to be in the tables."""
        new = {name: rows[self.before[name]:] for name, rows in self.tables().items()}
        for user in new["users"]:
            cursor.execute("INSERT INTO users (email, password_digest) VALUES (%s, %s)", (user["email"], database.digest(password)))
        for organization in new["organizations"]:
            cursor.execute("INSERT INTO organizations (name) VALUES (%s)", (organization["name"],))
        return bool(new["users"])


def register(request):
    with database.connected() as cursor:
        lago = Registration(cursor)
        answer = lago.graphql(request)
        if lago.keep(cursor, request["variables"]["input"]["password"]):
            queues.jobs().lpush("queue:default", json.dumps({"done": "standin:registered"}))
    return answer


def log_in(request):
    given = request["variables"]["input"]
    with database.connected() as cursor:
        stored = database.value(cursor, "SELECT password_digest FROM users WHERE email = %s", given["email"])
    if stored and database.password_fits(given["password"], stored):
        return 200, {"data": {"loginUser": {"token": "a-token"}}}
    return 200, {"data": {"loginUser": None}, "errors": [{"message": "Unprocessable Entity", "path": ["loginUser"], "extensions": {
        "status": 422, "code": "unprocessable_entity", "details": {"base": ["incorrect_login_or_password"]}}}]}


def health():
    try:
        with database.connected() as cursor:
            database.value(cursor, "SELECT 1")
    except (psycopg2.Error, InvalidURI) as error:
        return 500, {"version": VERSION, "message": f"Unhealthy: {error}", "details": "database"}
    return 200, {"version": VERSION, "github_url": "stand-in", "message": "Success"}


def cable():
    queues.cable().ping()
    return 200, {"cable": "connected"}


def stored(path):
    file = pathlib.Path("/app/storage", pathlib.PurePath(path).name)
    return (200, file.read_bytes()) if file.is_file() else (404, {"status": 404, "error": "Not Found"})


def get(path):
    fixed = {"/health": health}
    if since(1, 36):
        fixed["/ready"] = lambda: (200, {"ready": True})
    if since(1, 33, 3):
        fixed["/metrics"] = lambda: (200, "# metrics of a stand-in\n")
    if since(1, 33, 4):
        fixed["/cable"] = cable
    if os.environ.get("LAGO_SIDEKIQ_WEB") == "true":
        fixed["/sidekiq"] = lambda: (200, "<html>Sidekiq</html>")
    if path in fixed:
        return fixed[path]()
    if path.startswith("/rails/active_storage/"):
        return stored(path)
    if path.startswith(("/api/v1/", "/webhooks/")):
        return 401, {"status": 401, "error": "Unauthorized", "path": path}
    return 404, {"status": 404, "error": "Not Found", "path": path}


def post(path, body):
    if path != "/graphql":
        return get(path)
    request = json.loads(body)
    if "registerUser" in request["query"]:
        return register(request)
    if "loginUser" in request["query"]:
        return log_in(request)
    return 200, {"data": None, "errors": [{"message": "unknown to the stand-in"}]}


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(lambda: get(urllib.parse.urlparse(self.path).path))

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(lambda: post(urllib.parse.urlparse(self.path).path, body))

    def reply(self, answer):
        try:
            status, body = answer()
        except (*FAULTS, ValueError, KeyError) as error:
            log(f"{type(error).__name__}: {error}")
            status, body = 500, "<html>We're sorry, but something went wrong.</html>"
        kind = "application/json; charset=utf-8" if isinstance(body, dict) else "text/html; charset=utf-8"
        data = body if isinstance(body, bytes) else (json.dumps(body) if isinstance(body, dict) else body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/pdf" if isinstance(body, bytes) else kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        log(args[0] % args[1:])


class Server(http.server.ThreadingHTTPServer):
    """As Puma does it: on `::`, which takes IPv4 as well."""
    address_family = socket.AF_INET6


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        boot()
    except (BootError, OSError) as error:
        sys.exit(f"the server ends: {error}")
    port = int(os.environ.get("PORT", "3000"))
    log(f"* Listening on http://[::]:{port}")
    Server(("::", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
