# SPDX-License-Identifier: GPL-3.0-or-later
"""What every process of Lago does before its work: configuration that it refuses, and where it writes."""
import base64
import os
import pathlib
import subprocess
import tempfile

from standin.release import since

APP = pathlib.Path("/app")
KEY_FILE = APP / "config/keys/private.pem"
# Written by each process; a read-only root needs mounts there.
WRITTEN = (APP / "tmp/pids", APP / "tmp/cache", APP / "tmp/sockets", APP / "log")


class BootError(Exception):
    """Why the process ends at its start."""


def check_writing():
    if since(1, 34):
        os.makedirs("/tmp/prometheus", exist_ok=True)
    for folder in WRITTEN:
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
    # Lago before 1.34 comes up without a /tmp and fails at its first export; better here than there.
    with tempfile.TemporaryFile() as file:
        file.write(b"x")


def check_secrets():
    if not os.environ.get("SECRET_KEY_BASE"):
        raise BootError("ArgumentError: `secret_key_base` for production environment must be a type of String")
    for name in ("ENCRYPTION_PRIMARY_KEY", "ENCRYPTION_DETERMINISTIC_KEY", "ENCRYPTION_KEY_DERIVATION_SALT"):
        # An empty value without the prefix hides the one with it, as `||` in Ruby has it. Lago itself comes up and
        # fails at the first secret that it stores.
        value = os.environ.get(name)
        if value is None and since(1, 12, 1):
            value = os.environ.get(f"LAGO_{name}")
        if not value:
            raise BootError(f"ActiveRecord::Encryption::Errors::Configuration: {name} is not configured")


def rsa_key_text():
    if since(1, 23) and KEY_FILE.exists():
        return KEY_FILE.read_bytes()
    value = os.environ.get("LAGO_RSA_PRIVATE_KEY")
    if value is None:
        raise BootError("NoMethodError: undefined method 'unpack1' for nil (LAGO_RSA_PRIVATE_KEY)")
    if not value.strip():
        raise BootError("LAGO_RSA_PRIVATE_KEY is blank")
    # Ruby's decode64 passes over what is not of the alphabet.
    digits = "".join(c for c in value if c.isalnum() or c in "+/")
    return base64.b64decode(digits[:len(digits) - (len(digits) % 4 == 1)] + "=" * (-len(digits) % 4))


def check_rsa_key():
    text = rsa_key_text()
    for kind in ([], ["-pubin"]):  # a public key is found out only when something is signed
        if subprocess.run(["openssl", "rsa", "-noout", "-passin", "pass:", *kind], input=text, capture_output=True,
                          check=False).returncode == 0:
            return
    raise BootError("OpenSSL::PKey::RSAError: Neither PUB key nor PRIV key")


def boot():
    if os.environ.get("RAILS_ENV") != "production":
        raise BootError("LoadError: cannot load such file -- rspec (the image has the gems of production only)")
    check_writing()
    check_secrets()
    check_rsa_key()


def log(*words):
    if os.environ.get("RAILS_LOG_TO_STDOUT") == "true":
        print(*words, flush=True)
