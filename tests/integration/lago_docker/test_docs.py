# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the documentation run as they stand."""
import pathlib

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = list(yaml.safe_load_all((ROOT / "modules/lago_docker/lago_docker.yml").read_text(encoding="utf-8")))[1]


@pytest.mark.parametrize("task", EXAMPLES, ids=lambda task: task["name"])
def test_an_example_runs_on_a_host_without_an_engine(module, documented_options, task, tmp_path):
    asked = task["mash.lago.lago_docker"]
    assert set(asked) <= set(documented_options("lago_docker"))
    foreseen = module(check=True, **asked, docker_host=str(tmp_path / "none.sock"))
    assert not foreseen.get("failed")
    assert [entry["name"] for entry in foreseen["networks"]] == [entry["name"] for entry in asked.get("networks", [])]
    assert len(foreseen["images"]) == len(asked.get("images", []))
