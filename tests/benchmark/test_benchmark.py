# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark itself: one round of it, what makes its figures void, and how it counts. Nothing here is timed."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree

import pytest

import plain_role
import report
import rounds
from pairs import FLOORS, Pair, Target, Task, pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = Target("/run/postgresql", 5432, 6379, "/srv", "a password")
LABELS = {"debug", "raw: true", "lago_database", "postgresql_user", "postgresql_db", "lago_redis", "redis_info",
          "lago_rsa_key", "openssl_privatekey", "lago_signup", "lineinfile"}
ONE_PEER = Pair(Task("ours", "a.b.ours", {}), (Task("theirs", "a.b.theirs", {}),))
TWO_PEERS = Pair(Task("ours", "a.b.ours", {}),
                 (Task("postgresql_user", "a.b.user", {}), Task("postgresql_db", "a.b.db", {})))


@pytest.fixture
def folder():
    """A short path (a unix socket's name has 108 bytes) that servers of other users may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="lb-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


def run(*words, **more):
    return subprocess.run([ROOT / "scripts" / "benchmark", *words], capture_output=True, text=True, check=False, **more)


def test_one_round_over_ssh(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(folder))
    done = run("--rounds", "1", "--json", str(tmp_path / "figures.json"), "--svg", str(tmp_path / "bars.svg"))
    assert done.returncode == 0, done.stdout + done.stderr

    figures = json.loads((tmp_path / "figures.json").read_text())
    assert set(figures["seconds"]) == {"off", "on"}
    for mode, seconds in figures["seconds"].items():
        assert set(seconds) == LABELS
        assert all(len(times) == 1 and 0 < times[0] < 600 for times in seconds.values())
        assert set(figures["ratios"][mode]) == {"postgresql_user", "postgresql_db", "user + db", "redis_info",
                                                "openssl_privatekey", "lineinfile"}
    for label in LABELS:  # twice in a table, twice as a bar
        assert sum(line.strip().startswith(label + " ") for line in done.stdout.splitlines()) >= 4, label
    assert done.stdout.count("where ours goes") == 2
    for fact in ("machine", "load", "controller", "target", "servers", "ours", "peers"):
        assert figures["about"][fact] in done.stdout
    assert "ansible-core 2." in figures["about"]["controller"]
    assert ElementTree.parse(tmp_path / "bars.svg").getroot().tag.endswith("svg")
    role = figures["role"]
    if "left_out" in role:
        assert f"left out: {role['left_out']}" in done.stdout
        pytest.skip(f"the whole role: {role['left_out']}")
    # 4 folders and that of the units; for front, API and PDFs an env file, labels and a unit each, and what goes with them
    assert role["folders"] >= 5 and role["files"] >= 11
    assert role["tasks"]["plain role"] == role["folders"] + role["files"]
    assert role["tasks"]["mash.lago.lago"] <= 8
    for seconds in role["seconds"].values():
        assert all(len(times) == 1 and 0 < times[0] < 600 for side in seconds.values() for times in side.values())
        assert all(side["files"][0] <= side["tasks"][0] < side["run"][0] for side in seconds.values())
    assert done.stdout.count("ansible-playbook  plain role") == 2
    assert list(folder.iterdir()) == []


def test_a_plain_role_renders_to_what_it_was_made_of(tmp_path):
    """Text with all that Jinja could take for its own, and values that are part of one another."""
    import jinja2
    text = "a {{ b }} {% if %} {# no #} }} {{{{ x/y/z x/y x\n\n  end \n"
    made = plain_role.template(text, {"long": "x/y", "short": "x"})
    assert "{{ long }}/z {{ long }} {{ short }}" in made
    assert jinja2.Environment(keep_trailing_newline=True).from_string(made).render(long="x/y", short="x") == text


def test_the_roles_table():
    times = {"mash.lago.lago": {"run": [2.0], "tasks": [1.0], "files": [0.5]},
             "plain role": {"run": [18.0], "tasks": [10.0], "files": [10.0]}}
    lines = list(report.role_lines({"files": 13, "folders": 6, "tasks": {"mash.lago.lago": 8, "plain role": 19},
                                    "seconds": {"off": times, "on": times}}))
    assert [[word.strip() for word in line.rsplit("  ", 2)[-2:]] for line in lines if "plain role " in line and "tasks)" not in line][:3] == [
        ["9.0 x", "BELOW 10"], ["10.0 x", "reached 10"], ["20.0 x", "reached 10"]]
    assert sum("BELOW" in line or "reached" in line for line in lines) == 3
    assert list(report.role_lines({"left_out": "no engine"})) == ["The whole role was left out: no engine"]


def test_help_and_mistakes_need_no_setup():
    assert "--only NAME" in run("--help").stdout
    for words in (["--rounds", "0"], ["--rounds", "many"], ["--only", "lago_files"], ["--json", "/nowhere/x"], ["x"]):
        done = run(*words, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LAGO_CACHE": tempfile.gettempdir()})
        assert done.returncode == 2, words
        assert "error:" in done.stderr


def test_both_sides_take_turns():
    tasks = rounds.playbook(pairs(TARGET), 2)[0]["tasks"]
    order = [task["name"] for task in tasks]
    assert order[:5] == ["0 off debug", "0 off raw: true", "0 off lago_database", "0 off postgresql_user",
                         "0 off postgresql_db"]
    assert len(order) == 3 * 2 * len(LABELS)
    assert order[-1] == "2 on lineinfile"
    assert all(task["vars"]["ansible_pipelining"] == (" on " in task["name"]) for task in tasks)
    assert sum("changed_when" in task for task in tasks) == 3 * 2 * len(FLOORS)


def written(changed_in=None, outcome="ok", without=None, count=2):
    lines = []
    for number in range(count + 1):
        for mode in ("off", "on"):
            for label in ("debug", "raw: true", "ours", "theirs"):
                name = f"{number} {mode} {label}"
                if name != without:
                    lines.append({"task": name, "seconds": number + 0.5, "changed": name == changed_in,
                                  "outcome": outcome if name == changed_in else "ok"})
    return "\n".join(json.dumps(line) for line in lines)


def test_the_first_round_is_not_counted_and_may_change():
    seconds = rounds.read_times(written(changed_in="0 off ours"), [ONE_PEER], 2)
    assert seconds["off"]["ours"] == [1.5, 2.5]


@pytest.mark.parametrize("text", [written(changed_in="2 on theirs"), written(changed_in="1 off ours"),
                                  written(changed_in="1 off ours", outcome="failed"),
                                  written(without="2 off theirs"), ""])
def test_a_change_or_a_missing_task_makes_it_void(text):
    with pytest.raises(rounds.Void):
        rounds.read_times(text, [ONE_PEER], 2)


def lines_of(pair, mode="off", **times):
    seconds = {"debug": [0.01] * 3, "raw: true": [0.02] * 3, **times}
    return {line.split()[0]: line for line in report.table_lines(mode, report.table(seconds, [pair]))}


def test_median_lowest_highest_and_the_ratio_of_each_round():
    lines = lines_of(ONE_PEER, ours=[0.010, 0.030, 0.020], theirs=[0.100, 0.150, 0.160])
    assert lines["ours"].split() == ["ours", "20", "10", "30"]
    # rounds: 10, 5 and 8 times; the medians alone would give 7.5
    assert lines["theirs"].split() == ["theirs", "150", "100", "160", "8.0", "x", "reached", "7"]


def test_what_is_not_reached_is_said():
    times = {"ours": [0.010] * 3, "theirs": [0.060] * 3}
    assert lines_of(ONE_PEER, "off", **times)["theirs"].endswith("6.0 x  BELOW 7")
    assert lines_of(ONE_PEER, "on", **times)["theirs"].endswith("6.0 x  reached 5")


def test_two_peers_count_together_because_both_are_needed():
    lines = lines_of(TWO_PEERS, ours=[0.010] * 3, postgresql_user=[0.030] * 3, postgresql_db=[0.050] * 3)
    assert lines["postgresql_user"].endswith("3.0 x")
    assert lines["user"].split() == ["user", "+", "db", "80", "80", "80", "8.0", "x", "reached", "7"]


def test_where_our_time_goes():
    one = report.split({"debug": [0.010], "raw: true": [0.025], "ours": [0.032]}, ONE_PEER, 0.004)
    assert one.controller == pytest.approx(0.010)
    assert one.ssh == pytest.approx(0.015)
    assert one.program == pytest.approx(0.004)
    assert one.rest == pytest.approx(0.003)
