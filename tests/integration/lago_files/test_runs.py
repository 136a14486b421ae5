# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs: at once, after one that was killed; and the documented examples."""
import concurrent.futures
import fcntl
import os
import pathlib
import threading
import time

import yaml
from folders import leftovers


def test_two_runs_at_once(files, tmp_path):
    """Each file holds what one of the runs wrote, and both files of one run belong together."""
    def write(letter):
        content = letter * 100_000
        return files(*({"path": f"{tmp_path}/{name}", "content": content} for name in ("a", "b"))).json
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = list(pool.map(write, "ABCDEFGH" * 3))
    assert all(not result.get("failed") for result in results)
    first, second = (tmp_path / "a").read_text(), (tmp_path / "b").read_text()
    assert first == second and len(set(first)) == 1
    assert not leftovers(tmp_path)


def test_a_run_waits_for_the_lock(files, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    freed = threading.Timer(0.5, os.close, [folder])
    freed.start()
    begin = time.monotonic()
    assert files({"path": f"{tmp_path}/f", "content": "x"}).json["changed"]
    assert time.monotonic() - begin >= 0.4


def test_check_mode_takes_no_lock(files, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    assert files({"path": f"{tmp_path}/f", "content": "x"}, check=True).json["changed"]
    os.close(folder)


def test_what_a_killed_run_left_is_removed(files, tmp_path):
    (tmp_path / ".lago_tmp_aaaaaaaaaa").write_text("half")
    assert files({"path": f"{tmp_path}/f", "content": "x"}).json["changed"]
    assert not leftovers(tmp_path)


def test_the_examples_run(run_module, returned_matches_docs, tmp_path):
    """Each documented example, in a folder of the test's own: in check mode, where nothing is there yet."""
    module = pathlib.Path(__file__).resolve().parents[3] / "modules/lago_files/lago_files.yml"
    examples = list(yaml.safe_load_all(module.read_text(encoding="utf-8")))[1]
    tried = 0
    for task in examples:
        arguments = task.get("mash.lago.lago_files")
        if not arguments:
            continue
        text = yaml.safe_dump(arguments).replace("/srv/lago", f"{tmp_path}/lago").replace("/etc/systemd", str(tmp_path))
        outcome = run_module("lago_files", yaml.safe_load(text), check=True, diff=True)
        assert outcome.rc == 0, outcome.stdout
        returned_matches_docs("lago_files", outcome.json)
        tried += 1
    assert tried == 5
