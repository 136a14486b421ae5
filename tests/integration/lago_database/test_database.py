# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_database against real servers: what it makes, what it leaves alone, what it refuses, what it never shows."""
import os
import socket
import subprocess
import threading

import pytest

PASSWORD = "plAnted-s3cret"

AWKWARD_PASSWORDS = [
    "with space", "quote'quote", 'double"double', "back\\slash", "dollar$1", "per%cent", "at@host:5432/db?x=y#z",
    "semi;colon--", "päss wörd", "\u2168 roman", "emoji \U0001f511", "tab\tinside", "$$dollar quoted$$", "-c option",
    "SCRAM-SHA-256$no verifier", "md5 no verifier",
]


def present(run_module, server, name, **more):
    return run_module("lago_database", {"name": name, "password": PASSWORD, **server.over_socket, **more})


def logs_in(run_module, server, name, password):
    """Whether `password` opens the server over TCP, where it asks for SCRAM: asked of the server, not of our result."""
    done = subprocess.run(["psql", "-XAtq", "-h", "127.0.0.1", "-p", str(server.port), "-U", name, "-d", name, "-c",
                           "select current_user"], env={"PATH": os.environ["PATH"], "PGPASSWORD": password,
                                                        "LC_ALL": "C.UTF-8"},
                          capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == name


def test_makes_role_and_database_and_then_changes_nothing(run_module, server, name):
    first = present(run_module, server, name)
    assert first.json["changed"] is True
    assert server.psql(f"select pg_get_userbyid(datdba) from pg_database where datname = '{name}'") == name
    assert server.psql(f"select rolcanlogin, rolsuper from pg_roles where rolname = '{name}'") == "t|f"
    assert logs_in(run_module, server, name, PASSWORD)
    verifier = server.psql(f"select rolpassword from pg_authid where rolname = '{name}'")
    assert verifier.startswith("SCRAM-SHA-256$")

    second = present(run_module, server, name)
    assert second.json["changed"] is False
    assert second.json["queries"] == []
    assert server.psql(f"select rolpassword from pg_authid where rolname = '{name}'") == verifier


@pytest.mark.parametrize("password", AWKWARD_PASSWORDS)
def test_awkward_passwords(run_module, server, name, password):
    result = run_module("lago_database", {"name": name, "password": password, **server.over_socket})
    assert result.json["changed"] is True
    assert logs_in(run_module, server, name, password)
    again = run_module("lago_database", {"name": name, "password": password, **server.over_socket})
    assert again.json["changed"] is False


@pytest.mark.parametrize("awkward", ['with "quotes"', "with space", "with.dot", "it's", "Ünïcode", "select"])
def test_awkward_names(run_module, server, awkward):
    parameters = {"name": awkward, "owner": awkward + " role", "password": PASSWORD, **server.over_socket}
    assert run_module("lago_database", parameters).json["changed"] is True
    quoted = awkward.replace("'", "''")
    assert server.psql(f"select count(*) from pg_database where datname = '{quoted}'") == "1"
    assert run_module("lago_database", parameters).json["changed"] is False
    gone = run_module("lago_database", {**parameters, "state": "absent", "drop_role": True})
    assert gone.json["changed"] is True
    assert server.psql(f"select count(*) from pg_database where datname = '{quoted}'") == "0"
    assert server.psql(f"select count(*) from pg_roles where rolname = '{quoted} role'") == "0"


def test_check_mode_says_the_same_and_writes_nothing(run_module, server, name):
    parameters = {"name": name, "password": PASSWORD, **server.over_socket}
    planned = run_module("lago_database", parameters, check=True, diff=True)
    assert planned.json["changed"] is True
    assert server.psql(f"select count(*) from pg_roles where rolname = '{name}'") == "0"
    done = run_module("lago_database", parameters, diff=True)
    assert done.json["diff"] == planned.json["diff"]
    assert done.json["queries"] == planned.json["queries"]


def test_what_the_mash_playbook_made_is_taken_as_it_is(run_module, server, name):
    server.psql(f'create user "{name}"')
    server.psql(f"alter role \"{name}\" password '{PASSWORD}'")
    server.psql(f"create database \"{name}\" with lc_ctype 'C' lc_collate 'C' owner \"{name}\" template template0")
    result = present(run_module, server, name, lc_collate="C", lc_ctype="C")
    assert result.json["changed"] is False


def test_md5_verifier_is_recognised(run_module, server, name):
    server.psql(f"set password_encryption = 'md5'; create role \"{name}\" login password '{PASSWORD}'")
    server.psql(f'create database "{name}" owner "{name}"')
    result = present(run_module, server, name)
    assert not result.json.get("failed"), result.json
    assert logs_in(run_module, server, name, PASSWORD) or \
        server.psql(f"select left(rolpassword, 3) from pg_authid where rolname = '{name}'") == "md5"


def test_changed_password_and_wrong_owner_are_mended(run_module, server, name):
    present(run_module, server, name)
    server.psql(f"alter database \"{name}\" owner to postgres")
    result = run_module("lago_database", {"name": name, "password": "another-one", **server.over_socket})
    assert result.json["changed"] is True
    assert logs_in(run_module, server, name, "another-one")
    assert server.psql(f"select pg_get_userbyid(datdba) from pg_database where datname = '{name}'") == name


def test_an_encoding_that_cannot_be_changed_is_refused(run_module, server, name):
    present(run_module, server, name)
    result = run_module("lago_database", {"name": name, "encoding": "SQL_ASCII", **server.over_socket})
    assert result.json["failed"] is True
    assert "encoding" in result.json["msg"].lower()


def test_extensions_of_lago_can_be_made_by_the_owner(run_module, server, name):
    if server.psql("select count(*) from pg_available_extensions where name = 'pgcrypto'") == "0":
        pytest.skip("this server has no contrib extensions")
    result = present(run_module, server, name, extensions=[{"name": "pgcrypto"}])
    assert result.json["changed"] is True
    assert server.psql("select pg_get_userbyid(extowner) from pg_extension where extname = 'pgcrypto'", name) == name
    assert present(run_module, server, name, extensions=[{"name": "pgcrypto"}]).json["changed"] is False


def test_an_administrator_who_cannot_read_verifiers(run_module, server, name):
    admin = f"{name}_admin"
    server.psql(f"create role \"{admin}\" login createrole createdb password 'adm'")
    login = {"login_host": "127.0.0.1", "login_port": server.port, "login_user": admin, "login_password": "adm"}
    first = run_module("lago_database", {"name": name, "password": PASSWORD, **login})
    assert first.json.get("changed") is True, first.json
    second = run_module("lago_database", {"name": name, "password": PASSWORD, **login})
    assert second.json["changed"] is False, second.json


def test_absent_with_sessions_needs_force(run_module, server, name):
    present(run_module, server, name)
    with subprocess.Popen(["psql", "-XAtq", "-h", str(server.folder), "-p", str(server.port), "-U", name, "-d", name],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as session:
        session.stdin.write("select 1;\n")
        session.stdin.flush()
        assert session.stdout.readline().strip() == "1"
        gone = {"name": name, "state": "absent", "drop_role": True, **server.over_socket}
        refused = run_module("lago_database", gone)
        assert refused.json["failed"] is True
        assert "force" in refused.json["msg"]
        assert run_module("lago_database", {**gone, "force": True}).json["changed"] is True
        session.stdin.close()
    assert run_module("lago_database", gone).json["changed"] is False


def test_wrong_password(run_module, server, name):
    login = {**server.over_tcp, "login_password": "wr0ng-planted"}
    result = run_module("lago_database", {"name": name, **login})
    assert result.json["failed"] is True
    assert result.json["error_kind"] == "wrong_password"
    assert "wr0ng-planted" not in result.everything


def test_refused_and_unknown_host(run_module, server, name):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    refused = run_module("lago_database", {"name": name, "login_host": "127.0.0.1", "login_port": closed})
    assert refused.json["failed"] is True
    assert "refused" in (refused.json["msg"] + refused.json["error_kind"]).lower()
    unknown = run_module("lago_database", {"name": name, "login_host": "no-such-host.invalid", "timeout": 20})
    assert unknown.json["failed"] is True
    assert "no-such-host.invalid" in unknown.json["msg"]


@pytest.mark.parametrize("answer", [b"", b"garbage" * 100, b"E\x00\x00\x00\x08oops", b"R\xff\xff\xff\xff"])
def test_a_server_that_misbehaves(run_module, name, answer):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve():
            for _ in range(4):
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(1024)
                    connection.sendall(answer)
        threading.Thread(target=serve, daemon=True).start()
        result = run_module("lago_database", {"name": name, "login_host": "127.0.0.1", "timeout": 15,
                                              "login_port": listener.getsockname()[1]})
    assert result.json["failed"] is True


def test_no_secret_is_seen_anywhere(run_module, server, name):
    password = "planted-for-the-log"  # never sent by this file's own psql
    result = run_module("lago_database", {"name": name, "password": password, "verify_login": True,
                                          **server.over_tcp}, diff=True)
    assert result.json["changed"] is True
    assert "ALTER ROLE" in server.log() or "CREATE ROLE" in server.log()
    failed = run_module("lago_database", {"name": name, "password": password, "encoding": "SQL_ASCII",
                                          **server.over_tcp}, diff=True)
    assert failed.json["failed"] is True
    for secret in (password, server.password):
        assert secret not in result.everything
        assert secret not in failed.everything
        assert secret not in server.log()
