# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_files with a fault at each step: each file is whole, old or new, and the report says which."""
import os
import pathlib
import subprocess

import pytest
from injection import Trial

NEW = "new content\n" * 1000


def entries(folder):
    return [{"path": f"{folder}/made/deep", "state": "directory"},
            {"path": f"{folder}/made/deep/f", "content": NEW},
            {"path": f"{folder}/changed", "content": NEW},
            {"path": f"{folder}/env", "content": "KEY=@K@\n", "substitute": {"@K@": {"path": f"{folder}/key"}}},
            {"path": f"{folder}/mode", "content": "x", "mode": "0600"},
            {"path": f"{folder}/link", "state": "link", "src": "new"},
            {"path": f"{folder}/gone", "state": "absent"},
            {"path": f"{folder}/tree", "state": "absent", "recurse": True}]


def standing(path):
    if path.is_symlink():
        return os.readlink(path)
    if path.is_dir():
        return "folder"
    return (path.read_text(), path.stat().st_mode) if path.exists() else None


def picture(folder):
    return {entry["path"]: standing(pathlib.Path(entry["path"])) for entry in entries(folder)}


@pytest.fixture
def trial(run_module, lago, tmp_path, planted_secret):
    folder = tmp_path / "world"

    def make():
        subprocess.run(["rm", "-rf", folder], check=True)
        folder.mkdir()
        (folder / "changed").write_text("old")
        (folder / "changed").chmod(0o640)
        (folder / "mode").write_text("x")
        (folder / "gone").write_text("x")
        (folder / "tree").mkdir()
        (folder / "tree/f").write_text("x")
        (folder / "link").symlink_to("old")
        (folder / "key").write_text(planted_secret.value + "\n")
        return folder
    trial = Trial(run_module, lago, tmp_path / "trace", "lago_files", make, lambda at: {"entries": entries(at)}, picture)
    assert len(trial.points) > 30, "the trace is not what it was"
    return trial


def test_an_error_at_each_step(trial, planted_secret):
    tried = failed = 0
    for where, folder, outcome in trial.errors():
        tried += 1
        assert not planted_secret.found_in(outcome), where
        if outcome.json.get("failed"):
            failed += 1
            check_report(outcome.json, trial, picture(folder), where)
    print(f"{tried} errors at {len(trial.points)} steps, {failed} of them failures of the run")
    assert failed > tried / 2


def check_report(result, trial, now, where):
    assert result["errno"] and result["msg"], where
    done, not_done = result.get("done", []), result.get("not_done", [])
    in_part = "in part" in result["msg"]
    if not done:
        assert not result.get("changed") or in_part, where
    for path in set(done) & set(now):
        assert now[path] == trial.after[path], where
    for path in set(not_done) & set(now):
        assert in_part or now[path] == trial.before[path], where


def test_a_kill_at_each_step(trial):
    trial.kills()
