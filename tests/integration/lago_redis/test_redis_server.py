# SPDX-License-Identifier: GPL-3.0-or-later
"""What real servers are found to be: fit, unfit, shut, or still starting."""
import os
import pathlib
import socket
import subprocess
import threading
import time

import pytest
from redis_common import SECRET
from servers_redis import Authority, free_port, server

ALL = ["version", "master", "standalone", "scripting", "commands", "noeviction", "persistence"]


def only_problem(result):
    assert len(result["problems"]) == 1, result["problems"]
    return result["problems"][0]


def keys_in(made):
    """What INFO says of keys: nothing where no key was ever written."""
    info = made.ask("INFO", "keyspace")
    return info.split(b"# Keyspace\r\n")[1].strip()


def test_fit(redis, program, tmp_path):
    with server(program, tmp_path, "--appendonly", "yes") as made:
        result = redis(login_host="127.0.0.1", login_port=made.port, require=ALL)
        assert result["fit"] is True and result["problems"] == [] and "warnings" not in result
        assert result["connection"] == {"way": "tcp", "host": "127.0.0.1", "port": made.port, "tls": False}
        asked = result["server"]
        assert asked["name"] in program and asked["role"] == "master" and asked["mode"] == "standalone"
        assert asked["maxmemory_policy"] == "noeviction" and asked["aof"] is True and asked["scripting"] is True
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        assert f"v={asked['version']} " in version
        assert keys_in(made) == b""
        checked = redis(login_host="127.0.0.1", login_port=made.port, require=ALL, check=True)
        del result["invocation"], checked["invocation"]
        assert checked == result


def test_unix_socket(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        result = redis(login_unix_socket=made.socket, login_port=1)
        assert result["connection"] == {"way": "socket", "socket": made.socket, "tls": False}


def test_localhost_is_the_default(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        assert redis(login_port=made.port)["connection"]["host"] == "localhost"


def test_no_persistence_is_a_warning_unless_required(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        result = redis(login_port=made.port)
        assert result["fit"] is True and only_problem(result)["kind"] == "no_persistence"
        assert len(result["warnings"]) == 1 and "appendonly yes" in str(result["warnings"])
        result = redis(login_port=made.port, require=["persistence"])
        assert result["failed"] and result["error_kind"] == "no_persistence" and result["fit"] is False


def test_snapshots_are_persistence(redis, program, tmp_path):
    with server(program, tmp_path, "--save", "3600 1") as made:
        result = redis(login_port=made.port, require=ALL)
        assert result["server"]["snapshots"] is True and result["server"]["aof"] is False


def test_wrong_policy(redis, program, tmp_path):
    with server(program, tmp_path, "--appendonly", "yes", "--maxmemory", "100mb",
                "--maxmemory-policy", "allkeys-lru") as made:
        result = redis(login_port=made.port)
        assert only_problem(result)["kind"] == "eviction" and result["server"]["maxmemory"] == 100 * 1024 * 1024
        result = redis(login_port=made.port, require=ALL)
        assert result["error_kind"] == "eviction" and "noeviction" in result["msg"]


def test_replica(redis, program, tmp_path):
    with server(program, tmp_path, "--replicaof", "127.0.0.1", str(free_port())) as made:
        result = redis(login_port=made.port)
        assert result["failed"] and result["error_kind"] == "replica" and "master" in result["msg"]
        assert "replica" in {problem["kind"] for problem in redis(login_port=made.port, require=[])["problems"]}


def test_cluster(redis, program, tmp_path):
    with server(program, tmp_path, "--cluster-enabled", "yes") as made:
        result = redis(login_port=made.port)
        assert result["failed"] and result["error_kind"] == "cluster"
        # Valkey 9 has numbered databases in a cluster too.
        assert redis(login_port=made.port, db=1)["error_kind"] in ("cluster", "no_database")


def test_sentinel(redis, redis_program, tmp_path):
    conf = tmp_path / "sentinel.conf"
    port = free_port()
    conf.write_text(f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\n")
    process = subprocess.Popen([redis_program, str(conf), "--sentinel"], stdout=subprocess.DEVNULL)
    try:
        result = redis(login_port=port, retries=50, delay=0, timeout=30)
        while result.get("error_kind") == "connection_refused":
            result = redis(login_port=port)
        assert result["failed"] and result["error_kind"] == "sentinel"
    finally:
        process.kill()
        process.wait()


def test_password(redis, program, tmp_path):
    with server(program, tmp_path, "--requirepass", SECRET) as made:
        assert redis(login_port=made.port, login_password=SECRET)["fit"] is True
        result = redis(login_port=made.port)
        assert result["error_kind"] == "no_auth" and "NOAUTH" in result["msg"]
        assert redis(login_port=made.port, login_password="")["error_kind"] == "no_auth"
        (tmp_path / "password").write_text(SECRET + "\n")
        (tmp_path / "env").write_text(f"OTHER=x\nREDIS_PASSWORD={SECRET}\n")
        assert redis(login_port=made.port, login_password_file=f"{tmp_path}/password")["fit"] is True
        by_key = {"login_port": made.port, "login_password_file": f"{tmp_path}/env"}
        assert redis(**by_key, login_password_file_key="REDIS_PASSWORD")["fit"] is True
        assert redis(**by_key, login_password_file_key="OTHER")["error_kind"] == "wrong_password"
        for missing in ({**by_key, "login_password_file_key": "NOT_THERE"},
                        {"login_port": made.port, "login_password_file": f"{tmp_path}/none"}):
            assert redis(**missing)["error_kind"] == "password_file"
            checked = redis(**missing, check=True)
            assert not checked.get("failed") and "not there yet" in str(checked["warnings"])
        result = redis(login_port=made.port, login_password=SECRET[:-1] + "x")
        assert result["error_kind"] == "wrong_password" and "WRONGPASS" in result["msg"]


def test_a_password_that_the_server_does_not_have(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        assert redis(login_port=made.port, login_password=SECRET)["error_kind"] == "no_password_set"


@pytest.mark.parametrize("password", ["x" * 60000, "NUL\0byte", "ünï", "\"'\\ $(id) \n%00", " "],
                         ids=["long", "nul", "not-ascii", "quotes", "blank"])
def test_passwords_with_every_awkward_character(redis, program, tmp_path, password):
    with server(program, tmp_path) as made:
        assert b"OK" in made.ask("ACL", "SETUSER", "lago", "on", "~*", "&*", "+@all", ">" + password)
        assert redis(login_port=made.port, login_user="lago", login_password=password)["fit"] is True
        assert redis(login_port=made.port, login_user="lago",
                     login_password=password + "x")["error_kind"] == "wrong_password"


@pytest.mark.parametrize("rules, kind, words", [
    (["+@all", "-@scripting"], "scripting", "eval"),
    (["+@all", "-eval"], "scripting", "eval"),
    (["+@all", "-evalsha"], "scripting", "evalsha"),
    (["+@all", "-info"], "not_known", "+info"),
    (["+@read", "+info", "+@scripting"], "no_permission", "LPUSH"),
])
def test_acl(redis, program, tmp_path, rules, kind, words):
    with server(program, tmp_path) as made:
        assert b"OK" in made.ask("ACL", "SETUSER", "lago", "on", ">" + SECRET, "~*", "&*", *rules)
        result = redis(login_port=made.port, login_user="lago", login_password=SECRET)
        assert result["failed"] and result["error_kind"] == kind and words in result["msg"]
        relaxed = redis(login_port=made.port, login_user="lago", login_password=SECRET, require=[])
        assert relaxed["fit"] is True and kind in {problem["kind"] for problem in relaxed["problems"]}


def test_acl_for_other_keys_only(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        made.ask("ACL", "SETUSER", "lago", "on", ">" + SECRET, "~app:*", "&*", "+@all")
        result = redis(login_port=made.port, login_user="lago", login_password=SECRET)
        assert result["error_kind"] == "no_permission" and "LPUSH" in result["msg"]


def test_acl_without_config(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        made.ask("ACL", "SETUSER", "lago", "on", ">" + SECRET, "~*", "&*", "+@all", "-config")
        result = redis(login_port=made.port, login_user="lago", login_password=SECRET)
        assert result["fit"] is True and only_problem(result)["kind"] == "not_known"
        assert "snapshots" not in result["server"]
        assert redis(login_port=made.port, login_user="lago", login_password=SECRET,
                     require=["persistence"])["error_kind"] == "not_known"


def test_acl_user_that_is_off_and_one_without_password(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        made.ask("ACL", "SETUSER", "shut", "off", ">" + SECRET, "~*", "+@all")
        made.ask("ACL", "SETUSER", "free", "on", "nopass", "~*", "&*", "+@all")
        assert redis(login_port=made.port, login_user="shut", login_password=SECRET)["error_kind"] == "wrong_password"
        assert redis(login_port=made.port, login_user="free")["fit"] is True


def test_database(redis, program, tmp_path):
    with server(program, tmp_path, "--databases", "4") as made:
        assert redis(login_port=made.port, db=3)["fit"] is True
        assert redis(login_port=made.port, db=4)["error_kind"] == "no_database"
        assert redis(login_port=made.port, db=-1)["error_kind"] == "bad_db"


def test_refused(redis):
    result = redis(login_port=free_port())
    assert result["error_kind"] == "connection_refused" and "login_port" in result["msg"]


def test_not_there_yet_is_a_warning_in_check_mode(redis, tmp_path):
    for options in ({"login_port": free_port()}, {"login_unix_socket": str(tmp_path / "none")},
                    {"login_host": "redis.invalid"},
                    {"login_container": "mash-redis", "docker_host": str(tmp_path / "docker.sock")}):
        result = redis(check=True, retries=100, delay=10, **options)
        assert result["reachable"] is False and "fit" not in result
        assert "would be checked" in str(result["warnings"])


def test_name_not_found(redis):
    result = redis(login_host="redis.invalid")
    assert result["error_kind"] == "name_not_found" and "redis.invalid" in result["msg"]


def test_starting_while_we_wait(redis, program, tmp_path):
    path = str(tmp_path / "s")
    results = []
    waiting = threading.Thread(
        target=lambda: results.append(redis(login_unix_socket=path, retries=100, delay=1, timeout=30)))
    waiting.start()
    time.sleep(0.5)
    with server(program, tmp_path):
        waiting.join()
    assert results[0]["fit"] is True and results[0]["attempts"] > 1


def test_retries_are_counted(redis):
    result = redis(login_port=free_port(), retries=2, delay=0)
    assert result["error_kind"] == "connection_refused" and result["attempts"] == 3


def test_a_wrong_password_is_not_tried_again(redis, program, tmp_path):
    with server(program, tmp_path, "--requirepass", SECRET) as made:
        result = redis(login_port=made.port, login_password="wrong-one", retries=5)
        assert result["attempts"] == 1


def test_loading(redis, redis_program, tmp_path):
    """A data set that takes seconds to load: waited for, but not beyond timeout."""
    with server(redis_program, tmp_path, "--enable-debug-command", "yes") as made:
        made.ask("DEBUG", "POPULATE", "300", "k", "400", timeout=30)
        assert b"OK" in made.ask("SAVE")
    # A pause after each key makes it slow.
    slow = ["--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024"]
    pathlib.Path(made.socket).unlink(missing_ok=True)
    with server(redis_program, tmp_path, *slow, wait=False) as made:
        while not pathlib.Path(made.socket).exists():
            time.sleep(0.01)
        time.sleep(0.1)
        result = redis(login_unix_socket=made.socket, timeout=2, retries=100, delay=0)
        assert result.get("error_kind") == "loading", result["msg"]
        began = time.monotonic()
        assert redis(login_unix_socket=made.socket, timeout=60)["fit"] is True
        assert time.monotonic() - began > 0.5
        assert redis(login_unix_socket=made.socket)["attempts"] == 1


def test_a_server_that_hangs(redis, redis_program, tmp_path):
    with server(redis_program, tmp_path) as made:
        os.kill(made.process.pid, 19)
        began = time.monotonic()
        result = redis(login_port=made.port, timeout=1)
        assert result["error_kind"] == "timed_out" and time.monotonic() - began < 3


def test_too_many_clients(redis, program, tmp_path):
    with server(program, tmp_path, "--maxclients", "1") as made:
        with socket.create_connection(("127.0.0.1", made.port)) as first:
            first.sendall(b"PING\r\n")
            assert first.recv(100)
            assert redis(login_port=made.port)["error_kind"] == "too_many_clients"


def test_renamed_commands(redis, redis_program, tmp_path):
    with server(redis_program, tmp_path, "--rename-command", "EVAL", "", "--rename-command", "CONFIG", "") as made:
        result = redis(login_port=made.port)
        assert result["error_kind"] == "scripting" and "EVAL" in result["msg"]


# --- TLS

def tls_server(program, folder, authority, name="redis", alternatives="DNS:redis.test,IP:127.0.0.1", *more):
    certificate, key = authority.issue(name, alternatives)
    arguments = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file",
                 str(authority.certificate), *more]
    if not more:
        arguments += ["--tls-auth-clients", "no"]
    try:
        return server(program, folder, *arguments, tls=True)
    except RuntimeError as error:
        pytest.skip(f"this server has no TLS: {error}")


@pytest.fixture
def secured(redis_program, tmp_path, authority):
    with tls_server(redis_program, tmp_path, authority) as made:
        yield made


def test_tls(redis, secured, authority):
    result = redis(login_host="127.0.0.1", login_port=secured.port, tls=True, ca_certs=str(authority.certificate))
    assert result["fit"] is True and result["connection"]["tls"] is True
    assert redis(login_host="127.0.0.1", login_port=secured.port, tls=True, validate_certs=False)["fit"] is True


def test_tls_1_2(redis, redis_program, tmp_path, authority):
    with tls_server(redis_program, tmp_path, authority, "old", "IP:127.0.0.1", "--tls-protocols", "TLSv1.2",
                    "--tls-auth-clients", "no") as made:
        assert redis(login_host="127.0.0.1", login_port=made.port, tls=True,
                     ca_certs=str(authority.certificate))["fit"] is True
        assert redis(login_host="127.0.0.1", login_port=made.port, tls=True, validate_certs=False)["fit"] is True


def test_tls_wrong_authority(redis, secured, tmp_path):
    other = Authority(tmp_path / "other", "other")
    result = redis(login_host="127.0.0.1", login_port=secured.port, tls=True, ca_certs=str(other.certificate))
    assert result["error_kind"] == "certificate" and "ca_certs" in result["msg"]


def test_tls_wrong_host_name(redis, secured, authority):
    result = redis(login_host="localhost", login_port=secured.port, tls=True, ca_certs=str(authority.certificate))
    assert result["error_kind"] == "host_name_mismatch" and "localhost" in result["msg"]


def test_tls_authority_that_is_not_there(redis, secured, tmp_path):
    for path in (tmp_path / "none.pem", tmp_path):
        result = redis(login_host="127.0.0.1", login_port=secured.port, tls=True, ca_certs=str(path))
        assert result["error_kind"] == "ca_file" and str(path) in result["msg"]


def test_tls_not_spoken(redis, program, tmp_path):
    with server(program, tmp_path) as made:
        result = redis(login_port=made.port, tls=True, validate_certs=False, timeout=1)
        assert result["error_kind"] == "tls_handshake" and "tls: false" in result["msg"]


def test_plain_text_to_tls(redis, secured):
    result = redis(login_port=secured.port)
    assert result["error_kind"] in ("garbage", "connection_closed") and "tls: true" in result["msg"]


@pytest.mark.parametrize("protocol", ["TLSv1.2", "TLSv1.3"])
def test_client_certificate(redis, redis_program, tmp_path, authority, protocol):
    with tls_server(redis_program, tmp_path, authority, "strict", "IP:127.0.0.1", "--tls-auth-clients", "yes",
                    "--tls-protocols", protocol) as made:
        certificate, key = authority.issue("lago")
        asked = {"login_host": "127.0.0.1", "login_port": made.port, "tls": True,
                 "ca_certs": str(authority.certificate)}
        assert redis(**asked, client_cert_file=certificate, client_key_file=key)["fit"] is True
        both = tmp_path / "both.pem"
        both.write_text(pathlib.Path(certificate).read_text() + pathlib.Path(key).read_text())
        assert redis(**asked, client_cert_file=str(both))["fit"] is True
        result = redis(**asked)
        # TLS 1.2 has no alert of its own for a certificate that is missing.
        assert result["error_kind"] in ("client_certificate", "tls_handshake", "connection_closed"), result["msg"]
        stranger, stranger_key = Authority(tmp_path / "stranger", "stranger").issue("x")
        result = redis(**asked, client_cert_file=stranger, client_key_file=stranger_key)
        # It hangs up right after its alert, which is then sometimes lost.
        assert result["error_kind"] in ("client_certificate", "connection_closed"), result["msg"]
        result = redis(**asked, client_cert_file=certificate, client_key_file=stranger_key)
        assert result["error_kind"] == "client_certificate", result["msg"]
        result = redis(**asked, client_cert_file=str(tmp_path / "none"), client_key_file=key)
        assert result["error_kind"] == "client_certificate", result["msg"]


def test_client_key_with_a_passphrase_is_refused_not_asked_for(redis, secured, authority, tmp_path):
    certificate, key = authority.issue("locked")
    locked = tmp_path / "locked.key"
    subprocess.run(["openssl", "ec", "-in", key, "-aes256", "-passout", "pass:" + SECRET, "-out", locked], check=True,
                   capture_output=True)
    result = redis(login_host="127.0.0.1", login_port=secured.port, tls=True, ca_certs=str(authority.certificate),
                   client_cert_file=certificate, client_key_file=str(locked))
    assert result["error_kind"] == "client_certificate"
