# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation's examples run as they stand, and name each stop that the program knows."""
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = list(yaml.safe_load_all((ROOT / "modules/lago_info/lago_info.yml").read_text(encoding="utf-8")))


def test_examples_run(run_module, returned_matches_docs, tmp_path):
    """On a machine that has nothing."""
    ran = 0
    for task in DOCUMENTS[1]:
        options = task.get("mash.lago.lago_info")
        if options is None:
            continue
        result = run_module("lago_info", {**options, "systemd_path": str(tmp_path), "docker_host": f"unix://{tmp_path}/sock"}).json
        returned_matches_docs("lago_info", result)
        assert result["installed"] is False and result["problems"] == []
        ran += 1
    assert ran == 2


def test_each_stop_is_documented_and_bites(world, info):
    stops = re.findall(r"1\.\d+\.\d", " ".join(DOCUMENTS[0]["description"]))
    assert len(stops) == 10
    world.schema("20240311091817")  # v1.0.0
    world.unit("api", tag="v1.0.0")
    result = info(world, gather=[], target_version="v1.51.0")
    assert result["upgrade"]["stops"] == [*(f"v{stop}" for stop in stops), "v1.51.0"]
