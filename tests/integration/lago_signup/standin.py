# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for Lago's API and front, which answers a sign-up as each version of Lago does.

It keeps tables of users, organisations and memberships, and creates in them what the real one would create, also
where that is a mistake of that version: a sign-up that fails half-way leaves an orphan. So a test can see whether a
probe leaves anything behind.
"""
import contextlib
import http.server
import json
import ssl
import threading

SWITCHES = (  # first version with this switch, its variable, its error code
    ((1, 6, 1), "LAGO_DISABLE_SIGNUP", "signup_disabled"),
    ((0, 42, 0), "LAGO_SIGNUP_DISABLED", "signup is disabled"),
)
USER_FIRST = (1, 15, 0)       # from here on the user is created before the organisation, in one transaction
ROLES_IN_TABLE = (1, 40, 0)   # from here on a membership needs a predefined role


class RecordInvalid(Exception):
    """A validation of ActiveRecord failed; Rails answers 422 without a GraphQL error."""


class NoMethodError(Exception):
    """Ruby's error for a method of nil; Rails answers 500 without a GraphQL error."""


class RecordNotFound(Exception):
    """Rails answers 404."""


class GraphqlError(Exception):
    def __init__(self, status, code, message, details=None):
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, details


class Lago:
    """One installation: a version, its environment and its tables."""

    def __init__(self, version="1.31.0", env=None, users=(), roles_seeded=True):
        self.version = tuple(int(part) for part in version.split("."))
        self.env = dict(env or {})
        self.roles_seeded = roles_seeded
        self.users = [{"email": email} for email in users]
        self.organizations = [{"name": "first"}] if users else []
        self.memberships = [{"user": email, "organization": "first"} for email in users]
        self.requests = []

    def tables(self):
        return {"users": list(self.users), "organizations": list(self.organizations),
                "memberships": list(self.memberships)}

    def register_user(self, email, password, organization):
        for since, variable, code in SWITCHES:
            if self.version >= since:
                if self.env.get(variable) == "true":
                    raise GraphqlError(405, code, "Method Not Allowed")
                break
        if any(user["email"] == email for user in self.users):
            raise GraphqlError(422, "unprocessable_entity", "Unprocessable Entity",
                               {"email": ["user_already_exists"]})
        if self.version >= USER_FIRST:
            return self._user_first(email, password, organization)
        self._create_organization(organization)  # outside of a transaction: it stays whatever comes next
        self._create_user(email, password)
        return self._create_membership(email, organization)

    def _user_first(self, email, password, organization):
        saved = self.tables()
        membership = None
        try:
            try:
                self._create_user(email, password)
                self._create_organization(organization)
                membership = self._create_membership(email, organization)
            except RecordInvalid:
                pass  # rescued inside the transaction, which therefore commits
        except RecordNotFound:
            self.users, self.organizations, self.memberships = saved.values()  # rolled back
            raise
        if membership is None:
            raise NoMethodError
        return membership

    def _create_user(self, email, password):
        if not email or not password:
            raise RecordInvalid
        self.users.append({"email": email})

    def _create_organization(self, name):
        if not name:
            raise RecordInvalid
        self.organizations.append({"name": name})

    def _create_membership(self, email, organization):
        if self.version >= ROLES_IN_TABLE and not self.roles_seeded:
            raise RecordNotFound
        self.memberships.append({"user": email, "organization": organization})
        return "a-token"

    def graphql(self, request):
        """Status and body of POST /graphql."""
        given = request["variables"]["input"]
        try:
            token = self.register_user(given["email"], given["password"], given["organizationName"])
        except GraphqlError as error:
            extensions = {"status": error.status, "code": error.code}
            if error.details:
                extensions["details"] = error.details
            return 200, {"data": {"registerUser": None},
                         "errors": [{"message": error.message, "path": ["registerUser"], "extensions": extensions}]}
        except RecordInvalid:
            return 422, "<html>The change you wanted was rejected.</html>"
        except NoMethodError:
            return 500, "<html>We're sorry, but something went wrong.</html>"
        except RecordNotFound:
            return 404, {"status": 404, "error": "Not Found", "code": "not_found"}
        return 200, {"data": {"registerUser": {"token": token}}}

    def env_config(self):
        """The front's /env-config.js: values are pasted in as they are."""
        names = ("API_URL", "LAGO_DOMAIN", "LAGO_DISABLE_SIGNUP")
        return "".join(f'window.{name} = "{self.env.get(name, "")}"\n' for name in names)


def handler_for(lago, prefix=""):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            lago.requests.append(("GET", self.path))
            if self.path == f"{prefix}/health":
                self.answer(200, {"version": ".".join(map(str, lago.version)), "message": "Success"})
            elif self.path == "/env-config.js":
                self.answer(200, lago.env_config())
            else:
                self.answer(404, "not found")

        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            lago.requests.append(("POST", self.path))
            if self.path != f"{prefix}/graphql":
                self.answer(404, "not found")
                return
            self.answer(*lago.graphql(json.loads(request)))

        def answer(self, status, body):
            text = body if isinstance(body, str) else json.dumps(body)
            self.send_response(status)
            self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_args):
            pass

    return Handler


class QuietServer(http.server.ThreadingHTTPServer):
    """Speaks TLS where it has a context: in the thread of the connection, so that nobody else waits for a handshake."""
    daemon_threads = True
    timeout = 0.02  # how often handle_request() looks whether it is to end
    context = None

    def finish_request(self, request, client_address):
        if self.context is None:
            super().finish_request(request, client_address)
            return
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request, client_address):  # a client that hangs up is part of the tests
        pass


@contextlib.contextmanager
def serving(handler, certificate=None):
    """Runs a handler on a free port of 127.0.0.1; gives the address. It ends in bounded time, or says that it does not."""
    server = QuietServer(("127.0.0.1", 0), handler)
    if certificate:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(certificate)
    stopped = threading.Event()

    def serve():
        while not stopped.is_set():
            server.handle_request()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        stopped.set()
        thread.join(20)
        server.server_close()
        if thread.is_alive():
            raise RuntimeError("the stand-in of Lago does not end")
