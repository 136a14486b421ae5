# SPDX-License-Identifier: GPL-3.0-or-later
"""scripts/demo as a person runs it: what it shows, what it never shows, and that nothing is left of it."""
import base64
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "scripts" / "demo"
# Every secret that the demo makes holds this; a private key begins with the other.
MARKS = ("demo-secret-", "-----BEGIN", "PRIVATE KEY")


def encoded(text):
    """The text as it is, and what of it is the same in base64 wherever it stands."""
    yield text
    for before in range(3):
        inside = base64.b64encode(b" " * before + text.encode()).decode().rstrip("=")
        yield inside[(8 * before + 5) // 6:-1]


def processes_of(folder):
    """Processes that have to do with a folder: by their arguments, their environment or where they are."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes() + os.readlink(process / "cwd").encode()
        except OSError:
            continue
        if str(folder).encode() in about:
            found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
    return found


@pytest.fixture
def temporary():
    """A folder for temporary files of the demo alone. Short, because sockets are in it, and open to other users."""
    folder = pathlib.Path(subprocess.run(["mktemp", "-d", "/tmp/lago-test-XXXXXX"], capture_output=True, text=True,
                                         check=True).stdout.strip())
    folder.chmod(0o755)
    yield folder
    left = sorted(folder.iterdir())
    running = processes_of(folder)
    subprocess.run(["rm", "-rf", folder], check=True)
    assert not left
    assert not running


def chapters(output):
    """Headline -> text below it, of what the demo printed without colours."""
    parts = re.split(r"^(?=\S)", output, flags=re.M)
    return {part.partition("\n")[0]: part.partition("\n")[2] for part in parts}


def only(found):
    assert len(found) == 1, found
    return found[0]


def test_what_it_shows(temporary):
    done = subprocess.run([DEMO], env={**os.environ, "TMPDIR": str(temporary)}, stdin=subprocess.DEVNULL, text=True,
                          capture_output=True, timeout=300, check=False)
    output = done.stdout
    assert done.returncode == 0, output + done.stderr
    assert "\x1b" not in output and "\r" not in output
    for mark in MARKS:
        for form in encoded(mark):
            assert form not in output + done.stderr

    texts = chapters(output)
    first = only([text for headline, text in texts.items() if headline.startswith("First run")])
    assert re.search(r"^  [1-9]\d* changed, .* 0 failed", first, re.M)
    assert re.search(r"changed +\d+\.\d\d s$", first, re.M)
    assert "rsa_private.pem: 2048 bits, generated" in first
    assert 'CREATE DATABASE "lago"' in first
    assert "sign-up: open on the API, open on the front" in first

    second = only([text for headline, text in texts.items() if headline.startswith("Second run")])
    assert re.search(r"^  0 changed, .* 0 failed", second, re.M)
    assert " changed  " not in second

    closed = [text for headline, text in texts.items() if headline.startswith("Sign-up closed")]
    opened = [text for headline, text in texts.items() if headline.startswith("Sign-up open")]
    assert len(closed) == len(opened) == 2
    for text in closed:
        assert "sign-up: closed on the API, closed on the front" in text
        assert re.search(r"^ +-LAGO_DISABLE_SIGNUP=false$", text, re.M)
        assert re.search(r"^ +\+LAGO_DISABLE_SIGNUP=true$", text, re.M)
    for text in opened:
        assert "sign-up: open on the API, open on the front" in text
        assert re.search(r"^ +\+LAGO_DISABLE_SIGNUP=false$", text, re.M)
    assert re.search(r"^ +\+lago_front_environment_variable_lago_disable_signup: true$", "".join(closed), re.M)

    redis = only([text for headline, text in texts.items() if headline.startswith("A wrong Redis password")])
    assert "WRONGPASS" in redis and "1 failed" in redis
    database = only([text for headline, text in texts.items() if headline.startswith("A wrong database password")])
    assert "password authentication" in database and "1 failed" in database

    assert "  NO " not in only([text for headline, text in texts.items() if headline.startswith("What was seen")])
    assert any(headline.startswith("Done in") for headline in texts)


def test_help():
    done = subprocess.run([DEMO, "--help"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0 and done.stdout.startswith("scripts/demo") and not done.stderr


def test_an_unknown_option_is_refused():
    done = subprocess.run([DEMO, "--hepl"], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2 and not done.stdout and "scripts/demo" in done.stderr


def on_terminal(temporary, marker, interrupt):
    """Runs the demo on a terminal, calls interrupt(pid, terminal) once the marker is shown; gives output and status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(DEMO, [str(DEMO)], {**os.environ, "TMPDIR": str(temporary), "TERM": "xterm"})
    output, asked, end = b"", False, time.monotonic() + 120
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                output += os.read(terminal, 65536)
            except OSError:  # the other side is closed
                break
        if not asked and marker.encode() in output:
            interrupt(pid, terminal)
            asked = True
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert asked, f"{marker!r} was never shown: {output.decode()}"
    return output.decode(), os.waitstatus_to_exitcode(status)


def press_ctrl_c(_, terminal):
    os.write(terminal, b"\x03")


def press_it_thrice(_, terminal):
    for _ in range(3):
        os.write(terminal, b"\x03")
        time.sleep(0.1)


@pytest.mark.parametrize(("marker", "interrupt", "code"), [
    ("the binary and the collection", press_ctrl_c, 130),
    ("Private servers", press_ctrl_c, 130),
    ("First run", press_it_thrice, 130),
    ("Second run", lambda pid, _: os.kill(pid, signal.SIGINT), 130),
    ("Second run", lambda pid, _: os.kill(pid, signal.SIGTERM), 143),
])
def test_nothing_is_left_of_an_interrupted_one(temporary, marker, interrupt, code):
    output, status = on_terminal(temporary, marker, interrupt)
    assert status == code, output
    assert "\x1b[1m" in output, "a terminal gets colours"
    assert "Traceback" not in output
    assert "Done in" not in output


def test_a_killed_one_takes_its_servers_along(temporary):
    """Even kill -9 leaves no process; the folder stays, and the next demo removes it."""
    on_terminal(temporary, "Second run", lambda pid, _: os.kill(pid, signal.SIGKILL))
    end = time.monotonic() + 20
    while processes_of(temporary) and time.monotonic() < end:
        time.sleep(0.2)
    assert not processes_of(temporary)
    on_terminal(temporary, "Private servers", press_ctrl_c)
