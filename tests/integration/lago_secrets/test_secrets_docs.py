# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation's examples run as they stand, but for the owner and the folder."""
import json
import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
DOCUMENTS = list(yaml.safe_load_all((ROOT / "modules/lago_secrets/lago_secrets.yml").read_text(encoding="utf-8")))


def test_examples_run(run_module, returned_matches_docs, tmp_path):
    (tmp_path / "api").mkdir()
    (tmp_path / "api/env").write_text("DATABASE_URL=postgresql://lago:of%20the%20deployed@db/lago\n")
    for task in json.loads(json.dumps(DOCUMENTS[1]).replace("/srv/lago", str(tmp_path))):
        module = next(name for name in task if name.startswith("mash.lago."))
        options = {name: value for name, value in task[module].items() if name not in ("owner", "group")}
        result = run_module(module.removeprefix("mash.lago."), options).json
        assert result["changed"] is True, result
        returned_matches_docs(module.removeprefix("mash.lago."), result)
    lines = (tmp_path / "secrets.env").read_text().splitlines()
    assert "DATABASE_PASSWORD=of the deployed" in lines
    base = next(line for line in lines if line.startswith("SECRET_KEY_BASE="))
    assert (tmp_path / "api/env").read_text() == base + "\n"
