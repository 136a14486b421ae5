# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_rsa_key as a whole; what OpenSSL's own command says of the files is the measure."""
import base64
import hashlib
import os
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command")


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, capture_output=True, check=True).stdout


def new_key(bits=2048):
    return openssl("genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")


def public_pem(private):
    return openssl("pkey", "-pubout", data=private).decode()


@pytest.fixture(scope="module")
def key():
    return new_key()


@pytest.fixture(scope="module")
def other_key():
    return new_key()


@pytest.fixture
def rsa_key(run_module, returned_matches_docs, tmp_path):
    """Runs the module on one file; the result is as documented and holds no line of a private key."""
    def run(check=False, diff=True, secret=b"", **options):
        path = tmp_path / "key.pem"
        before = path.read_bytes() if path.exists() else None
        outcome = run_module("lago_rsa_key", {"path": str(path), **options}, check=check, diff=diff)
        returned_matches_docs("lago_rsa_key", outcome.json)
        after = path.read_bytes() if path.exists() else None
        if check or outcome.json.get("failed"):
            assert after == before
        if not options.get("return_content"):
            for text in (before or b"", after or b"", secret):
                for line in text.decode(errors="replace").splitlines():
                    assert len(line) < 40 or line not in outcome.everything
        return outcome.json
    return run


def test_a_generated_key_is_one_to_openssl(rsa_key, tmp_path):
    result = rsa_key()
    path = tmp_path / "key.pem"
    assert result["changed"] and result["source"] == "generated" and result["size"] == 2048
    assert path.stat().st_mode & 0o7777 == 0o600
    private = path.read_bytes()
    assert private.startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert b"RSA key ok" in openssl("rsa", "-check", "-noout", "-in", str(path))
    assert result["public_key"] == public_pem(private)
    der = openssl("pkey", "-pubout", "-outform", "DER", data=private)
    for name in ("md5", "sha1", "sha256", "sha3_512"):
        assert result["fingerprint"][name].replace(":", "") == hashlib.new(name, der).hexdigest()
    again = rsa_key()
    assert not again["changed"] and again["source"] == "file" and path.read_bytes() == private


def test_check_mode_makes_nothing(rsa_key, tmp_path):
    result = rsa_key(check=True)
    assert result["changed"] and "public_key" not in result
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("form", ["pkcs8", "pkcs1", "der", "base64 of pem", "base64 of der"])
def test_content_in_each_form(rsa_key, tmp_path, key, form):
    der = openssl("pkey", "-outform", "DER", data=key)
    content = {"pkcs8": key, "pkcs1": openssl("rsa", "-traditional", data=key), "der": der,
               "base64 of pem": base64.b64encode(key), "base64 of der": base64.b64encode(der)}[form]
    result = rsa_key(content=content.decode(errors="surrogateescape"), secret=content)
    assert result["source"] == "content" and result["public_key"] == public_pem(key)
    assert (tmp_path / "key.pem").read_bytes() == key
    assert not rsa_key(content=content.decode(errors="surrogateescape"))["changed"]


def refused_contents(key):
    ec = openssl("genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
    return {
        "not_rsa": ec,
        "public_key": public_pem(key).encode(),
        "encrypted": openssl("pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", "pass:x", data=key),
        "too_short": new_key(1024),
        "double_base64": base64.b64encode(base64.b64encode(key)),
        "garbage": b"this is not a key, whatever it looks like",
        "empty": b"",
        "broken_pem": key[:len(key) // 2],
    }


@pytest.mark.parametrize("kind", ["not_rsa", "public_key", "encrypted", "too_short", "double_base64", "garbage", "empty",
                                  "broken_pem"])
def test_what_lago_would_refuse(rsa_key, tmp_path, key, kind):
    content = refused_contents(key)[kind]
    result = rsa_key(content=content.decode(), secret=b"" if kind == "public_key" else content)
    assert result["failed"] and result["error_kind"] == kind
    assert os.listdir(tmp_path) == []


def test_a_certificate_is_refused(rsa_key, tmp_path, key):
    source = tmp_path / "source"
    source.write_bytes(key)
    certificate = openssl("req", "-x509", "-key", str(source), "-subj", "/CN=lago", "-days", "1")
    assert rsa_key(content=certificate.decode())["error_kind"] == "certificate"


def test_the_deployed_key_is_taken_over(rsa_key, tmp_path, key):
    env = tmp_path / "env"
    line = base64.b64encode(key)
    env.write_bytes(b"A=b\nLAGO_RSA_PRIVATE_KEY=" + line + b"\n")
    assert rsa_key(check=True, adopt_env_file=str(env), secret=line)["source"] == "adopted"
    result = rsa_key(adopt_env_file=str(env), secret=line)
    assert result["changed"] and result["source"] == "adopted"
    assert (tmp_path / "key.pem").read_bytes() == key
    again = rsa_key(adopt_env_file=str(env))
    assert not again["changed"] and again["source"] == "file"


@pytest.mark.parametrize("text", [None, "A=b\n", "LAGO_RSA_PRIVATE_KEY=\n"])
def test_no_deployed_key(rsa_key, tmp_path, text):
    env = tmp_path / "env"
    if text is not None:
        env.write_text(text)
    assert rsa_key(adopt_env_file=str(env))["source"] == "generated"


def test_an_unusable_deployed_key_is_an_error(rsa_key, tmp_path, key):
    env = tmp_path / "env"
    env.write_bytes(b"LAGO_RSA_PRIVATE_KEY=" + base64.b64encode(base64.b64encode(key)) + b"\n")
    assert rsa_key(adopt_env_file=str(env))["error_kind"] == "double_base64"
    assert rsa_key(adopt_env_file=str(env), regenerate="full_idempotence")["source"] == "generated"


def test_another_key_stays_unless_asked_for(rsa_key, tmp_path, key, other_key):
    path = tmp_path / "key.pem"
    path.write_bytes(key)
    path.chmod(0o600)
    assert rsa_key(content=other_key.decode(), secret=other_key)["error_kind"] == "other_key"
    assert not rsa_key(content=other_key.decode(), regenerate="never")["changed"]
    result = rsa_key(content=other_key.decode(), regenerate="partial_idempotence", backup=True)
    assert result["changed"] and path.read_bytes() == other_key
    with open(result["backup_file"], "rb") as backup:
        assert backup.read() == key
    assert os.stat(result["backup_file"]).st_mode & 0o7777 == 0o600


def test_the_format_is_converted(rsa_key, tmp_path, key):
    path = tmp_path / "key.pem"
    path.write_bytes(key)
    result = rsa_key(format="pkcs1")
    assert result["changed"] and result["source"] == "file" and result["format"] == "pkcs1"
    assert path.read_bytes() == openssl("rsa", "-traditional", data=key)
    assert result["public_key"] == public_pem(key)
    assert path.stat().st_mode & 0o7777 == 0o600


def test_the_private_key_only_on_request(rsa_key, key):
    assert "privatekey" not in rsa_key(content=key.decode())
    assert rsa_key(return_content=True)["privatekey"].encode() == key


def test_a_missing_folder(run_module, tmp_path):
    path = tmp_path / "missing" / "key.pem"
    assert run_module("lago_rsa_key", {"path": str(path)}, check=True).json["changed"]
    result = run_module("lago_rsa_key", {"path": str(path)}).json
    assert result["error_kind"] == "no_folder" and str(path.parent) in result["msg"]


def test_folders_and_links_are_not_replaced(run_module, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for path in (tmp_path, tmp_path / "link"):
        assert run_module("lago_rsa_key", {"path": str(path)}).json["error_kind"] == "wrong_kind"
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize("size", [0, -1, 2047, 16385, 2**31 - 1])
def test_a_size_that_cannot_be_meant(rsa_key, size):
    assert rsa_key(size=size)["error_kind"] == "bad_size"


@pytest.mark.skipif(shutil.which("lsattr") is None, reason="there is no lsattr command")
def test_inode_flags_as_chattr_sets_them(rsa_key, tmp_path):
    def flags():
        done = subprocess.run(["lsattr", str(tmp_path / "key.pem")], capture_output=True, check=False)
        if done.returncode:
            pytest.skip("this file system has no inode flags")
        return done.stdout.decode().split()[0]

    rsa_key()
    assert "d" not in flags()
    assert rsa_key(check=True, attributes="+d")["changed"] and "d" not in flags()
    assert rsa_key(attributes="+d")["changed"] and "d" in flags()
    assert not rsa_key(check=True, attributes="+d")["changed"]
    assert not rsa_key(attributes="+d")["changed"]
