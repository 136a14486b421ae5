# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe against a stand-in that answers, and creates, as each version of Lago does."""
import http.server
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request

import pytest
from standin import Lago, handler_for, serving

VERSIONS = ["0.41.0", "0.42.0", "1.0.0", "1.6.0", "1.6.1", "1.31.0", "1.51.0"]
CLOSABLE = VERSIONS[1:]
OWNER = "owner@example.com"
CLOSED_ENV = {"LAGO_DISABLE_SIGNUP": "true", "LAGO_SIGNUP_DISABLED": "true"}
PROBES = [{"probe": "known_email", "known_email": OWNER}, {"probe": "blank"}]


def probe_ids(probe):
    return probe["probe"]


def register(url, email, password, organization):
    """A sign-up as a browser sends it; the status of the answer."""
    body = {"query": "mutation", "variables": {"input": {"email": email, "password": password,
                                                         "organizationName": organization}}}
    request = urllib.request.Request(f"{url}/graphql", json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("probe", PROBES, ids=probe_ids)
@pytest.mark.parametrize("version", CLOSABLE)
def test_closed_api(signup, version, probe):
    lago = Lago(version, CLOSED_ENV, [OWNER])
    with serving(handler_for(lago)) as url:
        result = signup(state="disabled", api_url=url, **probe)
    assert result["api"] == "closed"
    assert not result["changed"]
    assert result["api_evidence"]["code"] in ("signup_disabled", "signup is disabled")


@pytest.mark.parametrize("probe", PROBES, ids=probe_ids)
@pytest.mark.parametrize("version", VERSIONS)
def test_open_api(signup, version, probe):
    lago = Lago(version, users=[OWNER])
    with serving(handler_for(lago)) as url:
        result = signup(state="enabled", api_url=url, **probe)
        assert result["api"] == "open"
        failed = signup(state="disabled", api_url=url, **probe)
        reported = signup(state="disabled", mismatch="report", api_url=url, **probe)
    assert failed["failed"] and failed["error_kind"] == "signup_mismatch"
    assert reported["api"] == "open" and not reported["changed"]


@pytest.mark.parametrize("version,variable", [("1.0.0", "LAGO_DISABLE_SIGNUP"), ("1.6.1", "LAGO_SIGNUP_DISABLED"),
                                              ("1.31.0", "LAGO_SIGNUP_DISABLED"), ("0.41.0", "LAGO_DISABLE_SIGNUP")])
def test_the_variable_of_another_version_closes_nothing(signup, version, variable):
    with serving(handler_for(Lago(version, {variable: "true"}, [OWNER]))) as url:
        assert signup(api_url=url, probe="known_email", known_email=OWNER)["api"] == "open"


@pytest.mark.parametrize("value", ["True", "1", "yes", '"true"', "true "])
def test_only_the_exact_word_closes(signup, value):
    with serving(handler_for(Lago("1.31.0", {"LAGO_DISABLE_SIGNUP": value}, [OWNER]))) as url:
        assert signup(api_url=url, probe="blank")["api"] == "open"


@pytest.mark.parametrize("roles_seeded", [True, False])
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("probe", [*PROBES, {"probe": "known_email", "known_email": "stranger@example.com"}],
                         ids=["known", "blank", "unknown"])
def test_no_probe_ever_creates_anything(signup, version, closed, roles_seeded, probe):
    lago = Lago(version, CLOSED_ENV if closed else {}, [OWNER], roles_seeded)
    before = lago.tables()
    with serving(handler_for(lago)) as url:
        result = signup(api_url=url, **probe)
    assert lago.requests == [("GET", "/health"), ("POST", "/graphql")]
    assert lago.tables() == before
    if closed and version != "0.41.0":
        assert result["api"] == "closed"
    else:
        assert result["api"] != "closed"


@pytest.mark.parametrize("version,given,orphan", [
    ("1.15.0", ("new@example.com", "password", ""), "users"),
    ("1.31.0", ("new@example.com", "password", ""), "users"),
    ("1.51.0", ("new@example.com", "password", ""), "users"),
    ("1.0.0", ("", "password", "New"), "organizations"),
    ("0.42.0", ("", "", "New"), "organizations"),
])
def test_half_blank_requests_would_have(version, given, orphan):
    """Without this, the test above could not fail."""
    lago = Lago(version)
    with serving(handler_for(lago)) as url:
        assert register(url, *given) >= 422
    tables = lago.tables()
    assert len(tables.pop(orphan)) == 1
    assert not any(tables.values())


def test_a_real_sign_up_creates_all_three():
    lago = Lago("1.31.0")
    with serving(handler_for(lago)) as url:
        assert register(url, "new@example.com", "password", "New") == 200
    assert [len(table) for table in lago.tables().values()] == [1, 1, 1]


def test_missing_roles_do_not_hide_an_open_api(signup):
    with serving(handler_for(Lago("1.41.0", users=[OWNER], roles_seeded=False))) as url:
        assert signup(api_url=url, probe="known_email", known_email=OWNER)["api"] == "open"


def test_an_unknown_email_is_no_proof(signup):
    with serving(handler_for(Lago("1.31.0", users=[OWNER]))) as url:
        result = signup(api_url=url, probe="known_email", known_email="stranger@example.com")
    assert result["api"] == "unknown"
    assert "known_email" in result["api_evidence"]["reason"]


def test_an_api_below_a_path(signup):
    with serving(handler_for(Lago("1.31.0", CLOSED_ENV, [OWNER]), "/api")) as url:
        assert signup(api_url=f"{url}/api/", probe="blank")["api"] == "closed"
        assert signup(api_url=url, probe="blank")["api"] == "unknown"


def test_an_api_by_host_and_port(signup):
    with serving(handler_for(Lago("1.31.0", CLOSED_ENV, [OWNER]))) as url:
        result = signup(login_host="127.0.0.1", login_port=int(url.rsplit(":", 1)[1]), probe="blank")
    assert result["api"] == "closed"
    assert result["connection"]["way"] == "tcp"


@pytest.mark.parametrize("value,front", [("true", "closed"), ("false", "open"), ("", "open"), ('"true"', "unknown")])
def test_the_front(signup, value, front):
    with serving(handler_for(Lago(env={"LAGO_DISABLE_SIGNUP": value}))) as url:
        assert signup(front_url=url)["front"] == front


def test_a_hidden_page_does_not_close_the_api(signup):
    """getlago/lago#220: the front has the switch, the API does not."""
    front = Lago(env={"LAGO_DISABLE_SIGNUP": "true"})
    with serving(handler_for(Lago("1.31.0", users=[OWNER]))) as api_url, serving(handler_for(front)) as front_url:
        options = {"api_url": api_url, "front_url": front_url, "probe": "known_email", "known_email": OWNER}
        result = signup(**options)
        assert (result["api"], result["front"]) == ("open", "closed")
        assert signup(state="disabled", **options)["failed"]


# Servers that are no Lago, or not well. None of them may be called closed, none may take longer than it is given.

def answering(bytes_, pause=0.0, count=1, first=b""):
    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(first)
            for _ in range(count):
                time.sleep(pause)
                self.request.sendall(bytes_)

    return Handler


def unknown(result):
    assert result["api"] == "unknown", result
    return result["api_evidence"]


def test_nobody_listens(signup):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        assert unknown(signup(api_url=url, probe="blank"))["error_kind"] == "connection_refused"
        failed = signup(state="disabled", api_url=url, probe="blank")
        assert failed["failed"] and failed["error_kind"] == "connection_refused"
        checked = signup(check=True, state="disabled", api_url=url, probe="blank")
        assert not checked.get("failed") and checked["warnings"]


def test_a_name_that_does_not_exist(signup):
    assert unknown(signup(api_url="http://lago.invalid", probe="blank", timeout=10))["reason"]


@pytest.mark.parametrize("handler", [answering(b"", 30), answering(b"X: y\r\n", 0.3, 100, b"HTTP/1.1 200 OK\r\n"),
                                     answering(b"HTTP/1.1 200 OK\r\nX: y", 30)], ids=["silent", "drip", "stops"])
def test_a_slow_server(signup, handler):
    start = time.monotonic()
    with serving(handler) as url:
        assert unknown(signup(api_url=url, probe="blank", timeout=2))["error_kind"] == "timed_out"
        assert time.monotonic() - start < 10


@pytest.mark.parametrize("garbage,kind", [(b"-ERR unknown command\r\n", "garbage"), (b"\0" * 100, "garbage"),
                                          (b"", "connection_closed"), (b"HTTP/1.1 200 OK\r\n", "connection_closed")])
def test_garbage(signup, garbage, kind):
    with serving(answering(garbage)) as url:
        assert unknown(signup(api_url=url, probe="blank"))["error_kind"] == kind


def healthy_then(answer):
    """Well until it is asked about sign-up; None hangs up."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self):
            if self.request.recv(65536).startswith(b"GET /health"):
                body = b'{"version": "1.31.0", "message": "Success"}'
                self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            elif answer is not None:
                self.request.sendall(answer)

    return Handler


GRAPHQL = b'{"data":{"registerUser":null},"errors":[{"extensions":{"status":405,"code":"signup_disabled"}}]}'


@pytest.mark.parametrize("answer,kind", [
    (None, "connection_closed"), (b"\x15\x03\x03\x00\x02\x02\x46", "garbage"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n" + GRAPHQL, "connection_closed"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + GRAPHQL, None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe\0\0", None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"[" * 2_000_000, None),
    (b"HTTP/1.1 500 " + b"x" * 65536 + b"\r\nContent-Length: 0\r\n\r\n", None)],
    ids=["hangs up", "an alert of TLS", "cut", "half a JSON", "no UTF-8", "two megabytes deep", "a long reason"])
def test_gone_between_two_questions(signup, answer, kind):
    with serving(healthy_then(answer)) as url:
        evidence = unknown(signup(api_url=url, probe="blank"))
    assert kind is None or evidence["error_kind"] == kind
    assert len(json.dumps(evidence)) < 20_000


def test_the_same_server_with_a_whole_answer(signup):
    """Without this, the test above could not fail."""
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(GRAPHQL), GRAPHQL)
    with serving(healthy_then(whole)) as url:
        assert signup(api_url=url, probe="blank")["api"] == "closed"


@pytest.mark.parametrize("head", [b"Content-Length: 314572800\r\n", b""], ids=["announced", "endless"])
def test_an_answer_of_300_megabytes(signup, head):
    class Handler(http.server.BaseHTTPRequestHandler):
        def handle(self):
            self.request.recv(65536)
            self.request.sendall(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
            for _ in range(4800):
                self.request.sendall(b"x" * 65536)

    with serving(Handler) as url:
        assert unknown(signup(api_url=url, probe="blank"))["error_kind"] == "too_large"


def test_a_redirect_is_not_followed(signup):
    moved = answering(b"HTTP/1.1 301 Moved\r\nLocation: https://lago.example.com/\r\nContent-Length: 0\r\n\r\n")
    with serving(moved) as url:
        assert "https://lago.example.com/" in unknown(signup(api_url=url, probe="blank"))["reason"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "both.pem", folder / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=stand-in",
                    "-addext", "subjectAltName=DNS:lago.example.com", "-keyout", key, "-out", pem],
                   check=True, capture_output=True)
    trust = folder / "trust.pem"
    trust.write_bytes(pem.read_bytes())
    pem.write_bytes(pem.read_bytes() + key.read_bytes())
    return pem, trust


def test_a_certificate_for_another_name(signup, certificate):
    pem, trust = certificate
    with serving(handler_for(Lago("1.31.0", CLOSED_ENV)), certificate=pem) as url:
        asked = {"api_url": url, "probe": "blank"}
        assert unknown(signup(ca_path=str(trust), **asked))["error_kind"] == "host_name_mismatch"
        assert unknown(signup(ca_path="/nonexistent.pem", **asked))["error_kind"] == "ca_file"
        assert signup(validate_certs=False, **asked)["api"] == "closed"
        localhost = url.replace("127.0.0.1", "localhost")
        assert unknown(signup(api_url=localhost, probe="blank", ca_path=str(trust)))["error_kind"] == "host_name_mismatch"


def test_a_certificate_that_nobody_trusts(signup, certificate, tmp_path):
    other = tmp_path / "other.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=other",
                    "-keyout", tmp_path / "key.pem", "-out", other], check=True, capture_output=True)
    with serving(handler_for(Lago("1.31.0", CLOSED_ENV)), certificate=certificate[0]) as url:
        assert unknown(signup(api_url=url, probe="blank", ca_path=str(other)))["error_kind"] == "certificate"
