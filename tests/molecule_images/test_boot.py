# SPDX-License-Identifier: GPL-3.0-or-later
"""A deployment that leaves something out, or puts it in wrongly, does not get Lago's processes to start."""
import base64
import subprocess

import pytest


def test_a_right_deployment_boots_with_a_read_only_root(lago):
    for version in ("1.20.0", "1.31.0", "1.51.0"):
        done = lago.boot(version)
        assert done.rc == 0, done.output


@pytest.mark.parametrize("name, value, words", [
    ("RAILS_ENV", None, "production only"),
    ("SECRET_KEY_BASE", "", "secret_key_base"),
    ("ENCRYPTION_PRIMARY_KEY", "", "ENCRYPTION_PRIMARY_KEY"),
    ("ENCRYPTION_KEY_DERIVATION_SALT", None, "ENCRYPTION_KEY_DERIVATION_SALT"),
    ("LAGO_RSA_PRIVATE_KEY", "", "blank"),
    ("LAGO_RSA_PRIVATE_KEY", None, "NoMethodError"),
    ("LAGO_RSA_PRIVATE_KEY", "bm8ga2V5IGF0IGFsbA==", "Neither PUB key nor PRIV key"),
])
def test_a_variable_that_is_missing_or_wrong_stops_it(lago, name, value, words):
    del lago.env[name]
    if value is not None:
        lago.env[name] = value
    done = lago.boot()
    assert done.rc != 0
    assert words in done.output


def test_an_empty_variable_hides_the_one_with_the_prefix(lago):
    lago.env["LAGO_ENCRYPTION_PRIMARY_KEY"] = lago.env.pop("ENCRYPTION_PRIMARY_KEY")
    assert lago.boot().rc == 0
    lago.env["ENCRYPTION_PRIMARY_KEY"] = ""
    assert lago.boot().rc != 0


def test_an_elliptic_key_and_an_encoding_too_many_are_no_rsa_key(lago, key):
    elliptic = subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
                              capture_output=True, check=True).stdout
    for wrong in (base64.b64encode(elliptic), base64.b64encode(base64.b64encode(key))):
        lago.env["LAGO_RSA_PRIVATE_KEY"] = wrong.decode()
        assert "Neither PUB key nor PRIV key" in lago.boot().output


def test_a_key_file_counts_from_1_23_on(lago, key):
    file = lago.folder / "private.pem"
    file.write_bytes(key)
    file.chmod(0o644)
    lago.options = ["-v", f"{file}:/app/config/keys/private.pem:ro"]
    lago.env["LAGO_RSA_PRIVATE_KEY"] = ""
    assert lago.boot("1.25.0").rc == 0
    assert lago.boot("1.20.0").rc != 0


@pytest.mark.parametrize("missing", ["/tmp", "/app/tmp", "/app/log"])
@pytest.mark.parametrize("version", ["1.31.0", "1.34.0"])
def test_a_folder_that_cannot_be_written_stops_it(lago, missing, version):
    lago.mounts.remove(missing)
    done = lago.boot(version)
    assert done.rc != 0
    assert "Read-only file system" in done.output or "No usable temporary directory" in done.output


def test_metrics_are_kept_below_tmp_from_1_34_on(lago):
    file = lago.folder / "file"
    file.touch()
    lago.options = ["-v", f"{file}:/tmp/prometheus:ro"]
    assert "/tmp/prometheus" in lago.boot("1.34.0").output
    assert lago.boot("1.31.0").rc == 0
