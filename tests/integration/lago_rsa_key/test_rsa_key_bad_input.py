# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input: one JSON object with `failed` and a `msg` that says what to do, nothing half-written, no key seen."""
import base64
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import textwrap

import pytest
from mounts import tmpfs

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command")
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def new_key():
    return openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


@pytest.fixture(scope="module")
def key():
    return new_key()


def snapshot(folder):
    return {path.name: (path.lstat().st_mode, path.read_bytes() if path.is_file() else None)
            for path in folder.iterdir()}


@pytest.fixture
def refused(run_module):
    """refused(folder, params, secret): the failure of a run that left the folder as it was."""
    def run(folder, params, secret="", check=False):
        before = snapshot(folder)
        outcome = run_module("lago_rsa_key", params, check=check, diff=True)
        assert outcome.rc == 1 and outcome.json["failed"], outcome.stdout
        assert len(outcome.json["msg"]) < 2000 and not outcome.json.get("changed")
        assert snapshot(folder) == before
        for line in secret.splitlines():
            assert len(line) < 30 or line not in outcome.everything
        return outcome.json
    return run


WRONG = [
    ({}, "missing required arguments: path"),
    ({"path": "{folder}/k", "colour": "red"}, "Unsupported parameters"),
    ({"path": "{folder}/k", "size": "many"}, "unable to convert to int"),
    ({"path": "{folder}/k", "size": 10**30}, "size"),
    ({"path": "{folder}/k", "format": "raw"}, "value of format must be one of: pkcs8, pkcs1"),
    ({"path": "{folder}/k", "regenerate": "perhaps"}, "value of regenerate must be one of"),
    ({"path": "{folder}/k", "backup": "perhaps"}, "backup"),
    ({"path": "relative/k"}, "not an absolute path"),
    ({"path": ""}, "not an absolute path"),
    ({"path": "{folder}/a\0b"}, "NUL"),
    ({"path": "{folder}/" + "n" * 300}, "name too long"),
    ({"path": "{folder}/k", "mode": "rwxr-x---"}, "mode must be in octal or symbolic form"),
    ({"path": "{folder}/k", "owner": "nobody-of-this-name"}, "failed to look up user"),
    ({"path": "{folder}/k", "group": "nobody-of-this-name"}, "failed to look up group"),
    ({"path": "{folder}/file/k"}, "{folder}/file"),
]


@pytest.mark.parametrize(("params", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_options(refused, tmp_path, params, message):
    (tmp_path / "file").write_text("x")
    params = {name: value.replace("{folder}", str(tmp_path)) if isinstance(value, str) else value
              for name, value in params.items()}
    assert message.replace("{folder}", str(tmp_path)).lower() in refused(tmp_path, params)["msg"].lower()


NOT_A_KEY = {
    "a megabyte": "A" * (1 << 20),
    "a megabyte after the label": "-----BEGIN PRIVATE KEY-----\n" + "A" * (1 << 20),
    "NUL": "planted\0planted",
    "lone surrogates": "planted\udc80\udcff",
    "not escaped bytes": "planted\ud800",
    "a list": ["planted"],
    "a dictionary": {"planted": "planted"},
    "blanks": " \n\t",
    "a template that was not filled": "{{ lago_rsa_private_key }}",
    "a path": "/etc/ssl/private/key.pem",
}


@pytest.mark.parametrize("content", NOT_A_KEY.values(), ids=NOT_A_KEY)
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_content_that_is_no_key(refused, tmp_path, content, check):
    result = refused(tmp_path, {"path": str(tmp_path / "k"), "content": content}, check=check)
    assert result["error_kind"] == ("too_large" if len(content) > 64 << 10 else
                                    "empty" if content == " \n\t" else "garbage")
    assert "planted" not in json.dumps(result)


@pytest.mark.parametrize("broken", ["folded", "escaped", "indented", "without its end", "without a line"])
def test_a_pem_that_came_to_harm(refused, tmp_path, key, broken):
    pem = key.decode()
    lines = pem.splitlines()
    content = {"folded": pem.replace("\n", " "), "escaped": pem.replace("\n", "\\n"),
               "indented": textwrap.indent(pem, "  "), "without its end": "\n".join(lines[:-1]),
               "without a line": "\n".join(lines[:3] + lines[4:])}[broken]
    assert refused(tmp_path, {"path": str(tmp_path / "k"), "content": content}, pem)["error_kind"] == "broken_pem"


def test_halves_that_do_not_belong_together(refused, tmp_path, key):
    der = bytearray(openssl("rsa", "-traditional", "-outform", "DER", data=key))
    der[100] ^= 0x10  # inside the modulus (RFC 8017 A.1.2)
    content = base64.b64encode(bytes(der)).decode()
    path = tmp_path / "k"
    assert refused(tmp_path, {"path": str(path), "content": content}, content)["error_kind"] == "inconsistent"


def is_probable_prime(number):
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7))


def small_prime(bits, salt):
    number = int.from_bytes(hashlib.shake_256(salt).digest(bits // 8)) | (3 << (bits - 2)) | 1
    while not is_probable_prime(number) or number % 65537 == 1:
        number += 2
    return number


def der_of(number):
    body = number.to_bytes(number.bit_length() // 8 + 1)
    return b"\x02" + der_length(len(body)) + body


def der_length(size):
    if size < 128:
        return bytes([size])
    raw = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([0x80 | len(raw)]) + raw


def test_factors_that_are_no_primes(refused, tmp_path):
    """A key of two primes and a product of two: it signs and verifies, but is weaker than its size says."""
    p = small_prime(1024, b"p")
    r, s = small_prime(512, b"r"), small_prime(512, b"s")
    q, e = r * s, 65537
    d = pow(e, -1, (p - 1) * (r - 1) * (s - 1))
    d_q = pow(e, -1, (r - 1) * (s - 1))
    body = b"".join(map(der_of, (0, p * q, e, d, p, q, d % (p - 1), d_q, pow(q, -1, p))))
    content = base64.b64encode(b"\x30" + der_length(len(body)) + body).decode()
    for check in (True, False):
        result = refused(tmp_path, {"path": str(tmp_path / "k"), "content": content}, content, check=check)
        assert result["error_kind"] in {"inconsistent", "too_short"}, result


@pytest.mark.parametrize("what", ["empty", "garbage", "large", "public", "fifo", "folder", "link", "dangling link"])
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_what_stands_there_stays(refused, tmp_path, key, what, check):
    path = tmp_path / "k"
    if what == "fifo":
        os.mkfifo(path)
    elif what == "folder":
        path.mkdir()
    elif what.endswith("link"):
        (tmp_path / "real").write_bytes(key)
        path.symlink_to(tmp_path / ("real" if what == "link" else "missing"))
    else:
        path.write_bytes({"empty": b"", "garbage": b"\0\xff" * 99, "large": b"A" * (2 << 20),
                          "public": openssl("pkey", "-pubout", data=key)}[what])
    result = refused(tmp_path, {"path": str(path)}, check=check)
    assert str(path) in result["msg"]
    assert result["error_kind"] == {"large": "too_large", "public": "public_key"}.get(what, what if what in ("empty", "garbage")
                                                                                      else "wrong_kind")


def test_an_unreadable_key_goes_only_when_asked_and_is_kept_as_a_copy(run_module, tmp_path):
    path = tmp_path / "k"
    path.write_bytes(b"precious")
    result = run_module("lago_rsa_key", {"path": str(path), "regenerate": "full_idempotence", "backup": True}).json
    assert result["changed"] and pathlib.Path(result["backup_file"]).read_bytes() == b"precious"
    assert len(result["warnings"]) == 1 and str(path) in json.dumps(result["warnings"])
    openssl("rsa", "-check", "-noout", "-in", str(path))


def test_only_the_mode_is_mended(run_module, tmp_path, key):
    path = tmp_path / "k"
    path.write_bytes(key)
    path.chmod(0o644)
    inode = path.stat().st_ino
    checked = run_module("lago_rsa_key", {"path": str(path)}, check=True, diff=True).json
    assert checked["changed"] and path.stat().st_mode & 0o7777 == 0o644
    result = run_module("lago_rsa_key", {"path": str(path)}, diff=True).json
    assert result["changed"] and result["diff"] == checked["diff"]
    assert path.stat().st_mode & 0o7777 == 0o600 and path.stat().st_ino == inode and path.read_bytes() == key
    assert not run_module("lago_rsa_key", {"path": str(path)}).json["changed"]


@ROOT_ONLY
def test_no_space(refused, key):
    with tmpfs("size=8k,mode=0700") as folder:
        path = folder / "k"
        path.write_bytes(key)
        (folder / "filler").write_bytes(b"x" * 4096)
        params = {"path": str(path), "regenerate": "always", "backup": True}
        result = refused(folder, params, key.decode())
        assert result["error_kind"] == "no_space" and result["errno"] == 28


@ROOT_ONLY
def test_no_space_for_the_copy(refused, key):
    with tmpfs("size=12k,mode=0700") as folder:
        path = folder / "k"
        path.write_bytes(key)
        (folder / "filler").write_bytes(b"x" * 4096)
        result = refused(folder, {"path": str(path), "regenerate": "always", "backup": True}, key.decode())
        assert result["error_kind"] == "no_space"


@ROOT_ONLY
def test_a_read_only_file_system(refused, run_module, key):
    with tmpfs("size=64k,mode=0700") as folder:
        path = folder / "k"
        path.write_bytes(key)
        path.chmod(0o600)
        subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
        assert not run_module("lago_rsa_key", {"path": str(path)}).json["changed"]
        for params in ({"path": f"{folder}/new"}, {"path": str(path), "mode": "0640"},
                       {"path": str(path), "regenerate": "always"}):
            assert refused(folder, params, key.decode())["error_kind"] == "read_only"


@ROOT_ONLY
def test_a_file_that_others_own_and_may_not_be_read(lago, tmp_path, key):
    os.chmod(tmp_path, 0o755)
    path = tmp_path / "k"
    path.write_bytes(key)
    path.chmod(0o600)
    copy = shutil.copy(lago, tempfile.mkdtemp())
    folder = pathlib.Path(copy).parent
    folder.chmod(0o755)
    for parent in tmp_path.parents:
        if parent != pathlib.Path("/tmp") and str(parent).startswith("/tmp"):
            parent.chmod(0o755)
    try:
        done = subprocess.run([copy, "lago_rsa_key"], input=json.dumps({"path": str(path)}), capture_output=True,
                              text=True, check=False, user=65534, group=65534, extra_groups=[], cwd="/")
    finally:
        shutil.rmtree(folder)
    result = json.loads(done.stdout)
    assert result["failed"] and result["error_kind"] == "permission_denied" and str(path) in result["msg"]


def test_runs_at_once_agree_on_one_key(lago, tmp_path):
    path = tmp_path / "k"
    runs = [subprocess.Popen([lago, "lago_rsa_key"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(6)]
    for process in runs:  # all of them wait for their input
        process.stdin.write(json.dumps({"path": str(path)}))
    for process in runs:
        process.stdin.close()
    results = [json.loads(process.stdout.read()) for process in runs]
    assert [process.wait(60) for process in runs] == [0] * 6
    assert sorted(result["changed"] for result in results) == [False] * 5 + [True]
    assert {result["public_key"] for result in results} == {openssl("pkey", "-pubout", "-in", str(path)).decode()}
    assert os.listdir(tmp_path) == ["k"]


def test_leftovers_of_a_killed_run_go_with_the_next(lago, run_module, tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("there is no strace command")
    path = tmp_path / "k"
    subprocess.run(["strace", "-f", "-qq", "-e", "trace=rename,renameat,renameat2",
                    "-e", "inject=rename,renameat,renameat2:signal=KILL", lago, "lago_rsa_key"],
                   input=json.dumps({"path": str(path)}), capture_output=True, text=True, check=False)
    for left in tmp_path.iterdir():
        assert left.stat().st_mode & 0o077 == 0
    assert run_module("lago_rsa_key", {"path": str(path)}).json["size"] == 2048
    assert os.listdir(tmp_path) == ["k"]


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1"])
def test_what_lago_does_with_it(run_module, tmp_path, form):
    """Lago: base64 of the file on one line, decoded and read as RSA; then RS256 signatures."""
    path = tmp_path / "k"
    run_module("lago_rsa_key", {"path": str(path), "format": form})
    line = base64.b64encode(path.read_bytes())
    assert b"\n" not in line
    decoded = base64.b64decode(line)
    assert subprocess.run(["openssl", "rsa", "-check", "-noout"], input=decoded, capture_output=True,
                          check=False).returncode == 0
    (tmp_path / "public").write_text(run_module("lago_rsa_key", {"path": str(path), "format": form}).json["public_key"])
    (tmp_path / "signature").write_bytes(openssl("dgst", "-sha256", "-sign", str(path), data=b"header.payload"))
    assert b"Verified OK" in openssl("dgst", "-sha256", "-verify", str(tmp_path / "public"), "-signature",
                                     str(tmp_path / "signature"), data=b"header.payload")
