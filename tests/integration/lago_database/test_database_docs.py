# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says nothing that the module does not know."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = list(yaml.safe_load_all((ROOT / "modules/lago_database/lago_database.yml").read_text(encoding="utf-8")))
FRAGMENT = yaml.safe_load((ROOT / "module_utils/ansible/fragments/service_address.yml").read_text(encoding="utf-8"))
OPTIONS = {**FRAGMENT["options"], **DOCUMENTS[0]["options"]}


def test_examples_use_documented_options():
    for task in DOCUMENTS[1]:
        asked = task["mash.lago.lago_database"]
        assert set(asked) <= set(OPTIONS)
        for entry in asked.get("extensions", []):
            assert set(entry) <= set(OPTIONS["extensions"]["suboptions"])


def test_examples_are_taken(run_module, tmp_path):
    """Each of them, on a host where there is no server yet, in check mode; the addresses are made local."""
    for task in DOCUMENTS[1]:
        asked = dict(task["mash.lago.lago_database"])
        for option in ("password", "login_password"):
            if option in asked:
                asked[option] = "a password"
        if "password_file" in asked:
            asked["password_file"] = str(tmp_path / "not there yet")
        if "login_host" in asked:
            asked["login_host"] = "postgres.invalid"
        elif "login_container" in asked:
            asked["docker_host"] = str(tmp_path / "docker.sock")
        else:
            asked["login_unix_socket"] = str(tmp_path)
        result = run_module("lago_database", asked, check=True).json
        assert result["changed"] and not result.get("failed"), result
