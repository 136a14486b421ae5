# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one JSON object with `failed` and a `msg` that says what to do, and nothing made on the server."""
import os
import shutil
import tempfile

import bad_files
import pytest
import servers_postgres
from mounts import tmpfs

MEGABYTE = "m" * (1 << 20)
LAGO = {"name": "no_lago", "password": "planted-s3cret"}


@pytest.fixture
def refused(run_module, server):
    """refused(word, **options): the failure of a run, which names `word`, after which there is still no such database."""
    def run(word, **options):
        for check in (False, True):
            outcome = run_module("lago_database", {**server.over_tcp, **LAGO, "timeout": 10, **options}, check=check, diff=True)
            result = outcome.json
            assert result["failed"] and not result.get("changed"), outcome.stdout[:2000]
            assert word in result["msg"] and len(result["msg"]) < 20_000, result["msg"][:2000]
            assert "planted" not in outcome.everything
        assert server.psql("select count(*) from pg_database where datname = 'no_lago'") == "0"
        assert server.psql("select count(*) from pg_roles where rolname = 'no_lago'") == "0"
        return result
    return run


@pytest.mark.parametrize("options,word", [
    ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": "a\0b"}, "name"), ({"name": "x" * 64}, "63"),
    ({"name": MEGABYTE}, "63"), ({"name": "\udcff\ud800"}, "name"), ({"owner": "a\0b"}, "owner"), ({"owner": MEGABYTE}, "owner"),
    ({"template": "\udcff"}, "template"), ({"template": "no_such_template"}, "no_such_template"),
    ({"conn_limit": "many"}, "conn_limit"), ({"conn_limit": -2}, "conn_limit"), ({"conn_limit": 10**30}, "conn_limit"),
    ({"encoding": "KLINGON"}, "encoding"), ({"encoding": MEGABYTE}, "encoding"), ({"encoding": "UTF8\0"}, "encoding"),
    ({"lc_collate": "a\0b"}, "lc_collate"), ({"lc_ctype": "a\0b"}, "lc_ctype"),
    ({"role_attr_flags": ["FLY"]}, "FLY"), ({"role_attr_flags": ["LOGIN", "NOLOGIN"]}, "role_attr_flags"),
    ({"role_attr_flags": {"LOGIN": True}}, "role_attr_flags"), ({"role_attr_flags": [MEGABYTE]}, "role_attr_flags"),
    ({"extensions": "pgcrypto"}, "dictionary requested"), ({"extensions": [{}]}, "name"), ({"extensions": [{"name": "a\0b"}]}, "extensions"),
    ({"extensions": [{"name": "x", "colour": 1}]}, "colour"), ({"extensions": [{"name": "no_such_extension"}]}, "no_such_extension"),
    ({"extensions": [{"name": "plpgsql", "version": MEGABYTE}]}, "version"),
    ({"lago_version": "newest"}, "lago_version"), ({"lago_version": MEGABYTE}, "lago_version"), ({"lago_version": "v1.2.3.4"}, "v1.2.3.4"),
    ({"password": "planted\0"}, "password"), ({"password": "planted\udcff"}, "password"), ({"password": "planted" * 200_000}, "password"),
    ({"password": ""}, "password"), ({"password": None, "verify_login": True}, "verify_login"),
    ({"login_user": "a\0b"}, "login_user"), ({"login_user": ""}, "login_user"), ({"login_db": MEGABYTE}, "login_db"),
    ({"login_password": "planted\0"}, "login_password"), ({"login_password": "planted" * 200_000}, "login_password"),
    ({"login_port": 0}, "login_port"),
    ({"login_unix_socket": "relative"}, "login_unix_socket"), ({"ssl_mode": "perhaps"}, "ssl_mode"),
    ({"ca_cert": "a\0b"}, "ca_cert"), ({"ca_cert": "relative.pem"}, "ca_cert"), ({"connect_params": ["a"]}, "connect_params"),
    ({"connect_params": {"password": "x"}}, "password"), ({"connect_params": {"klingon": "x"}}, "klingon"),
    ({"connect_params": {"options": {"a": 1}}}, "options"), ({"connect_params": {"application_name": "a\0b"}}, "connect_params"),
    ({"state": "perhaps"}, "state"), ({"force": "perhaps"}, "force"), ({"no_such_option": 1}, "no_such_option"),
    ({"state": "absent", "name": "template1"}, "template1"), ({"state": "absent", "name": "postgres"}, "postgres"),
], ids=lambda value: str(value)[:50])
def test_options_that_cannot_be_meant(refused, options, word):
    refused(word, **options)


@pytest.mark.parametrize("host", ["a b", MEGABYTE, "\udcff.example", "-x"], ids=["blank", "megabyte", "surrogate", "option"])
def test_hosts_that_cannot_be(run_module, host):
    """A name that nobody knows: in check mode it may be a machine that is still to come."""
    asked = {**LAGO, "login_host": host, "timeout": 10}
    result = run_module("lago_database", asked).json
    assert result["failed"] and result["error_kind"] == "name_not_found" and len(result["msg"]) < 2000
    assert run_module("lago_database", asked, check=True).json["changed"]


def test_a_locale_that_the_server_does_not_have(run_module, server, name):
    """Only making the database tells; the role that was made before is named, and the next run goes on from there."""
    asked = {**server.over_tcp, "name": name, "password": "of lago"}
    result = run_module("lago_database", {**asked, "lc_collate": "no-such-locale"}).json
    assert result["failed"] and "no-such-locale" in result["msg"] and result["done"] == [f"create role {name}"]
    assert run_module("lago_database", asked).json["changed"]


@pytest.mark.parametrize("what", bad_files.NO_CERTIFICATES)
@pytest.mark.parametrize("options", [["ca_cert"], ["ssl_cert", "ssl_key"]])
def test_files_that_are_no_certificate(run_module, server, tmp_path, options, what):
    """Against a server without TLS: what is wrong with our own files is not told as the server's fault, nor hidden."""
    path = tmp_path / "file"
    bad_files.put(path, what)
    asked = {**server.over_tcp, **LAGO, **dict.fromkeys(options, str(path)), "ssl_mode": "verify-full"}
    result = run_module("lago_database", asked).json
    assert result["failed"] and not result.get("changed"), result
    assert result["error_kind"] in ("tls_refused", "ca_file", "tls_handshake", "certificate"), result
    assert len(result["msg"]) < 2000


@pytest.mark.parametrize("what", ["folder", "garbage", "dangling link"])
def test_sockets_that_are_none(run_module, tmp_path, what):
    path = tmp_path / "s"
    bad_files.put(path, what)
    result = run_module("lago_database", {**LAGO, "login_unix_socket": str(path)}).json
    assert result["failed"] and result["error_kind"] in ("socket_missing", "socket_unusable") and str(path) in result["msg"]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_server_without_space(run_module, monkeypatch):
    """Its disk is full: the server's own words; what was made is named; with room again the next run makes it good."""
    if not servers_postgres.bin_folders():
        pytest.skip("no PostgreSQL server programs (package postgresql)")
    with tmpfs("size=160m,mode=0755") as folder:
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        program = servers_postgres.bin_folders()[-1]
        server = servers_postgres.start(program, "of the admin")
        try:
            asked = {**server.over_tcp, "name": "lago", "password": "of lago", "timeout": 60}
            filler = folder / "filler"
            filler.write_bytes(b"x" * (shutil.disk_usage(folder).free - (2 << 20)))
            full = run_module("lago_database", asked).json
            assert full["failed"] and full["error_kind"] == "no_space" and full["sqlstate"] == "53100", full
            assert bool(full.get("done")) == full["changed"]
            filler.unlink()
            assert run_module("lago_database", asked).json["changed"]
            assert not run_module("lago_database", asked).json["changed"]
        finally:
            servers_postgres.stop(server, program)
