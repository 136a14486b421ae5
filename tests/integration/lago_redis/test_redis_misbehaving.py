# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers that hang up, send garbage or never end, at each step; and options that cannot be meant."""
import json
import pathlib
import resource
import socket
import subprocess
import time

import bad_files
import pytest
from redis_common import SECRET
from servers_redis import encode, fake, server

INFO = (b"# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nloading:0\r\naof_enabled:1\r\nrole:master\r\n"
        b"maxmemory:0\r\nmaxmemory_policy:noeviction\r\ncluster_enabled:0\r\n")
BULK = b"$%d\r\n%s\r\n" % (len(INFO), INFO)
# What a good server answers to AUTH, SELECT, INFO, EVAL, EVALSHA, EVAL, CONFIG GET save.
GOOD = [b"+OK\r\n", b"+OK\r\n", BULK, b":1\r\n", b":1\r\n", b"*0\r\n", b"*2\r\n$4\r\nsave\r\n$0\r\n\r\n"]
OPTIONS = {"login_host": "127.0.0.1", "login_password": SECRET, "db": 1, "timeout": 3}


def answering(*answers):
    """A script that gives one answer a command; None hangs up, a function takes the connection over."""
    def script(connection):
        for answer in answers:
            if not connection.recv(65536):
                return
            if answer is None:
                return
            if callable(answer):
                answer(connection)
                return
            connection.sendall(answer)
        connection.recv(1)
    return script


def test_the_fake_is_good(redis):
    with fake(answering(*GOOD)) as port:
        assert redis(login_port=port, **OPTIONS)["fit"] is True


@pytest.mark.parametrize("step", range(len(GOOD)))
@pytest.mark.parametrize("answer, kinds", [
    (None, ["connection_closed"]),
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", ["garbage"]),
    (b"\x15\x03\x03\x00\x02\x02\x46", ["garbage"]),
    (b"$99999999999999999999\r\n", ["garbage"]),
    (b"$-5\r\n", ["garbage"]),
    (b"*4294967295\r\n", ["garbage"]),
    (b"*1\r\n" * 2000, ["garbage"]),
    (b"-LOADING Redis is loading the dataset in memory\r\n", ["loading"]),
    (b"-MOVED 3999 127.0.0.1:6381\r\n", ["cluster"]),
    (b"-READONLY You can't write against a read only replica.\r\n", ["read_only"]),
    (b"-DENIED Redis is running in protected mode\r\n", ["protected_mode"]),
    (b"-NOAUTH Authentication required.\r\n", ["no_auth"]),
    (b"-ERR \xff\xfe\x00 odd\r\n", ["server_error", "not_known", "scripting", None]),
])
def test_each_step(redis, step, answer, kinds):
    with fake(answering(*GOOD[:step], answer, *GOOD[step + 1:])) as port:
        result = redis(login_port=port, **OPTIONS)
        assert result.get("error_kind") in kinds, result
        if None not in kinds:
            assert result["failed"] is True


@pytest.mark.parametrize("step", range(len(GOOD)))
def test_each_step_half_an_answer_then_silence(redis, step):
    with fake(answering(*GOOD[:step], GOOD[step][:-1], lambda connection: time.sleep(5))) as port:
        began = time.monotonic()
        assert redis(login_port=port, **{**OPTIONS, "timeout": 1})["error_kind"] == "timed_out"
        assert time.monotonic() - began < 3


def test_one_byte_at_a_time_does_not_move_the_deadline(redis):
    def drip(connection):
        for byte in BULK:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
    with fake(answering(*GOOD[:2], drip)) as port:
        began = time.monotonic()
        assert redis(login_port=port, **{**OPTIONS, "timeout": 1})["error_kind"] == "timed_out"
        assert time.monotonic() - began < 3


def test_an_answer_of_300_mb_is_refused_in_little_memory(redis):
    def flood(connection):
        connection.sendall(b"$314572800\r\n")
        for _ in range(300):
            connection.sendall(b"x" * 1048576)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    with fake(answering(*GOOD[:2], flood)) as port:
        assert redis(login_port=port, **OPTIONS)["error_kind"] == "too_large"
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= max(before, 100 * 1024)


def test_an_array_without_end(redis):
    def flood(connection):
        connection.sendall(b"*9999\r\n")
        for _ in range(9998):
            connection.sendall(b"$1024\r\n" + b"x" * 1024 + b"\r\n")
    with fake(answering(*GOOD[:2], flood)) as port:
        assert redis(login_port=port, **OPTIONS)["error_kind"] == "too_large"


def test_info_that_is_no_info(redis):
    for answer in (b":5\r\n", b"$-1\r\n", b"*0\r\n", b"$5\r\nhello\r\n", b"+OK\r\n"):
        with fake(answering(*GOOD[:2], answer)) as port:
            assert redis(login_port=port, **OPTIONS)["error_kind"] == "garbage"


def test_a_server_that_says_the_password_back(redis):
    with fake(answering(f"-ERR you said {SECRET}\r\n".encode())) as port:
        result = redis(login_port=port, **OPTIONS)
        assert result["failed"] and "you said" in result["msg"]


def test_protected_mode(redis):
    """The server speaks first, and hangs up."""
    def denied(connection):
        connection.sendall(b"-DENIED Redis is running in protected mode because protected mode is enabled and no "
                           b"password is set for the default user.\r\n")
    with fake(denied) as port:
        assert redis(login_host="127.0.0.1", login_port=port)["error_kind"] == "protected_mode"


def test_only_reading_commands_are_sent(redis):
    heard = []

    def listen(connection):
        for answer in GOOD:
            heard.append(connection.recv(65536))
            connection.sendall(answer)
    with fake(listen) as port:
        assert redis(login_port=port, **OPTIONS)["fit"] is True
    words = [request.split(b"\r\n")[2] for request in heard]
    assert words == [b"AUTH", b"SELECT", b"INFO", b"EVAL", b"EVALSHA", b"EVAL", b"CONFIG"]
    assert heard[0] == encode("AUTH", SECRET)


def test_gone_in_the_middle(redis, redis_program, tmp_path):
    with server(redis_program, tmp_path) as made, socket.create_connection(("127.0.0.1", made.port)):
        made.process.kill()
        made.process.wait()
        assert redis(login_port=made.port)["error_kind"] == "connection_refused"


@pytest.mark.parametrize("options, kind", [
    ({"login_port": 0}, "bad_login_port"),
    ({"login_port": 65536}, "bad_login_port"),
    ({"login_port": -1}, "bad_login_port"),
    ({"timeout": 0}, "bad_timeout"),
    ({"retries": -1}, "bad_retries"),
    ({"delay": -1}, "bad_delay"),
    ({"login_unix_socket": "relative"}, "bad_login_unix_socket"),
    ({"login_unix_socket": "/" + "x" * 108}, "bad_login_unix_socket"),
    ({"login_unix_socket": "/a\0b"}, "bad_login_unix_socket"),
    ({"login_host": "a\0b"}, "bad_login_host"),
    ({"login_host": "a b"}, "name_not_found"),
    ({"login_host": "ü" * 1000000}, "name_not_found"),
    ({"login_host": "\udcff.example"}, "name_not_found"),
    ({"login_container": "../x"}, "bad_container_name"),
    ({"login_container": "x", "docker_host": "tcp://1.2.3.4"}, "bad_docker_host"),
    ({"login_method": "container"}, "bad_login_method"),
    ({"login_method": "socket"}, "bad_login_method"),
    ({"login_method": "tcp", "login_container": "x"}, "bad_login_method"),
    ({"tls": True, "ca_certs": "/a\0b"}, "bad_path"),
])
def test_options_that_cannot_be_meant(redis, options, kind):
    result = redis(**{"timeout": 5, **options})
    assert result["failed"] and result["error_kind"] == kind and len(result["msg"]) < 3000, result["msg"][:3000]


@pytest.mark.parametrize("options, word", [
    ({"login_port": "many"}, "login_port"),
    ({"tls": "perhaps"}, "tls"),
    ({"require": ["beauty"]}, "require"),
    ({"require": {"a": 1}}, "require"),
    ({"no_such_option": 1}, "no_such_option"),
    ({"login_method": "pigeon"}, "login_method"),
    ({"client_key_file": "/nonexistent/key", "tls": True}, "client_cert_file"),
])
def test_options_that_do_not_fit_the_documentation(run_module, options, word):
    result = run_module("lago_redis", {"timeout": 2, **options}).json
    assert result["failed"] and word in result["msg"], result


TEXTS = ["a\0b", "\udcff\ud800", "m" * (1 << 20), "a\r\nFLUSHALL\r\n"]


@pytest.mark.parametrize("text", TEXTS, ids=["NUL", "surrogates", "megabyte", "lines"])
@pytest.mark.parametrize("option", ["login_password", "login_user"])
def test_a_text_of_any_bytes_is_one_word_to_the_server(redis, option, text):
    """Lengths are counted, so that nothing of it becomes a command of its own."""
    heard = []

    def refuse(connection):
        connection.settimeout(2)
        while data := connection.recv(1 << 20):
            heard.append(data)
            if len(b"".join(heard)) >= len(text):
                connection.sendall(b"-WRONGPASS invalid username-password pair\r\n")
                return
    with fake(refuse) as port:
        asked = {"login_password": SECRET, option: text}
        result = redis(login_host="127.0.0.1", login_port=port, timeout=5, **asked)
    assert result["error_kind"] in ("wrong_password", "bad_login_user", "bad_login_password"), result["msg"][:500]
    assert not heard or b"".join(heard).startswith(b"*3\r\n$4\r\nAUTH\r\n" if option == "login_user" else b"*2\r\n$4\r\nAUTH\r\n")


@pytest.mark.parametrize("what", ["missing", "folder", "an empty line", "NUL", "large"])
def test_password_files_without_a_password(redis, tmp_path, what):
    path = tmp_path / "file"
    bad_files.put(path, what)
    asked = {"login_password_file_key": "A"} if what == "NUL" else {}
    result = redis(login_password_file=str(path), timeout=2, **asked)
    assert result["failed"] and result["error_kind"] == "password_file" and str(path) in result["msg"]


@pytest.mark.parametrize("option, kind", [("ca_certs", "ca_file"), ("client_cert_file", "client_certificate")])
@pytest.mark.parametrize("what", bad_files.NO_CERTIFICATES)
def test_files_that_are_no_certificate(redis, secured_fake, tmp_path, option, kind, what):
    path = tmp_path / "file"
    bad_files.put(path, what)
    asked = {option: str(path)} if option == "ca_certs" else {option: str(path), "client_key_file": str(path)}
    result = redis(login_host="127.0.0.1", login_port=secured_fake, tls=True, validate_certs=option == "ca_certs", **asked)
    assert result["error_kind"] == kind and str(path) in result["msg"] and len(result["msg"]) < 2000


@pytest.fixture
def secured_fake():
    with fake(lambda connection: connection.recv(1)) as port:
        yield port


@pytest.mark.parametrize("make, kind", [
    (lambda path: None, "socket_missing"),
    (lambda path: path.mkdir(), "socket_unusable"),
    (lambda path: path.write_text("x"), "socket_unusable"),
    (lambda path: path.symlink_to("nowhere"), "socket_missing"),
])
def test_sockets_that_are_none(redis, tmp_path, make, kind):
    path = tmp_path / "s"
    make(path)
    assert redis(login_unix_socket=str(path))["error_kind"] == kind


def test_a_socket_that_nobody_listens_on(redis, tmp_path):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(tmp_path / "s"))
    assert redis(login_unix_socket=str(tmp_path / "s"))["error_kind"] == "connection_refused"


def test_a_socket_that_is_a_link(redis, redis_program, tmp_path):
    with server(redis_program, tmp_path / "real") as made:
        (tmp_path / "link").symlink_to(made.socket)
        assert redis(login_unix_socket=str(tmp_path / "link"))["fit"] is True


def test_the_password_is_nowhere_to_be_seen_while_it_runs(lago):
    """Neither in argv nor in the environment of the process that has it."""
    with fake(lambda connection: time.sleep(3)) as port:
        asked = {"ANSIBLE_MODULE_ARGS": {"login_host": "127.0.0.1", "login_port": port, "login_password": SECRET,
                                         "timeout": 2}}
        process = subprocess.Popen([lago, "lago_redis"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        process.stdin.write(json.dumps(asked))
        process.stdin.close()
        time.sleep(0.5)
        for name in ("cmdline", "environ"):
            assert SECRET.encode() not in pathlib.Path(f"/proc/{process.pid}/{name}").read_bytes()
        output = process.stdout.read()
        process.wait()
        assert json.loads(output)["error_kind"] == "timed_out" and SECRET not in output
