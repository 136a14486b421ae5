# SPDX-License-Identifier: GPL-3.0-or-later
"""Images from real registries, through a real Engine."""
import base64
import json
import os
import pathlib
import shutil

import pytest
from conftest import USER, free_port, registry_saying
from engine import Registry


def one(result):
    assert not result.get("failed"), result
    return result["images"][0]


def test_missing_pulls_once_and_then_asks_no_registry(lago_docker, docker_engine, published):
    image = published("missing", "one")
    images = [{"name": image.name}]
    foreseen = lago_docker(check=True, images=images)
    assert foreseen["changed"] and one(foreseen) == {"name": image.name, "action": "pull"}
    assert not docker_engine.docker("image", "ls", "-q", image.name)

    pulled = lago_docker(images=images)
    assert pulled["changed"]
    assert one(pulled) == {"name": image.name, "action": "pull", "id": image.id, "digest": image.digest}

    again = lago_docker(images=images)
    assert not again["changed"] and one(again) == {**one(pulled), "action": "none", "before_id": image.id}


@pytest.mark.parametrize("pull", ["missing", "never"])
def test_an_image_that_is_there_needs_no_registry(lago_docker, docker_engine, busybox, pull):
    with registry_saying(503, {}) as (address, asked):
        name = f"{address}/{docker_engine.prefix}/there:1"
        docker_engine.docker("tag", busybox, name)
        for check in (False, True):
            assert not lago_docker(check=check, images=[{"name": name, "pull": pull}])["changed"]
        assert asked == []


def test_always_is_changed_only_where_another_image_came(lago_docker, docker_engine, published):
    first = published("always", "one")
    images = [{"name": first.name, "pull": "always"}]
    assert one(lago_docker(images=images))["id"] == first.id
    for check in (False, True):
        same = lago_docker(check=check, images=images)
        assert not same["changed"] and one(same)["action"] == "none" and "diff" not in same

    second = published("always", "two")
    foreseen = lago_docker(check=True, images=images)
    assert foreseen["changed"]
    assert one(foreseen) == {"name": first.name, "action": "pull", "before_id": first.id, "digest": second.digest}
    assert docker_engine.docker("image", "inspect", "-f", "{{.Id}}", first.name) == first.id
    done = lago_docker(images=images)
    assert done["changed"] and one(done) == {**one(foreseen), "id": second.id}
    assert not lago_docker(check=True, images=images)["changed"]


def test_a_digest_is_pulled_once(lago_docker, docker_engine, published):
    image = published("pinned", "one")
    pinned = f"{docker_engine.registry}/{docker_engine.prefix}/api@{image.digest}"
    assert one(lago_docker(images=[{"name": pinned}]))["id"] == image.id
    for check in (False, True):
        kept = lago_docker(check=check, images=[{"name": pinned, "pull": "always"}])
        assert not kept["changed"] and one(kept)["id"] == image.id and one(kept)["digest"] == image.digest


def test_never(lago_docker, docker_engine):
    name = f"{docker_engine.registry}/{docker_engine.prefix}/none:1"
    failed = lago_docker(images=[{"name": name, "pull": "never"}])
    assert failed["error_kind"] == "image_missing" and failed["image"] == name
    foreseen = lago_docker(check=True, images=[{"name": name, "pull": "never"}])
    assert not foreseen["changed"] and name in foreseen["warnings"][0]


def another(architecture):
    return "amd64" if architecture == "arm64" else "arm64"


def test_an_image_that_is_made_for_another_platform_only(lago_docker, docker_engine, architecture):
    other = another(architecture)
    image, _ = Registry(docker_engine.registry).put(f"{docker_engine.prefix}/api", "other", "one", other)
    first = lago_docker(images=[{"name": image.name}])
    assert first["error_kind"] == "wrong_platform" and f"linux/{other}" in first["msg"]
    assert first["changed"] and first["done"] == [f"pulled {image.name}"], "an image without a list comes as it is"
    second = lago_docker(images=[{"name": image.name}])
    assert second["error_kind"] == "wrong_platform" and not second["changed"]
    asked = lago_docker(images=[{"name": image.name, "platform": f"linux/{other}"}])
    assert not asked["changed"] and one(asked)["id"] == image.id
    reported = lago_docker(images=[{"name": image.name, "pull": "never"}])
    assert not reported["changed"] and f"linux/{other}" in reported["warnings"][0]


def test_an_image_that_is_there_for_another_platform_is_pulled_for_the_right_one(lago_docker, docker_engine, architecture):
    other = another(architecture)
    made = Registry(docker_engine.registry).put_list(f"{docker_engine.prefix}/api", "both", "one", ["amd64", "arm64"])
    name = made[other].name
    wrong = lago_docker(images=[{"name": name, "platform": f"linux/{other}"}])
    assert one(wrong)["id"] == made[other].id
    for pull in ("missing", "always"):
        right = lago_docker(images=[{"name": name, "pull": pull}])
        assert right["changed"] is (pull == "missing")
        assert one(right)["id"] == made[architecture].id


@pytest.mark.parametrize("status, code, message, kind, attempts", [
    (404, "MANIFEST_UNKNOWN", "manifest unknown", "image_not_found", 1),
    (429, "TOOMANYREQUESTS", "You have reached your pull rate limit", "rate_limit", 1),
    (429, "TOOMANYREQUESTS", "slow down", "rate_limit", 3),
    (401, "UNAUTHORIZED", "authentication required", "unauthorized", 1),
    (403, "DENIED", "requested access to the resource is denied", None, 1),
    (503, "UNAVAILABLE", "down for maintenance", None, None),
])
def test_a_registry_that_says_no(lago_docker, status, code, message, kind, attempts):
    with registry_saying(status, {"errors": [{"code": code, "message": message}]}) as (address, asked):
        failed = lago_docker(images=[{"name": f"{address}/team/api:1"}], retries=2)
        assert failed["failed"] and failed["image"] == f"{address}/team/api:1"
        assert kind is None or failed["error_kind"] == kind, failed
        assert attempts is None or failed["attempts"] == attempts
        assert asked and not failed["changed"]
        always = lago_docker(images=[{"name": f"{address}/team/api:1", "pull": "always"}], check=True)
        assert always["changed"], "it is not there: no registry has to be asked"


def test_a_registry_that_nobody_runs_is_tried_again(lago_docker):
    failed = lago_docker(images=[{"name": f"127.0.0.1:{free_port()}/team/api:1"}], retries=2)
    assert failed["error_kind"] == "unreachable" and failed["attempts"] == 3
    assert "connection refused" in failed["msg"]


def test_a_registry_that_sends_garbage(lago_docker):
    with registry_saying(200, b"\x00\xff<html>") as (address, _):
        failed = lago_docker(images=[{"name": f"{address}/team/api:1"}], retries=0)
        assert failed["failed"] and failed["attempts"] == 1


def config_with(tmp_path, content):
    folder = tmp_path / "login"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(content))
    return str(folder / "config.json")


def login(tmp_path, address, password):
    return config_with(tmp_path, {"auths": {address: {"auth": base64.b64encode(f"{USER}:{password}".encode()).decode()}}})


@pytest.fixture
def private(published, private_registry, planted_secret):
    """An image in a registry that wants USER and the planted secret."""
    return published("private", "one", Registry(private_registry, f"{USER}:{planted_secret.value}"))


def test_a_login_of_docker_is_used(lago_docker, module, docker_engine, private, private_registry, planted_secret, tmp_path):
    config = login(tmp_path, private_registry, planted_secret.value)
    refused = lago_docker(images=[{"name": private.name}])
    assert refused["error_kind"] == "unauthorized" and "docker login" in refused["msg"]
    assert one(lago_docker(images=[{"name": private.name}], registry_config=config))["id"] == private.id
    always = [{"name": private.name, "pull": "always"}]
    assert not lago_docker(images=always, registry_config=config, check=True)["changed"]
    assert lago_docker(images=always, check=True)["error_kind"] == "unauthorized"
    docker_engine.docker("image", "rm", private.name)
    own = module(images=[{"name": private.name}], docker_host=docker_engine.host,
                 env={"DOCKER_CONFIG": str(pathlib.Path(config).parent)})
    assert one(own)["id"] == private.id, "where no file is named, it is the user's own"


def test_a_wrong_password_is_refused_and_not_shown(lago_docker, private, private_registry, planted_secret, tmp_path):
    config = login(tmp_path, private_registry, planted_secret.value + "-old")
    failed = lago_docker(images=[{"name": private.name}], registry_config=config, retries=5)
    assert failed["error_kind"] == "unauthorized" and failed["attempts"] == 1


@pytest.fixture
def programs(tmp_path, planted_secret):
    """A credential helper that knows the planted secret, and a docker that writes down how it was called; a PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (tmp_path / "answer").write_text(json.dumps({"Username": USER, "Secret": planted_secret.value}))
    for name, script in (("docker-credential-planted", f"cat >/dev/null\ncat {tmp_path}/answer"),
                         ("docker", f"tr '\\0' '\\n' </proc/$$/cmdline >>{tmp_path}/seen\nenv >>{tmp_path}/seen\n"
                                    f"exec {shutil.which('docker')} \"$@\"")):
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_a_credential_helper_means_that_docker_pulls(lago_docker, private, private_registry, planted_secret, programs,
                                                     tmp_path):
    config = config_with(tmp_path, {"credHelpers": {private_registry: "planted"}})
    settings = {"registry_config": config, "env": programs}
    foreseen = lago_docker(images=[{"name": private.name}], check=True, **settings)
    assert foreseen["changed"] and not (tmp_path / "seen").exists()
    assert one(lago_docker(images=[{"name": private.name}], **settings))["id"] == private.id
    seen = (tmp_path / "seen").read_text()
    assert "\npull\n" in seen and private.name in seen and not planted_secret.found_in(seen)

    always = [{"name": private.name, "pull": "always"}]
    unknown = lago_docker(images=always, check=True, **settings)
    assert unknown["changed"] and "credential helper planted" in unknown["warnings"][0]
    assert not lago_docker(images=always, **settings)["changed"]


def test_a_credential_helper_that_gives_no_login(lago_docker, private, private_registry, programs, tmp_path):
    config = config_with(tmp_path, {"credHelpers": {private_registry: "planted"}})
    (tmp_path / "answer").unlink()
    failed = lago_docker(images=[{"name": private.name}], registry_config=config, env=programs)
    assert failed["error_kind"] in ("credential_helper", "unauthorized") and failed["attempts"] == 1, failed


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"auths": {"127.0.0.1:9": {"auth": "%%%"}}}', "\x00"])
def test_a_file_of_logins_that_cannot_be_used(lago_docker, tmp_path, content):
    config = tmp_path / "config.json"
    config.write_text(content)
    failed = lago_docker(images=[{"name": "127.0.0.1:9/api:1"}], registry_config=str(config))
    assert failed["error_kind"] == "bad_registry_config" and failed["path"] == str(config)


def test_a_file_of_logins_that_is_not_there(lago_docker, tmp_path, busybox):
    named = {"registry_config": str(tmp_path / "absent" / "config.json")}
    failed = lago_docker(images=[{"name": "127.0.0.1:9/api:1"}], **named)
    assert failed["error_kind"] == "not_found" and failed["errno"] == 2
    folder = lago_docker(images=[{"name": "127.0.0.1:9/api:1"}], registry_config=str(tmp_path))
    assert folder["failed"] and folder["errno"] == 21
    assert not lago_docker(images=[{"name": busybox}], **named)["changed"], "nobody had to log in"
    foreseen = lago_docker(images=[{"name": busybox, "pull": "always"}], check=True, **named)
    assert foreseen["changed"] and "not there yet" in foreseen["warnings"][0]
