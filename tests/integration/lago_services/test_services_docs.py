# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation says nothing that the module does not know."""
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = list(yaml.safe_load_all((ROOT / "modules/lago_services/lago_services.yml").read_text(encoding="utf-8")))[1]


def test_examples_run_as_they_stand(run_module, returned_matches_docs, standins):
    """Each of them, in check mode on a machine that has neither systemd nor Docker yet."""
    env = standins(systemctl="echo 'System has not been booted with systemd as init system' >&2; exit 1")
    for task in EXAMPLES:
        options = {**task["mash.lago.lago_services"], "docker_host": "unix:///run/nowhere.sock"}
        result = run_module("lago_services", options, check=True, env=env).json
        assert not result.get("failed"), result
        assert result["changed"] is (options.get("state") != "absent")
        returned_matches_docs("lago_services", result)
