# SPDX-License-Identifier: GPL-3.0-or-later
"""The file functions against the installed AnsibleModule: the same folder twice, the same call, the same outcome.

Each core of the matrix whose virtual environment is there is asked (LAGO_ORACLE_PYTHONS may name interpreters).
"""
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("LAGO_CACHE") or pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "mash-lago")
SEED = int(os.environ.get("LAGO_SEED", "20260131"))
# Before 2.16 a symbolic mode was checked by its first letter only, and each clause saw the file's first mode.
FIRST_WITH_TODAYS_MODES = (2, 16)


def interpreters():
    named = os.environ.get("LAGO_ORACLE_PYTHONS")
    if named:
        return named.split(":")
    return [str(path) for path in sorted((CACHE / "venvs").glob("core-*/bin/python"))] or [sys.executable]


def core_of(python):
    done = subprocess.run([python, "-c", "from ansible.release import __version__ as v; print(v)"], capture_output=True,
                          text=True, check=False)
    return tuple(int(part) for part in done.stdout.strip().split(".")[:2]) if done.returncode == 0 else None


@pytest.fixture(scope="module", params=interpreters(), ids=lambda path: pathlib.Path(path).parents[1].name)
def core(request):
    version = core_of(request.param)
    if version is None:
        pytest.skip("no ansible-core there")
    return request.param, version


@pytest.fixture(scope="module")
def ours():
    named = [pathlib.Path(os.environ["LAGO_BINARY"]).parent] if "LAGO_BINARY" in os.environ else []
    folders = [*named, *(ROOT / "build" / preset for preset in ("release-x86_64", "dev", "asan"))]
    program = next((folder / "lago_file_functions" for folder in folders if (folder / "lago_file_functions").exists()), None)
    if program is None:
        pytest.skip("lago_file_functions is not built")
    return program


def ask(command, requests):
    done = subprocess.run(command, input="".join(json.dumps(request) + "\n" for request in requests), text=True,
                          capture_output=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(requests), done.stderr
    return answers


def both(core, ours, tmp_path, make, requests):
    """Runs the requests on two folders that `make` fills alike; paths in them are below {folder}."""
    outcomes = []
    for name, command in (("theirs", [core[0], str(HERE / "file_driver.py")]), ("ours", [str(ours)])):
        folder = tmp_path / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        make(folder)
        asked = json.loads(json.dumps(requests).replace("{folder}", str(folder)))
        answers = ask(command, asked)
        outcomes.append([(normalised(answer, folder), state(pathlib.Path(request["path"])))
                         for answer, request in zip(answers, asked)])
    return outcomes


def normalised(answer, folder):
    text = json.dumps(answer).replace(str(folder), "{folder}")
    return json.loads(re.sub(r"\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~", ".PID.MOMENT~", text))


def state(path):
    if not path.exists():
        return None
    info = path.lstat()
    return (oct(info.st_mode), info.st_uid, info.st_gid, path.read_text() if path.is_file() else None)


def one_file_each(modes):
    def make(folder):
        for number, mode in enumerate(modes):
            (folder / str(number)).write_text("x")
            (folder / str(number)).chmod(mode)
    return make


WRITTEN_MODES = ["0644", "644", "0o640", " 0600 ", "0_640", "4755", "0", "", "u=rw,g=r,o=", "u+x", "a-w", "go-rwx", "g=u",
                 "o=g", "u+s,g+s,o+t", "u-s", "+x", "+w", "=r", "u=rwx,g=u-w", "ug=rwX", "u=", "+", "u,g+w", "a=rwXst",
                 "rw", "u=rwz", "z+r", "0648", "ga+r", "u+r,,g+w", "u+r,", "=", "u", "x+u", "0x1ff", "1.5", "None"]


def test_written_modes(core, ours, tmp_path):
    cases = list(itertools.product(WRITTEN_MODES, (0o644, 0o755, 0o4711, 0)))
    compare_modes(core, ours, tmp_path, cases)


def test_numbers_as_modes(core, ours, tmp_path):
    compare_modes(core, ours, tmp_path, list(itertools.product((0, 420, 644, 0o7777), (0o644, 0))))


def test_generated_modes(core, ours, tmp_path):
    print("seed", SEED)
    dice = random.Random(SEED)

    def clause():
        who = "".join(dice.sample("ugo", dice.randint(0, 3))) or dice.choice(["", "a"])
        return who + "".join(dice.choice("+-=") + "".join(dice.choices("rwxXst", k=dice.randint(0, 3)) if dice.random() < .7
                                                          else dice.choice("ugo")) for _ in range(dice.randint(1, 3)))
    cases = [(",".join(clause() for _ in range(dice.randint(1, 3))), dice.randrange(0o10000)) for _ in range(400)]
    compare_modes(core, ours, tmp_path, cases)


def compare_modes(core, ours, tmp_path, cases):
    requests = [{"function": "set_attributes", "path": f"{{folder}}/{number}", "params": {"mode": mode}}
                for number, (mode, _current) in enumerate(cases)]
    theirs, mine = both(core, ours, tmp_path, one_file_each([current for _mode, current in cases]), requests)
    different = [(case, their, our) for case, their, our in zip(cases, theirs, mine) if their != our]
    if core[1] < FIRST_WITH_TODAYS_MODES:
        different = [entry for entry in different if not only_in_todays_form(entry[0][0])]
    assert not different, different[:5]


def only_in_todays_form(mode):
    """What 2.15 reads in another way: several clauses or operators, copies, X, letters that it did not check."""
    return isinstance(mode, str) and not re.fullmatch(r"[0-7]+|a?[+=-][rwxst]*|[ugo]+[+=-][rwxst]*", mode)


def test_folders_take_x(core, ours, tmp_path):
    cases = ["a=rX", "u=rwX,go=", "0750", "g+s", "+X"]
    requests = [{"function": "set_attributes", "path": f"{{folder}}/{number}", "params": {"mode": mode}}
                for number, mode in enumerate(cases)]

    def make(folder):
        for number in range(len(cases)):
            (folder / str(number)).mkdir(mode=0o700)
    theirs, mine = both(core, ours, tmp_path, make, requests)
    assert theirs == mine


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("params", [
    {"owner": "daemon"}, {"owner": "1"}, {"group": "daemon"}, {"group": "4711"}, {"owner": "no-such-user"},
    {"group": "no-such-group"}, {"owner": "root", "group": "root"}, {"owner": "daemon", "mode": "u+s"},
    {"owner": "12", "group": "34", "mode": "0600"}, {"owner": "no-such-user", "mode": "0600"}])
def test_owner_and_group(core, ours, tmp_path, params):
    request = {"function": "set_attributes", "path": "{folder}/0", "params": params}
    theirs, mine = both(core, ours, tmp_path, one_file_each([0o750]), [request, request])
    assert theirs == mine


def test_path_info(core, ours, tmp_path):
    def make(folder):
        (folder / "file").write_text("abc")
        (folder / "folder").mkdir(mode=0o1777)
        (folder / "one").write_text("x")
        os.link(folder / "one", folder / "two")
        (folder / "link").symlink_to("file")
        (folder / "dangling").symlink_to("none")
        if os.geteuid() == 0:
            os.chown(folder / "one", 4711, 4712)
    requests = [{"function": "path_info", "path": f"{{folder}}/{name}"} for name in ("file", "one", "two", "link", "dangling", "none")]
    theirs, mine = both(core, ours, tmp_path, make, requests)
    assert theirs == mine
    folder = [{"function": "path_info", "path": "{folder}/folder"}]
    assert both(core, ours, tmp_path, make, folder)[0] == both(core, ours, tmp_path, make, folder)[1]


@pytest.mark.parametrize("umask", [0o022, 0o077, 0])
def test_replacing(core, ours, tmp_path, umask):
    """atomic_move: a new file takes the umask, an existing one keeps owner, group and mode."""
    def make(folder):
        for name, mode in (("kept", 0o640), ("setuid", 0o4755), ("closed", 0)):
            (folder / name).write_text("old")
            if os.geteuid() == 0:
                os.chown(folder / name, 12, 34)
            (folder / name).chmod(mode)
        (folder / "shared").mkdir()
        if os.geteuid() == 0:
            os.chown(folder / "shared", 0, 34)
        (folder / "shared").chmod(0o2775)
    requests = [{"function": "replace", "path": f"{{folder}}/{name}", "content": "new"} for name in ("new", "kept", "closed")]
    if core[1] >= (2, 17):  # before, setuid was set ahead of the owner, and so lost
        requests.append({"function": "replace", "path": "{folder}/setuid", "content": "new"})
    if core[1] >= (2, 18):  # before, a setgid folder's group was lost
        requests.append({"function": "replace", "path": "{folder}/shared/new", "content": "new"})
    old = os.umask(umask)
    try:
        theirs, mine = both(core, ours, tmp_path, make, requests)
    finally:
        os.umask(old)
    assert theirs == mine


def test_backup(core, ours, tmp_path):
    def make(folder):
        (folder / "f").write_text("old")
        (folder / "f").chmod(0o640)
        if os.geteuid() == 0:
            os.chown(folder / "f", 12, 34)
        os.utime(folder / "f", (1_000_000_000, 1_000_000_000))
    theirs, mine = both(core, ours, tmp_path, make, [{"function": "backup", "path": "{folder}/f"}])
    assert theirs == mine
    copies = [next(path for path in (tmp_path / name).iterdir() if path.name.endswith("~")) for name in ("theirs", "ours")]
    assert state(copies[0]) == state(copies[1])
    assert copies[0].stat().st_mtime == copies[1].stat().st_mtime == 1_000_000_000
