# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says nothing that the module does not know."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = list(yaml.safe_load_all((ROOT / "modules/lago_database/lago_database.yml").read_text(encoding="utf-8")))


def test_examples_use_documented_options(documented_options):
    options = documented_options("lago_database")
    for task in DOCUMENTS[1]:
        asked = task["mash.lago.lago_database"]
        assert set(asked) <= set(options)
        for entry in asked.get("extensions", []):
            assert set(entry) <= set(options["extensions"]["suboptions"])


def test_examples_are_taken(run_module, tmp_path):
    """Each of them, on a host where there is no server yet, in check mode; the addresses are made local."""
    for task in DOCUMENTS[1]:
        asked = dict(task["mash.lago.lago_database"])
        for option in ("password", "login_password"):
            if option in asked:
                asked[option] = "a password"
        for option in {"password_file", "login_password_file"} & set(asked):
            asked[option] = str(tmp_path / "not there yet")
        if "login_host" in asked:
            asked["login_host"] = "postgres.invalid"
        elif "login_container" in asked:
            asked["docker_host"] = str(tmp_path / "docker.sock")
        else:
            asked["login_unix_socket"] = str(tmp_path)
        result = run_module("lago_database", asked, check=True).json
        assert result["changed"] and not result.get("failed"), result
