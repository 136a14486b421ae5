# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says nothing that the module does not know."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = list(yaml.safe_load_all((ROOT / "modules/lago_redis/lago_redis.yml").read_text(encoding="utf-8")))


def test_examples_use_documented_options(documented_options):
    options = documented_options("lago_redis")
    for task in DOCUMENTS[1]:
        asked = task["mash.lago.lago_redis"]
        assert set(asked) <= set(options)
        assert set(asked.get("require", [])) <= set(options["require"]["choices"])


def test_examples_run(redis, tmp_path):
    """Each of them, on a host where there is no Redis yet, in check mode; the addresses are made local."""
    for task in DOCUMENTS[1]:
        asked = {**task["mash.lago.lago_redis"], "login_password": "x"}
        if "login_host" in asked:
            asked["login_host"] = "redis.invalid"
        if "login_unix_socket" in asked:
            asked["login_unix_socket"] = str(tmp_path / "none.sock")
        if "login_container" in asked:
            asked["docker_host"] = str(tmp_path / "docker.sock")
        asked.pop("ca_certs", None)
        result = redis(check=True, **asked)
        assert result["reachable"] is False, result
