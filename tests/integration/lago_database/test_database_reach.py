# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to a server: TLS with right and wrong names, a container's network, its address; what each error is called."""
import os
import subprocess

import engine_standin
import pytest
import servers_postgres

PASSWORD = "adm1n behind TLS"
HBA = ("local all all trust", "hostssl all only_tls all scram-sha-256", "host all only_tls all reject",
       "host all nowhere 203.0.113.1/32 scram-sha-256", "host all postgres all scram-sha-256")


def openssl(*arguments, folder):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout",
            f"{name}.key", "-out", f"{name}.pem", folder=folder)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, another one, and a certificate of the first for the name localhost."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("right", "wrong"):
        authority(folder, name)
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "server.key", "-out",
            "server.csr", folder=folder)
    openssl("x509", "-req", "-in", "server.csr", "-CA", "right.pem", "-CAkey", "right.key", "-CAcreateserial", "-days",
            "2", "-extfile", "names", "-out", "server.pem", folder=folder)
    return folder


@pytest.fixture(scope="module")
def bin_folder():
    folders = servers_postgres.bin_folders()
    if not folders:
        pytest.skip("no PostgreSQL server programs (package postgresql)")
    return folders[-1]


@pytest.fixture(scope="module")
def secured(bin_folder, certificates):
    running = servers_postgres.start(bin_folder, PASSWORD, hba=HBA)
    for name in ("server.key", "server.pem"):
        target = running.folder / "data" / name
        target.write_bytes((certificates / name).read_bytes())
        owner = (running.folder / "data").stat()
        os.chown(target, owner.st_uid, owner.st_gid)
        target.chmod(0o600)
    for setting in ("ssl = on", "ssl_cert_file = 'server.pem'", "ssl_key_file = 'server.key'", "max_connections = 100"):
        running.psql(f"ALTER SYSTEM SET {setting}")
    running.psql("CREATE ROLE only_tls SUPERUSER LOGIN PASSWORD 'tls only'")
    running.psql("CREATE ROLE nowhere SUPERUSER LOGIN PASSWORD 'nowhere'")
    running.psql("SELECT pg_reload_conf()")
    yield running
    servers_postgres.stop(running, bin_folder)


@pytest.fixture
def reach(run_module, secured):
    """Looks for a database that is not there, which needs nothing but the login."""
    def run(**options):
        asked = {"name": "no_such_service", "state": "absent", "login_host": "localhost", "login_port": secured.port,
                 "login_user": "only_tls", "login_password": "tls only", **options}
        return run_module("lago_database", asked).json
    return run


def test_tls_with_the_right_name(reach, certificates):
    result = reach(ssl_mode="verify-full", ca_cert=str(certificates / "right.pem"))
    assert not result.get("failed"), result["msg"]
    assert result["connection"]["tls"] is True and result["connection"]["way"] == "tcp"


@pytest.mark.parametrize("options,kind", [
    ({"ssl_mode": "verify-full", "ca_cert": "right.pem", "login_host": "127.0.0.1"}, "host_name_mismatch"),
    ({"ssl_mode": "verify-full", "ca_cert": "wrong.pem"}, "certificate"),
    ({"ssl_mode": "verify-ca", "ca_cert": "wrong.pem"}, "certificate"),
    ({"ssl_mode": "verify-full", "ca_cert": "none.pem"}, "ca_file"),
    ({"ssl_mode": "disable"}, "tls_required"),
    ({"ssl_mode": "prefer", "ssl_cert": "server.pem", "ssl_key": "none.key"}, "tls_handshake"),
    ({"login_user": "nowhere", "login_password": "nowhere", "ssl_mode": "require"}, "no_pg_hba_entry"),
    ({"login_password": "not it"}, "wrong_password"),
    ({"login_user": "postgres", "login_password": PASSWORD, "login_db": "nope"}, "no_database"),
])
def test_each_error_has_its_name(reach, certificates, options, kind):
    for option in ("ca_cert", "ssl_cert", "ssl_key"):
        if option in options:
            options = {**options, option: str(certificates / options[option])}
    result = reach(**options)
    assert result["failed"] and result["error_kind"] == kind, result
    assert result["msg"].count("failed:") <= 1, "two attempts of libpq are one in the message"


def test_a_server_without_tls(run_module, server):
    result = run_module("lago_database", {"name": "x", "state": "absent", **server.over_tcp, "ssl_mode": "require"}).json
    assert result["error_kind"] == "tls_refused"


def test_the_environment_and_files_of_the_user_are_not_read(reach, secured, tmp_path, run_module):
    (tmp_path / ".pgpass").write_text(f"*:*:*:*:{PASSWORD}\n")
    (tmp_path / ".pgpass").chmod(0o600)
    env = {**os.environ, "HOME": str(tmp_path), "PGPASSWORD": PASSWORD, "PGPASSFILE": str(tmp_path / ".pgpass"),
           "PGUSER": "only_tls", "PGHOST": "203.0.113.1", "PGSERVICE": "none", "PGSSLMODE": "verify-full"}
    result = run_module("lago_database", {"name": "x", "state": "absent", "login_host": "127.0.0.1",
                                          "login_port": secured.port}, env=env).json
    assert result["error_kind"] == "password_missing", result


def test_too_many_connections(run_module, secured, name):
    secured.psql(f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD 'limited'")
    secured.psql(f"CREATE DATABASE {name} CONNECTION LIMIT 0")
    secured.psql(f"CREATE ROLE {name}_plain LOGIN PASSWORD 'limited'")
    result = run_module("lago_database", {"name": "x", "state": "absent", "login_unix_socket": str(secured.folder),
                                          "login_port": secured.port, "login_user": f"{name}_plain",
                                          "login_db": name}).json
    assert result["error_kind"] == "too_many_connections" and result["sqlstate"] == "53300"


def test_a_read_only_server_takes_no_changes_and_says_so_before(run_module, secured, name):
    asked = {"name": name, "login_unix_socket": str(secured.folder), "login_port": secured.port,
             "connect_params": {"options": "-c default_transaction_read_only=on"}}
    for check in (True, False):
        assert run_module("lago_database", asked, check=check).json["error_kind"] == "read_only"
    assert not run_module("lago_database", {**asked, "state": "absent"}).json.get("failed")


needs_namespaces = pytest.mark.skipif(not engine_standin.can_make_namespaces(),
                                      reason="needs root for network namespaces")


@pytest.fixture
def boxed(bin_folder, tmp_path):
    """A server that listens inside the network of the container mash-postgres, where it trusts; its address asks for
    the password, as the image's entry point writes it."""
    hba = ("local all all trust", "host all all 127.0.0.1/32 trust", "host all all all scram-sha-256")
    with engine_standin.engine(tmp_path / "docker.sock") as engine, \
            engine_standin.container(tmp_path / "box", address="10.231.7.2",
                                     hosts="127.0.0.1 localhost mash-postgres postgres.test\n") as pid:
        running = servers_postgres.start(bin_folder, PASSWORD, settings=["listen_addresses=*"], hba=hba,
                                         prefix=engine_standin.inside(pid, []))
        engine.add("mash-postgres", pid, address="10.231.7.2")
        yield {"login_container": "mash-postgres", "login_port": running.port, "docker_host": engine.path,
               "login_password": PASSWORD}
        servers_postgres.stop(running, bin_folder)


@needs_namespaces
def test_a_container_by_its_name(run_module, boxed, name):
    made = run_module("lago_database", {**boxed, "name": name, "password": "of lago", "verify_login": True}).json
    assert not made.get("failed"), made["msg"]
    assert made["connection"]["way"] == "container" and made["connection"]["container"] == "mash-postgres"
    again = run_module("lago_database", {**boxed, "name": name, "password": "of lago", "verify_login": True}).json
    assert not again["changed"] and again["password_state"] == "unchanged"
    seen_from_inside = run_module("lago_database", {**boxed, "name": name, "login_host": "postgres.test"}).json
    assert seen_from_inside["connection"]["host"] == "postgres.test" and not seen_from_inside["changed"]


@needs_namespaces
def test_the_address_of_a_container(run_module, boxed, name):
    """The login there is proven by the password; a wrong one is not tried elsewhere."""
    right = run_module("lago_database", {**boxed, "name": name, "login_method": "address"}).json
    assert right["connection"]["way"] == "address" and right["changed"]
    wrong = run_module("lago_database", {**boxed, "name": name, "login_method": "address", "login_password": "x"}).json
    assert wrong["error_kind"] == "wrong_password"


@needs_namespaces
def test_a_container_that_is_not_there_is_never_localhost(run_module, boxed, secured, name):
    asked = {**boxed, "name": name, "login_container": "nobody", "login_port": secured.port}
    result = run_module("lago_database", asked).json
    assert result["failed"] and result["error_kind"] == "container_not_found", result
    foreseen = run_module("lago_database", asked, check=True).json
    assert foreseen["changed"] and not foreseen.get("failed"), "in check mode it may come later"
