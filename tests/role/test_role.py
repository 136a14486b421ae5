# SPDX-License-Identifier: GPL-3.0-or-later
"""The role from end to end: what it lays down, that a second run changes nothing, and what each kind of run says."""
import base64
import os
import stat
import subprocess

import pytest
from conftest import INSTALL, SECRETS, as_given

FOLDERS = ("", "api", "data", "front", "pdf")
FILES = ("api/env", "api/labels", "front/env", "front/labels", "pdf/env", "pdf/labels")


def openssl(*arguments, **options):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True, **options).stdout


def identity(path):
    """What changes when a file is written again."""
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_ctime_ns


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


@pytest.fixture(scope="module")
def key():
    """A private key as the page makes it: base64 of a PEM on one line."""
    return base64.b64encode(openssl("genrsa", "2048")).decode()


def public_of(pem):
    return openssl("pkey", "-pubout", input=pem)


def test_the_page_as_it_stands_twice(core, served, postgres):
    """Sign-up open, an empty key, the database and Redis there: everything is ready, and a second run changes nothing."""
    first = served.run(core, *INSTALL)
    assert first.rc == 0, first.output
    assert first.changed == ["The folders", "The private key with which Lago signs", "The database, its role and extensions",
                             "The files of the containers"]
    for name in FOLDERS:
        assert mode(served.base / name) == 0o750, name
    for name in FILES:
        assert mode(served.base / name) == 0o640, name
    assert mode(served.base / "api/rsa_private.pem") == 0o600

    env = served.env()
    assert base64.b64decode(env["LAGO_RSA_PRIVATE_KEY"]) == (served.base / "api/rsa_private.pem").read_bytes()
    assert env["LAGO_DISABLE_SIGNUP"] == env["LAGO_SIGNUP_DISABLED"] == served.env("front")["LAGO_DISABLE_SIGNUP"] == "false"
    assert env["LAGO_API_URL"] == "https://lago.example.com/api"
    for name, value in SECRETS.items():
        assert env[name.upper()] == value
    assert "LAGO_RSA_PRIVATE_KEY" not in served.env("front")
    assert "" not in env.values()  # an empty variable is left out

    name = served.variables["lago_database_name"]
    assert postgres.psql(f"SELECT datcollate || datctype || pg_get_userbyid(datdba) FROM pg_database WHERE datname='{name}'") \
        == f"CC{name}"
    assert {"pgcrypto", "unaccent"} <= set(postgres.psql("SELECT extname FROM pg_extension", name).splitlines())

    before = {name: identity(served.base / name) for name in FILES}
    second = served.run(core, *INSTALL, "-vvv")
    assert second.rc == 0, second.output
    assert second.changed == []
    assert {name: identity(served.base / name) for name in FILES} == before
    assert 1 <= len(second.executions_of_tasks) <= 8
    assert set(second.executions_of_tasks) == {1}
    assert second.headers <= 12


def test_a_run_without_a_change_is_short(newest, host):
    host.run(newest, *INSTALL)
    again = host.run(newest, "--tags", "setup-all", "-vvv")
    assert again.rc == 0, again.output
    assert (again.changed, again.failed) == ([], [])
    assert again.headers <= 12
    assert again.executions <= 4


def test_sign_up_is_closed_and_opened_again_on_both_sides(core, host):
    host.run(core, *INSTALL)
    closed = host.run(core, *INSTALL, "--diff", set={"lago_front_environment_variable_lago_disable_signup": True})
    assert closed.rc == 0, closed.output
    assert closed.changed == ["The files of the containers"]
    assert host.env()["LAGO_DISABLE_SIGNUP"] == host.env()["LAGO_SIGNUP_DISABLED"] == "true"
    assert host.env("front")["LAGO_DISABLE_SIGNUP"] == "true"
    assert "+LAGO_DISABLE_SIGNUP=true" in closed.output
    opened = host.run(core, *INSTALL)
    assert opened.changed == ["The files of the containers"]
    assert host.env()["LAGO_DISABLE_SIGNUP"] == host.env("front")["LAGO_DISABLE_SIGNUP"] == "false"


def without_the_switch(host):
    """The page's variables after the line was removed, as it tells to."""
    return [{"hosts": "all", "gather_facts": False, "roles": ["mash.lago.lago"],
             "vars": {**host.variables, "lago_hostname": "lago.example.com", "lago_redis_hostname": "127.0.0.1"}}]


def test_sign_up_is_closed_where_the_line_is_removed(core, host):
    done = host.run(core, *INSTALL, playbook=without_the_switch(host))
    assert done.rc == 0, done.output
    assert host.env()["LAGO_DISABLE_SIGNUP"] == host.env("front")["LAGO_DISABLE_SIGNUP"] == "true"


def test_sign_up_can_differ_by_side(newest, host):
    done = host.run(newest, *INSTALL, set={"lago_api_environment_variable_lago_disable_signup": True})
    assert done.rc == 0, done.output
    assert (host.env()["LAGO_DISABLE_SIGNUP"], host.env("front")["LAGO_DISABLE_SIGNUP"]) == ("true", "false")


def test_a_line_that_contradicts_the_switch_is_refused(newest, host):
    done = host.run(newest, *INSTALL, set={"lago_api_environment_variables_additional_variables": "LAGO_DISABLE_SIGNUP=true"})
    assert done.rc != 0
    assert "lago_api_environment_variables_additional_variables sets the sign-up switch otherwise" in str(done.failed[0].result)
    assert not host.base.exists()


# --- the key

def test_the_key_of_the_variable_is_used(core, host, key):
    pem = base64.b64decode(key)
    given = {"lago_api_environment_variable_lago_rsa_private_key": key}
    first = host.run(core, *INSTALL, set=given)
    assert first.rc == 0, first.output
    assert public_of(base64.b64decode(host.env()["LAGO_RSA_PRIVATE_KEY"])) == public_of(pem)
    assert host.run(core, *INSTALL, set=given).changed == []
    # without the variable, the key that is there stays
    assert host.run(core, *INSTALL).changed == []


def test_another_key_in_the_variable_replaces_the_file_and_keeps_a_copy(newest, host, key):
    host.run(newest, *INSTALL)
    old = (host.base / "api/rsa_private.pem").read_bytes()
    done = host.run(newest, *INSTALL, set={"lago_api_environment_variable_lago_rsa_private_key": key})
    assert done.rc == 0, done.output
    copies = [path for path in (host.base / "api").iterdir() if path.name.startswith("rsa_private.pem.")]
    assert [copy.read_bytes() for copy in copies] == [old]
    assert public_of((host.base / "api/rsa_private.pem").read_bytes()) == public_of(base64.b64decode(key))


def test_the_key_that_is_deployed_is_taken_over(core, host, key):
    (host.base / "api").mkdir(parents=True)
    (host.base / "api/env").write_text(f"A=1\nLAGO_RSA_PRIVATE_KEY={key}\n")
    done = host.run(core, *INSTALL)
    assert done.rc == 0, done.output
    assert done.task("private key").result["source"] == "adopted"
    assert public_of(base64.b64decode(host.env()["LAGO_RSA_PRIVATE_KEY"])) == public_of(base64.b64decode(key))
    assert host.run(core, *INSTALL).changed == []


def test_what_is_no_key_is_refused_before_an_env_file_is_written(newest, host):
    done = host.run(newest, *INSTALL, set={"lago_api_environment_variable_lago_rsa_private_key": "bm8ga2V5IGF0IGFsbA=="})
    assert done.rc != 0
    assert "private key" in done.failed[0].name
    assert not (host.base / "api/env").exists()


# --- passwords and URLs

AWKWARD = r"""pä /?#[]@!$&'()*+,;=%:"\<>^`|~-._{}"""


@pytest.mark.parametrize("password", [
    AWKWARD, "{{ not_a_template }}", "{% raw %}", "[1,2]", "{'a': 1}", "True", "0123", "# no comment", " blanks ", "-", "null",
], ids=["all", "braces", "statement", "list", "dictionary", "word", "digits", "hash", "blanks", "dash", "null"])
def test_a_password_of_any_kind_arrives_everywhere(core, host, password):
    from urllib.parse import unquote, urlsplit
    done = host.run(core, *INSTALL, "-vvv", "--diff", set={
        "lago_database_password": as_given(password), "lago_redis_password": as_given(password),
        "lago_api_environment_variable_secret_key_base": as_given(password), "lago_api_environment_variable_lago_license": as_given(password)})
    assert done.rc == 0, done.output
    env = host.env()
    for name in ("DATABASE_URL", "REDIS_URL", "LAGO_REDIS_CACHE_URL"):
        url = urlsplit(env[name])
        assert unquote(url.password) == password, name
        assert url.hostname == "127.0.0.1"
    assert env["SECRET_KEY_BASE"] == env["LAGO_LICENSE"] == password
    assert "REDIS_PASSWORD" not in env and "LAGO_REDIS_CACHE_PASSWORD" not in env


@pytest.mark.parametrize("password", [AWKWARD, "[1,2]", "True"], ids=["all", "list", "word"])
def test_an_awkward_password_opens_the_servers(core, served, postgres, tmp_path_factory, password):
    import servers_redis
    program = next(iter(servers_redis.find_servers().values()))
    folder = tmp_path_factory.mktemp("awkward")
    (folder / "acl").write_text(f"user default on #{__import__('hashlib').sha256(password.encode()).hexdigest()} ~* &* +@all\n")
    with servers_redis.server(program, folder, "--aclfile", str(folder / "acl")) as server:
        given = {"lago_database_password": as_given(password), "lago_redis_password": as_given(password),
                 "lago_redis_port": server.port}
        done = served.run(core, *INSTALL, set=given)
        assert done.rc == 0, done.output
        assert served.run(core, *INSTALL, set=given).changed == []
    psql = subprocess.run(["psql", "-XAtqc", "SELECT 1", served.env()["DATABASE_URL"]], capture_output=True, text=True,
                          check=False)
    assert psql.stdout.strip() == "1", psql.stderr


def test_a_plain_password_gives_the_urls_of_today(newest, host):
    host.run(newest, *INSTALL)
    env = host.env()
    assert env["DATABASE_URL"] == "postgresql://lago:a-plain-password@127.0.0.1:5432/lago"
    assert env["REDIS_URL"] == env["LAGO_REDIS_CACHE_URL"] == "redis://127.0.0.1:6379"


@pytest.mark.parametrize("password", [AWKWARD, "[1,2]", "{'a': 1}"], ids=["all", "list", "dictionary"])
def test_a_password_given_as_the_variable_of_the_environment_is_in_the_default_url(core, host, password):
    from urllib.parse import unquote, urlsplit
    done = host.run(core, *INSTALL, set={"lago_api_environment_variable_redis_password": as_given(password),
                                         "lago_api_environment_variable_lago_redis_cache_password": as_given(password + "2")})
    assert done.rc == 0, done.output
    env = host.env()
    assert unquote(urlsplit(env["REDIS_URL"]).password) == password
    assert unquote(urlsplit(env["LAGO_REDIS_CACHE_URL"]).password) == password + "2"
    assert "REDIS_PASSWORD" not in env and "LAGO_REDIS_CACHE_PASSWORD" not in env


def test_a_password_beside_the_url_counts_more_than_the_one_in_it(newest, served, redis):
    given = {"lago_api_environment_variable_redis_url": f"redis://:not-this-one@127.0.0.1:{redis.port}",
             "lago_api_environment_variable_lago_redis_cache_url": f"redis://:not-this-one@127.0.0.1:{redis.port}",
             "lago_redis_password": "redis-p4ssword"}
    done = served.run(newest, *INSTALL, set=given)
    assert done.rc == 0, done.output
    assert (served.env()["REDIS_URL"], served.env()["REDIS_PASSWORD"]) == (given["lago_api_environment_variable_redis_url"], "redis-p4ssword")
    wrong = served.run(newest, *INSTALL, set={**given, "lago_redis_password": "not-this-one"})
    assert "wrong_password" in str(wrong.failed[-1].result)


def test_a_url_of_ones_own_is_passed_on_with_its_password(newest, host):
    own = "rediss://:p%2Fw@other.example:6380/2"
    host.run(newest, *INSTALL, set={
        "lago_api_environment_variable_redis_url": own, "lago_redis_password": "given/too",
        "lago_api_environment_variable_database_url": "postgresql://a:b@c/d?x=y"})
    env = host.env()
    assert (env["REDIS_URL"], env["REDIS_PASSWORD"]) == (own, "given/too")
    assert env["DATABASE_URL"] == "postgresql://a:b@c/d?x=y"
    assert env["LAGO_REDIS_CACHE_URL"] == "redis://:given%2Ftoo@127.0.0.1:6379"
    assert "LAGO_REDIS_CACHE_PASSWORD" not in env


# --- secrets

def test_no_secret_is_shown(core, served, key):
    planted = "pl4nted-S3cret/+ä x"
    given = {"lago_api_environment_variable_lago_rsa_private_key": key, "lago_api_environment_variable_sentry_dsn": planted,
             "lago_api_environment_variables_additional_variables": f"SMTP_PASSWORD={planted}",
             "lago_front_environment_variables_additional_variables": f"TOKEN={planted}",
             "lago_database_password": planted,
             **{f"lago_api_environment_variable_{name}": f"{planted}{name}" for name in SECRETS}}
    outputs = [served.run(core, *INSTALL, "-vvv", "--diff", "--check", set=given),
               served.run(core, *INSTALL, "-vvv", "--diff", set=given),
               served.run(core, *INSTALL, "-vvv", "--diff", set={**given, "lago_database_password": planted + "2",
                                                                 "lago_api_environment_variable_sentry_dsn": planted + "2"}),
               served.run(core, *INSTALL, "-vvv", "--diff", set={**given, "lago_redis_password": planted}),
               served.run(core, *INSTALL, "-vvv", "--diff", set={**given, "lago_api_environment_variable_lago_rsa_private_key": "=" + key})]
    assert [done.rc == 0 for done in outputs] == [True, True, True, False, False], [done.output[-2000:] for done in outputs]
    private = base64.b64decode(served.env()["LAGO_RSA_PRIVATE_KEY"]).decode().splitlines()[3]
    for done in outputs:
        text = done.output + str([task.result for task in done.tasks])
        for form in (planted, "pl4nted-S3cret%2F%2B%C3%A4%20x", "pl4nted-S3cret/%2B%C3%A4%20x", key[40:80], private):
            assert form not in text, form


# --- other kinds of runs

def test_check_mode_on_an_empty_host(core, served):
    done = served.run(core, *INSTALL, "--check", "--diff")
    assert done.rc == 0, done.output
    assert done.changed == ["The folders", "The private key with which Lago signs", "The database, its role and extensions",
                            "The files of the containers"]
    assert not served.base.exists()


def test_check_mode_on_a_host_that_is_done(core, host):
    host.run(core, *INSTALL)
    assert host.run(core, *INSTALL, "--check", "--diff").changed == []
    would = host.run(core, *INSTALL, "--check", "--diff", set={"lago_front_environment_variable_lago_disable_signup": True})
    assert would.rc == 0, would.output
    assert would.changed == ["The files of the containers"]
    assert "+LAGO_DISABLE_SIGNUP=true" in would.output
    assert host.env()["LAGO_DISABLE_SIGNUP"] == "false"


def test_a_host_without_lago(core, host):
    done = host.run(core, "--tags", "setup-all", "-vvv", set={
        "lago_enabled": False, "lago_uid": "{{ nobody_has_set_this }}", "lago_redis_password": "{{ nor_this }}",
        "lago_api_container_additional_networks_custom": "no list"}, without=["lago_hostname"])
    assert done.rc == 0, done.output
    assert done.changed == []
    assert done.executions == 1
    assert not (host.home / ".ansible/lago-none").exists()
    assert not host.base.exists()


def test_lago_that_is_switched_off_is_told_of(newest, host):
    host.run(newest, *INSTALL)
    done = host.run(newest, "--tags", "setup-all", set={"lago_enabled": False})
    assert done.rc == 0, done.output
    assert "is kept" in str(done.task("What is left of Lago").result)
    assert (host.base / "api/env").exists()


@pytest.mark.parametrize("tag", ["start", "install-postgres", "stop-all"])
def test_tags_of_other_services(newest, host, tag):
    done = host.run(newest, "--tags", tag, "-vvv", set={"lago_uid": "{{ nobody_has_set_this }}"})
    assert done.rc == 0, done.output
    assert done.executions == 0
    assert not host.base.exists()


@pytest.mark.parametrize("tag", ["setup-all", "setup-lago", "install-all", "install-lago"])
def test_tags_of_the_playbook(newest, host, tag):
    assert host.run(newest, "--tags", tag, "--list-tasks").output.count("The private key") == 1


def test_a_redis_that_is_not_there_yet_is_only_told_of(core, host):
    given = {"lago_redis_check": "best_effort", "lago_redis_port": 1}
    done = host.run(core, *INSTALL, set=given)
    assert done.rc == 0, done.output
    assert "Redis is not there yet" in done.output
    strict = host.run(core, *INSTALL, set={**given, "lago_redis_check": "required"})
    assert strict.rc != 0
    assert strict.failed[-1].name.endswith("Redis is fit for Lago")


def test_a_wrong_password_of_a_server_is_told_as_one(newest, served):
    done = served.run(newest, *INSTALL, set={"lago_redis_password": "not-this-one"})
    assert done.rc != 0
    assert "wrong_password" in str(done.failed[-1].result)
    done = served.run(newest, *INSTALL, set={"lago_database_login_unix_socket": "", "lago_database_login_host": "127.0.0.1",
                                             "lago_database_login_password": "not-this-one"})
    assert done.rc != 0
    assert done.failed[0].result["error_kind"] == "wrong_password"


# --- bad input

BAD = [
    ("lago_hostname", ""), ("lago_hostname", "https://lago.example.com"), ("lago_hostname", "lago.example.com/x"),
    ("lago_hostname", ["lago.example.com"]), ("lago_uid", ""), ("lago_database_hostname", "postgresql://x"),
    ("lago_database_password", ""), ("lago_database_password", "two\nlines"), ("lago_database_port", "many"), ("lago_database_port", 70000),
    ("lago_redis_hostname", ""), ("lago_redis_port", 0), ("lago_path_prefix", "/lago"), ("lago_scheme", "ftp"),
    ("lago_front_environment_variable_lago_disable_signup", "maybe"), ("lago_api_container_additional_networks_custom", "one"),
    ("lago_api_container_labels_traefik_additional_response_headers_custom", ["a"]),
    ("lago_api_environment_variable_secret_key_base", ""),
    ("lago_api_environment_variable_encryption_primary_key", "your-encryption-primary-key"), ("lago_base_path", "lago"),
    ("lago_base_path", "/"), ("lago_redis_check", "sometimes"), ("lago_api_environment_variable_lago_license", {"a": 1}),
    ("lago_rsa_key_size", "big"), ("lago_api_workers", ["nope"]), ("lago_api_container_image_pull", "sometimes"),
    ("lago_api_container_http_host_bind_port", "eighty"), ("lago_identifier", "a b"), ("lago_bundled_postgres_enabled", True),
    ("lago_api_container_additional_networks_custom", ["a b"]), ("lago_api_migration_timeout_seconds", "long"),
]


def test_a_bad_variable_gives_one_message_that_names_it(core, host, subtests_of=BAD):
    wrong = []
    for name, value in subtests_of if str(core).find("2.15") < 0 else subtests_of[::4]:
        done = host.run(core, *INSTALL, set={name: value})
        messages = done.failed[0].result["msg"] if done.failed else []
        if done.rc == 0 or len(done.failed) != 1 or len(messages) != 1 or name not in messages[0] or host.base.exists():
            wrong.append((name, value, messages, done.output[-500:]))
    assert not wrong


def test_all_problems_are_told_at_once(newest, host):
    done = host.run(newest, *INSTALL, set={"lago_hostname": "", "lago_redis_hostname": "", "lago_uid": ""})
    assert [message.split(" ")[0] for message in done.failed[0].result["msg"]] == ["lago_hostname", "lago_uid", "lago_redis_hostname"]


def test_two_services_on_one_port_are_told_of(newest, host):
    done = host.run(newest, *INSTALL, set={"lago_api_container_http_host_bind_port": "8080", "lago_front_container_http_host_bind_port": 8080})
    messages = done.failed[0].result["msg"]
    assert len(messages) == 1
    assert "lago_front_container_http_host_bind_port is the port of lago_api_container_http_host_bind_port too" in messages[0]
    assert not host.base.exists()
