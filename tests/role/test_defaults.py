# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables: those that MASH's role has, with the values that they take there, and the documentation of all."""
import json
import pathlib
import re
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles/lago"
FACTS = json.loads((pathlib.Path(__file__).parent / "data/mash-variables.json").read_text(encoding="utf-8"))["variables"]
DEFAULTS = yaml.safe_load((ROLE / "defaults/main.yml").read_text(encoding="utf-8"))
SPECS = yaml.safe_load((ROLE / "meta/argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]

# The inputs under which the listed values hold.
INPUTS = {
    "lago_hostname": "lago.example.com", "lago_architecture": "amd64", "lago_uid": 1000, "lago_gid": 1000,
    "lago_database_hostname": "postgres.example", "lago_database_password": "database-password",
    "lago_redis_hostname": "redis.example"}

# Described in words in the list; test_cleanup.py holds them to it.
IN_WORDS = {name for name, value in FACTS.items() if isinstance(value, str) and value.startswith("<")}


def evaluated(core, tmp_path, home, *cases):
    """For each case, a list of names and a dictionary of variables: the values as a play with the role sees them."""
    tmp_path.mkdir(exist_ok=True)
    values = "{{ dict(names | zip(q('ansible.builtin.vars', *names))) | to_json }}"
    plays = [{"hosts": "all", "gather_facts": False, "roles": ["mash.lago.lago"],
              "vars": {**variables, "lago_enabled": True, "names": sorted(names)},
              "post_tasks": [{"ansible.builtin.copy": {"dest": f"{tmp_path}/{number}", "content": values, "mode": "0600"},
                              "tags": "show"}]} for number, (names, variables) in enumerate(cases)]
    book = tmp_path / "play.yml"
    book.write_text(yaml.dump(plays, sort_keys=False), encoding="utf-8")
    done = subprocess.run([f"{core}/ansible-playbook", "-i", "lago.example.com,", "-c", "local", "--tags", "show", str(book)],
                          env={"PATH": f"{core}:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8",
                               "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build/collection")},
                          capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return [json.loads((tmp_path / str(number)).read_text(encoding="utf-8")) for number in range(len(cases))]


def as_one_type(value):
    """ansible-core before 2.19 makes texts of numbers that come out of a template."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def test_the_list_is_whole():
    assert len(FACTS) == 231
    assert len(IN_WORDS) == 3


def test_each_variable_of_mash_is_there():
    assert not set(FACTS) - set(DEFAULTS)


def test_values(core, tmp_path, home):
    names = set(FACTS) - IN_WORDS
    values = evaluated(core, tmp_path, home, (names, INPUTS))[0]
    wrong = {name: (values[name], FACTS[name]) for name in names if as_one_type(values[name]) != as_one_type(FACTS[name])}
    assert not wrong


# What systemd_docker_base and playbooks set has an effect.
FOLLOWS = [
    ({"devture_systemd_docker_base_docker_service_name": ""}, "lago_api_systemd_required_services_list", []),
    ({"devture_systemd_docker_base_docker_service_name": "podman.service"}, "lago_front_systemd_required_services_list",
     ["podman.service", "lago-api.service"]),
    ({"devture_systemd_docker_base_container_stop_grace_time_seconds": 9}, "lago_pdf_container_stop_grace_time_seconds", 9),
    ({"lago_identifier": "mash-lago"}, "lago_api_worker_identifier", "mash-lago-api-worker"),
    ({"lago_identifier": "mash-lago"}, "lago_api_environment_variable_lago_pdf_url", "http://mash-lago-pdf:3000"),
    ({"lago_base_path": "/mash/lago"}, "lago_api_data_path", "/mash/lago/data"),
    ({"lago_version": "v1.32.0"}, "lago_front_container_image", "docker.io/getlago/front:v1.32.0"),
    ({"lago_hsts_preload_enabled": True}, "lago_http_header_strict_transport_security",
     "max-age=31536000; includeSubDomains; preload"),
    ({"lago_floc_optout_enabled": False}, "lago_http_header_permissions_policy", ""),
    ({"lago_container_labels_traefik_entrypoints": "web"}, "lago_front_container_labels_traefik_tls", False),
    ({"lago_api_container_additional_networks_auto": ["a"], "lago_api_container_additional_networks_custom": ["b"]},
     "lago_api_container_additional_networks", ["a", "b"]),
    ({"lago_redis_port": 6380}, "lago_redis_cache_port", 6380),
    ({"lago_front_environment_variable_lago_disable_signup": False}, "lago_api_environment_variable_lago_disable_signup", False),
    ({}, "lago_api_environment_variable_lago_disable_signup", True),
    ({}, "lago_database_managed", False),
    ({"lago_database_login_unix_socket": "/run/postgresql"}, "lago_database_managed", True),
]


@pytest.fixture(scope="module")
def followed(newest, tmp_path_factory, home):
    return evaluated(newest, tmp_path_factory.mktemp("follows"), home, *(([name], {**INPUTS, **given}) for given, name, _ in FOLLOWS))


@pytest.mark.parametrize("number", range(len(FOLLOWS)), ids=[name for _, name, _ in FOLLOWS])
def test_what_follows_what(followed, number):
    _, name, value = FOLLOWS[number]
    assert as_one_type(followed[number][name]) == as_one_type(value)


def test_new_variables_have_our_prefix():
    assert [name for name in DEFAULTS if not name.startswith("lago_")] == []


def test_nothing_of_other_roles_is_set():
    assert "devture_" not in (ROLE / "defaults/main.yml").read_text(encoding="utf-8")


def test_all_variables_are_documented_and_no_other():
    assert set(SPECS["install"]["options"]) == set(DEFAULTS)
    for name, option in SPECS["install"]["options"].items():
        assert option["description"].strip().endswith((".", ")", "=value")), name
        assert not option.get("required"), name


# ansible-core would run it for every host and tag, and evaluate what is named there.
def test_there_is_no_entry_point_main():
    assert list(SPECS) == ["install"]


def test_documented_defaults_are_those_of_the_role():
    for name, option in SPECS["install"]["options"].items():
        if "default" in option:
            assert option["default"] == DEFAULTS[name], name
        else:
            assert "{{" in str(DEFAULTS[name]), name


def test_ansible_doc_shows_the_role(core, home):
    done = subprocess.run([f"{core}/ansible-doc", "-t", "role", "--json", "mash.lago.lago"], capture_output=True, text=True,
                          check=True, env={"PATH": f"{core}:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8",
                                           "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build/collection")})
    shown = json.loads(done.stdout)["mash.lago.lago"]["entry_points"]
    assert set(shown["install"]["options"]) == set(DEFAULTS)


MODULES = {path.name for path in (ROOT / "modules").iterdir()}


def test_each_variable_of_the_role_is_one_that_is_there():
    """A name with a typing error would only be seen when its template is used."""
    texts = {path: path.read_text(encoding="utf-8") for path in ROLE.rglob("*") if path.suffix in (".yml", ".j2") and path.parent.name != "meta"}
    known = set(DEFAULTS)
    for text in texts.values():
        known |= set(re.findall(r"register: (\w+)", text)) | set(re.findall(r"^ *(_lago_\w+):", text, re.M))
    for path, text in texts.items():
        used = {name for name in re.findall(r"(?<![\w.])_?lago_\w+", text) if not name.endswith("_")}
        missing = used - known - MODULES
        assert not missing, f"{path.name}: {sorted(missing)}"
