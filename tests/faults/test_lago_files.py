# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_files with a fault at each step: each file is whole, old or new, and the report says which."""
import json
import os
import subprocess

import pytest
from injection import injected, points_in, require_strace, traced

NEW = "new content\n" * 1000


@pytest.fixture
def world(tmp_path, planted_secret):
    """A folder with what one run changes, made anew for each fault."""
    require_strace()
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
    return make


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
    return {entry["path"]: standing(folder.__class__(entry["path"])) for entry in entries(folder)}


def leftovers(folder):
    return [path for path in folder.rglob("*") if path.name.startswith(".lago_tmp_")]


def pictures_and_points(world, run_module, tmp_path):
    folder = world()
    before = picture(folder)
    outcome = run_module("lago_files", {"entries": entries(folder)}, prefix=traced(tmp_path / "trace"))
    assert outcome.json["changed"]
    points = points_in((tmp_path / "trace").read_text(errors="replace"), folder)
    assert len(points) > 30, "the trace is not what it was"
    return before, picture(folder), points


def test_an_error_at_each_step(world, run_module, tmp_path, planted_secret):
    before, after, points = pictures_and_points(world, run_module, tmp_path)
    tried = failed = 0
    for point in points:
        for error in point.errors():
            folder = world()
            outcome = run_module("lago_files", {"entries": entries(folder)}, prefix=injected(point, f"error={error}"))
            tried += 1
            where = f"{error} at {point.line}\n{outcome.stdout}"
            assert not planted_secret.found_in(outcome), where
            now = picture(folder)
            if not outcome.json.get("failed"):
                assert now == after, where
            else:
                failed += 1
                check_report(outcome.json, before, after, now, where)
            if point.call not in ("unlink", "unlinkat"):
                assert not leftovers(folder), where
            again = run_module("lago_files", {"entries": entries(folder)})
            assert not again.json.get("failed"), where
            assert picture(folder) == after and not leftovers(folder), where
    print(f"{tried} errors at {len(points)} steps, {failed} of them failures of the run")
    assert failed > tried / 2


def check_report(result, before, after, now, where):
    assert result["errno"] and result["msg"], where
    done, not_done = result.get("done", []), result.get("not_done", [])
    if not done:
        assert not result.get("changed") or "in part" in result["msg"], where
    for path in done:
        if path in after:
            assert now[path] == after[path], where
    for path in not_done:
        if path in before and "in part" not in result["msg"]:
            assert now[path] == before[path], where
    for path, state in now.items():
        assert state in (before[path], after[path]), where


def test_a_kill_at_each_step(world, run_module, lago, tmp_path):
    before, after, points = pictures_and_points(world, run_module, tmp_path)
    for point in points:
        folder = world()
        done = subprocess.run([*injected(point, "signal=KILL"), str(lago), "lago_files"],
                              input=json.dumps({"entries": entries(folder)}).encode(), capture_output=True, check=False)
        assert done.stdout == b"", point.line
        for path, state in picture(folder).items():
            assert state in (before[path], after[path]), f"killed at {point.line}"
        again = run_module("lago_files", {"entries": entries(folder)})
        assert not again.json.get("failed"), point.line
        assert picture(folder) == after and not leftovers(folder), f"killed at {point.line}"
