# SPDX-License-Identifier: GPL-3.0-or-later
"""What the program's TLS can do although its library is made small: each cipher, group and kind of certificate that real
servers choose, one at a time."""
import contextlib
import shutil
import socket
import subprocess
import time

import pytest

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl command")

KEYS = {"rsa": ["-newkey", "rsa:2048"], "p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
        "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ed25519": ["-newkey", "ed25519"],
        "pss": ["-newkey", "rsa-pss"]}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """certificate(kind): the path of a certificate and its key, made once."""
    folder = tmp_path_factory.mktemp("kinds")

    def make(kind):
        path = folder / f"{kind}.pem"
        if not path.exists():
            key, public = folder / f"{kind}.key", folder / f"{kind}.crt"
            subprocess.run(["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext",
                            "subjectAltName=IP:127.0.0.1", *KEYS[kind], "-keyout", key, "-out", public], check=True, capture_output=True)
            path.write_bytes(public.read_bytes() + key.read_bytes())
        return path
    return make


@contextlib.contextmanager
def serving(pem, *choice):
    """A server that speaks TLS in this one way only, and then nothing that Redis would say."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pem, "-quiet", "-www", *choice],
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port
    finally:
        server.kill()
        server.wait()


def handshake(redis, certificate, kind, *choice):
    """How it ended: what comes after a good handshake is a time-out, or an answer that is none of Redis's."""
    pem = certificate(kind)
    with serving(pem, *choice) as port:
        return redis(login_host="127.0.0.1", login_port=port, tls=True, ca_certs=str(pem), timeout=1, retries=0)["error_kind"]


@pytest.mark.parametrize("kind", ["rsa", "p256", "p384", "ed25519", "pss"])
def test_certificates(redis, certificate, kind):
    assert handshake(redis, certificate, kind) in ("timed_out", "garbage", "connection_closed")


@pytest.mark.parametrize("suite", ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"])
@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384"])
def test_tls_1_3(redis, certificate, suite, group):
    choice = ["-tls1_3", "-ciphersuites", suite, "-groups", group]
    assert handshake(redis, certificate, "rsa", *choice) in ("timed_out", "garbage", "connection_closed")


@pytest.mark.parametrize("cipher", [
    "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-RSA-AES128-SHA256",
    "ECDHE-RSA-AES256-SHA384", "ECDHE-RSA-AES128-SHA", "ECDHE-RSA-AES256-SHA", "AES128-GCM-SHA256", "AES256-SHA"])
def test_tls_1_2(redis, certificate, cipher):
    choice = ["-tls1_2", "-cipher", cipher]
    assert handshake(redis, certificate, "rsa", *choice) in ("timed_out", "garbage", "connection_closed")


def test_what_is_not_offered_is_told_apart(redis, certificate):
    """Without this, the tests above could not fail."""
    assert handshake(redis, certificate, "rsa", "-tls1_2", "-cipher", "ECDHE-RSA-CAMELLIA128-SHA256") == "tls_handshake"
