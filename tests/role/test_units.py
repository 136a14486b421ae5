# SPDX-License-Identifier: GPL-3.0-or-later
"""Units, labels and scripts, by version and kind of host. They are rendered on the oldest and the newest core, and are the same."""
import hashlib
import os
import re
import shlex
import shutil
import subprocess

import pytest
from rendering import Unit, values_of

SYSTEMD = "/run/of-the-test/units"
MASH = {
    "lago_hostname": "lago.example.com", "lago_uid": 996, "lago_gid": 997, "lago_identifier": "mash-lago", "lago_base_path": "/mash/lago",
    "lago_database_hostname": "mash-postgres", "lago_database_password": "a/b", "lago_redis_hostname": "mash-redis",
    "lago_api_systemd_required_services_list_custom": ["mash-redis.service"],
    "lago_api_container_additional_networks_auto": ["traefik", "mash-postgres"],
    "lago_api_container_additional_networks_custom": ["mash-redis"],
    "lago_front_container_additional_networks_auto": ["traefik"],
    "lago_api_container_extra_arguments_custom": ["--env=A=1", "--memory=1g"],
    "lago_api_worker_container_extra_arguments_custom": ["--memory=2g"],
    "lago_api_container_additional_volumes_custom": [{"src": "/srv/gcs", "dst": "/app/gcs", "options": "ro"}],
    "lago_api_container_http_host_bind_port": "127.0.0.1:3000",
    "lago_front_environment_variables_additional_variables": "SECRET=hidden\nNANGO_PUBLIC_KEY=a\"b</script>",
    "devture_systemd_docker_base_container_stop_grace_time_seconds": 7,
    "devture_systemd_service_manager_services_list_auto": [],
    "_lago_services_result": {"services": [{"name": "mash-lago-api.service", "action": "restart"}, {"name": "mash-lago-front.service", "action": "start"},
                                           *({"name": f"mash-lago-{one}.service", "action": "none"} for one in ("api-worker", "pdf"))]}}
ALONE = {"lago_hostname": "lago.example.com", "lago_uid": 996, "lago_gid": 997, "lago_standalone": True}
NEWER = {**ALONE, "lago_version": "v1.51.0", "lago_api_workers": ["events", "ai_agent"], "lago_organization_name": "O'Brien & Co",
         "lago_organization_user_email": "o@example.com", "lago_organization_user_password": "p%w$\\ \"'"}
OPENED = {**MASH, "lago_api_container_labels_traefik_expose_metrics": True, "lago_api_container_labels_traefik_direct_paths": [],
          "lago_scheme": "http", "lago_container_labels_traefik_entrypoints": "web", "lago_version": "v1.45.0",
          "lago_api_environment_variable_database_url": "postgresql://o%40r:p%2Fw%25@db.example:6000/d%20b?sslmode=require"}
CASES = {"mash": MASH, "alone": ALONE, "newer": NEWER, "opened": OPENED}
NAMES = ["_lago_files", "_lago_services", "_lago_networks", "_lago_images", "_lago_secrets", "lago_services_managed_by_role", "_lago_services_asked",
         "_lago_services_elsewhere", *(f"lago_{one}_restart_necessary" for one in ("api", "api_worker", "api_clock", "front", "pdf"))]


@pytest.fixture(scope="module")
def rendered(core, tmp_path_factory, home):
    found = values_of(core, tmp_path_factory.mktemp("rendered"), home, NAMES,
                      *({**case, "devture_systemd_docker_base_systemd_path": SYSTEMD, "_lago_files_result": {}, "_lago_services_result": case.get("_lago_services_result", {})} for case in CASES.values()))
    return dict(zip(CASES, found))


class Rendered:
    def __init__(self, values):
        self.values = values
        self.entries = {entry["path"]: entry for entry in values["_lago_files"]}

    def content(self, path):
        return self.entries[path]["content"]

    def unit(self, name):
        return Unit(self.content(f"{SYSTEMD}/{name}.service"))

    @property
    def units(self):
        return {path.rpartition("/")[2]: entry["content"] for path, entry in self.entries.items()
                if path.startswith(SYSTEMD) and entry.get("state") != "absent"}


@pytest.fixture
def mash(rendered):
    return Rendered(rendered["mash"])


@pytest.fixture
def alone(rendered):
    return Rendered(rendered["alone"])


@pytest.fixture
def newer(rendered):
    return Rendered(rendered["newer"])


@pytest.fixture
def opened(rendered):
    return Rendered(rendered["opened"])


# --- units

SERVICES = {"mash-lago-api", "mash-lago-api-worker", "mash-lago-api-clock", "mash-lago-front", "mash-lago-pdf"}


def test_the_units_are_those_of_mash(mash):
    assert set(mash.units) == {f"{name}.service" for name in SERVICES}
    for path, entry in mash.entries.items():
        if path.startswith(SYSTEMD) and "content" in entry:
            assert (entry["mode"], entry["owner"]) == ("0644", "root")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_each_container_is_locked_down(mash, name):
    unit = mash.unit(name)
    assert {"--read-only", "--cap-drop=ALL", "--user=996:997", f"--name={name}", "--network=mash-lago", "--log-driver=none"} <= set(unit.create)
    folders = dict(folder.split(":", 1) for folder in unit.options("tmpfs"))
    assert "/tmp" in folders
    assert all("uid=996,gid=997" in options for options in folders.values())  # they would be root's otherwise
    assert unit.one("Restart") == "always"
    assert unit.one("ExecStart") == f"/usr/bin/env docker start --attach {name}"
    assert unit.one("WantedBy") == "multi-user.target"
    assert "docker.service" in unit.all("Requires") and "docker.service" in unit.all("After")


def test_worker_and_clock_are_the_api_without_what_is_its_own(mash):
    api, worker, clock = (mash.unit(name) for name in ("mash-lago-api", "mash-lago-api-worker", "mash-lago-api-clock"))
    for one in (worker, clock):
        assert one.options("env-file") == api.options("env-file") == ["/mash/lago/api/env"]
        assert one.options("mount") == api.options("mount") == [
            "type=bind,src=/mash/lago/data,dst=/app/storage", "type=bind,src=/srv/gcs,dst=/app/gcs,ro"]
        assert one.options("tmpfs") == api.options("tmpfs")
        assert connected(one) == connected(api) == ["traefik", "mash-postgres", "mash-redis"]
        assert not one.options("publish") and "--env=A=1" not in one.create
        assert not any("labels" in file for file in one.options("label-file"))
        assert "mash-lago-api.service" in one.all("Requires") and "mash-lago-api.service" in one.all("After")
    assert api.options("publish") == ["127.0.0.1:3000:3000"]
    assert {"--env=A=1", "--memory=1g"} <= set(api.create)
    assert "/mash/lago/api/labels" in api.options("label-file")
    assert "--memory=2g" in worker.create and "--memory=2g" not in clock.create
    assert [one.create[-1] for one in (api, worker, clock)] == [
        "./scripts/start.api.sh", "./scripts/start.worker.sh", "./scripts/start.clock.sh"]
    assert "--time=30 " in worker.one("ExecStop")
    assert "--time=7 " in api.one("ExecStop") and "--time=7 " in clock.one("ExecStop")


def connected(unit):
    return [re.search(r"network connect (\S+)", script)[1] for script in unit.scripts if "network connect" in script]


def test_exactly_one_clock(mash, newer):
    for all_units in (mash.units, newer.units):
        assert sum("./scripts/start.clock.sh" in text for text in all_units.values()) == 1


def test_what_the_api_needs_and_wants(mash, alone):
    api = mash.unit("mash-lago-api")
    assert set(api.all("Requires")) == {"docker.service", "mash-redis.service"}
    assert "mash-postgres.service" in api.all("Wants") and "mash-postgres.service" in api.all("After")
    bundled = {"lago-bundled-postgres.service", "lago-bundled-redis.service"}
    assert bundled <= set(alone.unit("lago-api").all("Wants")) and bundled <= set(alone.unit("lago-api").all("After"))


# A start that failed fails those that need it, and systemd does not start them again by itself.
def test_the_api_brings_those_back_that_need_it(mash):
    wanted = mash.unit("mash-lago-api").all("Wants")
    for name in ("mash-lago-front", "mash-lago-api-worker", "mash-lago-api-clock"):
        assert f"{name}.service" in wanted
        assert f"{name}.service" not in mash.unit("mash-lago-api").all("After")


def test_the_front_shows_a_file_instead_of_writing_one(mash):
    front = mash.unit("mash-lago-front")
    assert front.options("mount") == ["type=bind,src=/mash/lago/front/env-config.js,dst=/usr/share/nginx/html/env-config.js,ro"]
    assert front.create[-3:] == ["docker.io/getlago/front:v1.31.0", "-g", "daemon off;"]
    assert front.options("entrypoint") == ["nginx"]
    assert connected(front) == ["traefik"]


def test_browsers_see_only_what_is_for_them(mash):
    import json
    lines = [line for line in mash.content("/mash/lago/front/env-config.js").splitlines() if not line.startswith("//")]
    shown = {re.match(r"window\.(\w+) = (.*);$", line)[1]: json.loads(re.match(r"window\.(\w+) = (.*);$", line)[2]) for line in lines}
    assert shown == {"API_URL": "https://lago.example.com/api", "APP_ENV": "production", "LAGO_DISABLE_SIGNUP": "true",
                     "LAGO_OAUTH_PROXY_URL": "https://proxy.getlago.com", "NANGO_PUBLIC_KEY": 'a"b</script>'}


def test_workers_of_their_own(newer):
    env = newer.content("/lago/api/env").splitlines()
    assert {"SIDEKIQ_EVENTS=true", "SIDEKIQ_AI_AGENT=true"} <= set(env)
    worker = newer.unit("lago-api-worker")
    for kind in ("events", "ai_agent"):
        own = newer.unit(f"lago-api-worker-{kind}")
        assert own.create[-1] == f"./scripts/start.{kind}.worker.sh"
        assert own.one("PartOf") == "lago-api-worker.service"
        assert f"lago-api-worker-{kind}.service" in worker.all("Wants")
    assert newer.entries[f"{SYSTEMD}/lago-api-worker-pdfs.service"]["state"] == "absent"


# --- the sum of the configuration

def test_the_unit_sums_up_the_files_that_the_services_module_is_told_of(alone, tmp_path):
    for service in alone.values["_lago_services"]:
        name = service["name"].removesuffix(".service")
        script = next(script for script in alone.unit(name).scripts if "sha256sum" in script)
        files = []
        for number, path in enumerate(service["config_files"]):
            assert f" {path} " in script
            stands = tmp_path / f"{name}-{number}"
            stands.write_text(path)
            files.append(str(stands))
            script = script.replace(f" {path} ", f" {stands} ")
        script = script.replace(f"/run/{name}/label", str(tmp_path / "label"))
        subprocess.run(["sh", "-c", script], check=True)
        lines = "".join(f"{hashlib.sha256(open(file, 'rb').read()).hexdigest()}  {file}\n" for file in files)
        assert (tmp_path / "label").read_text() == f"mash.lago.config={hashlib.sha256(lines.encode()).hexdigest()}\n"
        assert f"/run/{name}/label" in alone.unit(name).options("label-file")
        assert service["config_files"][0] == f"{SYSTEMD}/{name}.service"


# --- as systemd and the shell see them

@pytest.mark.parametrize("case", CASES)
def test_systemd_takes_the_units(rendered, case, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze on this machine")
    one = Rendered(rendered[case])
    migrate = next(path for path in one.entries if path.endswith("/api/migrate"))
    script = tmp_path / "migrate"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    for name in ("docker.service", "mash-redis.service", "mash-postgres.service"):
        (tmp_path / name).write_text("[Service]\nExecStart=/bin/true\n")
    for name, text in one.units.items():
        (tmp_path / name).write_text(text.replace(f'"{migrate}"', f'"{script}"'))
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in one.units)],
                          env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if any(name.rpartition(".")[0] in line for name in one.units)]
    assert not ours and done.returncode == 0, done.stderr


@pytest.mark.parametrize("case", CASES)
def test_the_shell_scripts_are_clean(rendered, case, tmp_path):
    if not shutil.which("shellcheck"):
        pytest.skip("no shellcheck on this machine")
    one = Rendered(rendered[case])
    scripts = [text for path, entry in one.entries.items() if path.endswith("/migrate") for text in [entry["content"]]]
    steps = [re.search(r"^steps='\n(.*?)^'$", text, re.M | re.S)[1] for text in scripts]
    for text in [*scripts, *steps, *(script for name in one.units if name.endswith(".service") and "partman" not in name
                                     for script in one.unit(name[:-8]).scripts)]:
        file = tmp_path / "script"
        file.write_text(text if text.startswith("#!") else "#!/bin/sh\n" + text + "\n")
        done = subprocess.run(["shellcheck", "--severity=info", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


# --- by version

def test_tables_of_events_are_looked_after_from_1_41_on(mash, newer, opened):
    assert not [path for path in mash.entries if "partman" in path]
    assert "SCHEMA=" not in mash.content("/mash/lago/api/migrate")
    for one, base, identifier in ((newer, "/lago", "lago"), (opened, "/mash/lago", "mash-lago")):
        assert "--env=SCHEMA=/nonexistent" in one.content(f"{base}/api/migrate")
        assert f"{identifier}-partman.timer" in one.unit(f"{identifier}-api").all("Wants")
        assert "OnCalendar=hourly" in one.units[f"{identifier}-partman.timer"]
        service = Unit(one.units[f"{identifier}-partman.service"])
        assert f"--network=container:{identifier}-api" in service.one("ExecStart")
        assert "CALL partman.run_maintenance_proc()" in one.content(f"{base}/api/partman.sql")
        assert one.entries[f"{base}/api/env-partman"]["sensitive"]
    # the parts of a URL of one's own, and nothing secret in a command
    login = dict(line.split("=", 1) for line in opened.content("/mash/lago/api/env-partman").splitlines() if not line.startswith("#"))
    assert login == {"PGHOST": "db.example", "PGPORT": "6000", "PGUSER": "o@r", "PGDATABASE": "d b", "PGPASSWORD": "p/w%",
                     "PGSSLMODE": "require", "PGCONNECT_TIMEOUT": "10"}
    assert not any("p/w" in text or "p%2Fw" in text for text in opened.units.values())


def test_the_bundled_database_has_what_the_version_needs(alone, newer):
    assert alone.unit("lago-bundled-postgres").create[-1] == "docker.io/postgres:15-alpine"
    assert newer.unit("lago-bundled-postgres").create[-1] == "docker.io/getlago/postgres-partman:15.0-alpine"
    assert "--health-cmd=pg_isready --host=127.0.0.1 --quiet" in alone.unit("lago-bundled-postgres").create
    redis = alone.unit("lago-bundled-redis").create
    assert redis[-5:] == ["redis-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction"]


def test_images_are_those_of_both_architectures(mash):
    assert [image["name"] for image in mash.values["_lago_images"]] == [
        "docker.io/getlago/lago-gotenberg:7", "docker.io/getlago/api:v1.31.0", "docker.io/getlago/front:v1.31.0"]
    assert {image["pull"] for image in mash.values["_lago_images"]} == {"missing"}


# --- a host of its own

def test_secrets_of_the_host_are_put_in_there(alone):
    assert [secret["name"] for secret in alone.values["_lago_secrets"]] == [
        "SECRET_KEY_BASE", "ENCRYPTION_PRIMARY_KEY", "ENCRYPTION_DETERMINISTIC_KEY", "ENCRYPTION_KEY_DERIVATION_SALT",
        "LAGO_DATABASE_PASSWORD", "POSTGRES_PASSWORD"]
    env = alone.entries["/lago/api/env"]
    assert env["substitute"]["@DATABASE_URL@"] == {
        "path": "/lago/secrets", "key": "LAGO_DATABASE_PASSWORD", "encoding": "percent",
        "prefix": "postgresql://lago:", "suffix": "@lago-bundled-postgres:5432/lago"}
    tokens = [line.partition("=")[2] for line in env["content"].splitlines() if line.endswith("@")]
    assert set(tokens) == set(env["substitute"])


def test_plain_http_on_two_ports(alone):
    env = alone.content("/lago/api/env").splitlines()
    assert {"LAGO_API_URL=http://lago.example.com:3000", "LAGO_FRONT_URL=http://lago.example.com", "LAGO_DISABLE_SSL=true"} <= set(env)
    assert alone.unit("lago-front").options("publish") == ["80:80"]
    assert alone.unit("lago-api").options("publish") == ["3000:3000"]
    assert "traefik" not in alone.content("/lago/api/labels")
    assert alone.values["lago_services_managed_by_role"] in (True, "True")


def test_a_service_manager_is_left_its_work(mash):
    assert mash.values["lago_services_managed_by_role"] in (False, "False")
    assert mash.values["_lago_services_elsewhere"] in (True, "True")  # the module is asked in check mode then


def test_a_service_manager_hears_what_has_to_be_restarted(mash, alone):
    for found, restarted in ((mash, {"api": True, "api_worker": False, "api_clock": True, "front": True, "pdf": False}),
                             (alone, dict.fromkeys(("api", "api_worker", "api_clock", "front", "pdf"), True))):  # nothing is known
        assert {one: str(found.values[f"lago_{one}_restart_necessary"]) for one in restarted} == {one: str(is_) for one, is_ in restarted.items()}


def test_the_first_organisation_reaches_the_migration_only(newer):
    entry = newer.entries["/lago/api/env-organization"]
    assert (entry["mode"], entry["sensitive"], entry["unless_exists"]) == ("0600", True, "/lago/api/organization-seeded")
    assert "LAGO_ORG_USER_PASSWORD=p%w$\\ \"'" in entry["content"].splitlines()
    assert not any("p%w$" in other["content"] for path, other in newer.entries.items()
                   if "content" in other and path != "/lago/api/env-organization")
    assert "O'Brien & Co" in shlex.split(re.search(r"^organization=.*$", newer.content("/lago/api/migrate"), re.M)[0])[0]


# --- Traefik

def labels(text):
    return dict(line.split("=", 1) for line in text.splitlines() if line and not line.startswith("#"))


def test_what_traefik_passes_on_and_what_not(mash):
    own = labels(mash.content("/mash/lago/api/labels"))
    router = "traefik.http.routers.mash-lago-api"
    assert own[f"{router}.rule"] == "Host(`lago.example.com`) && PathPrefix(`/api/`)"
    assert own[f"{router}.middlewares"].split(",")[0] == "mash-lago-api-path"
    assert own[f"{router}-direct.rule"] == \
        "Host(`lago.example.com`) && (PathPrefix(`/rails/active_storage/`) || PathPrefix(`/webhooks/`) || PathPrefix(`/api/v1/`))"
    assert "mash-lago-api-path" not in own[f"{router}-direct.middlewares"]
    for path in ("/sidekiq", "/metrics", "/karafka", "/admin"):
        for form in (f"Path(`{path}`)", f"PathPrefix(`{path}/`)", f"Path(`/api{path}`)", f"PathPrefix(`/api{path}/`)"):
            assert form in own[f"{router}-private.rule"]
    assert own[f"{router}-private.middlewares"] == "mash-lago-api-private"
    assert own["traefik.http.middlewares.mash-lago-api-private.ipallowlist.sourcerange"] == "255.255.255.255/32"
    assert int(own[f"{router}-private.priority"]) > int(own[f"{router}-direct.priority"]) > len(own[f"{router}.rule"])
    for name in ("", "-direct", "-private"):
        assert own[f"{router}{name}.service"] == "mash-lago-api"
        assert own[f"{router}{name}.tls"] == "true"


def test_each_can_be_opened_again(opened):
    own = labels(opened.content("/mash/lago/api/labels"))
    rule = own["traefik.http.routers.mash-lago-api-private.rule"]
    assert "/metrics" not in rule and "/sidekiq" in rule
    assert "traefik.http.routers.mash-lago-api-direct.rule" not in own
    assert own["traefik.http.routers.mash-lago-api-private.tls"] == "false"
