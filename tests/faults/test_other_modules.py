# SPDX-License-Identifier: GPL-3.0-or-later
"""The other modules that write files, with a fault at each step."""
import re
import shutil
import subprocess

import pytest
from injection import Trial


@pytest.fixture(scope="module")
def keys():
    if shutil.which("openssl") is None:
        pytest.skip("no openssl command")
    return [subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True,
                           capture_output=True, text=True).stdout for _ in range(2)]


@pytest.fixture
def key_trial(run_module, lago, tmp_path, keys):
    folder = tmp_path / "world"

    def make():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "key.pem").write_text(keys[0])
        (folder / "key.pem").chmod(0o600)
        return folder

    def params(at):
        return {"path": f"{at}/key.pem", "content": keys[1], "regenerate": "full_idempotence", "backup": True}

    def picture(at):
        return {"key.pem": ((at / "key.pem").read_text(), (at / "key.pem").stat().st_mode)}
    return Trial(run_module, lago, tmp_path / "trace", "lago_rsa_key", make, params, picture)


ENV = "A=1\nLAGO_DISABLE_SIGNUP=false\nSECRET=x\n"


@pytest.fixture
def switch_trial(run_module, lago, tmp_path):
    folder = tmp_path / "world"

    def make():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for side in ("api", "front"):
            (folder / side).write_text(ENV)
            (folder / side).chmod(0o600)
        return folder

    def params(at):
        return {"state": "disabled", "backup": True,
                "env_files": [{"path": f"{at}/{side}", "side": side} for side in ("api", "front")]}

    def picture(at):
        return {side: ((at / side).read_text(), (at / side).stat().st_mode) for side in ("api", "front")}
    return Trial(run_module, lago, tmp_path / "trace", "lago_signup", make, params, picture)


KEPT = "OLD=0ld-secret-of-lago\n"


@pytest.fixture
def secrets_trial(run_module, lago, tmp_path):
    folder = tmp_path / "world"

    def make():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / "secrets").write_text(KEPT)
        (folder / "secrets").chmod(0o600)
        return folder

    def params(at):
        return {"path": f"{at}/secrets", "secrets": [{"name": "OLD"}, {"name": "NEW"}, {"name": "NEWER"}]}

    def picture(at):
        """A generated value is another one each time: its form stands for it."""
        text = re.sub(r"(?m)^(NEW|NEWER)=[0-9a-f]{64}$", r"\1=generated", (at / "secrets").read_text())
        return {"secrets": (text, (at / "secrets").stat().st_mode)}
    return Trial(run_module, lago, tmp_path / "trace", "lago_secrets", make, params, picture)


def test_an_error_at_each_step_of_secrets(secrets_trial):
    failed = 0
    for where, folder, outcome in secrets_trial.errors():
        failed += bool(outcome.json.get("failed"))
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0, where
            for line in path.read_text().splitlines():
                assert line.partition("=")[2] not in outcome.everything, where
    assert failed > 5


def test_a_kill_at_each_step_of_secrets(secrets_trial):
    secrets_trial.kills()


def test_an_error_at_each_step_of_a_key(key_trial, keys):
    body = keys[1].splitlines()[1]
    for where, folder, outcome in key_trial.errors():
        assert body not in outcome.everything, where
        for path in folder.iterdir():
            assert path.stat().st_mode & 0o077 == 0, where


def test_a_kill_at_each_step_of_a_key(key_trial):
    key_trial.kills()


def test_an_error_at_each_step_of_the_switch(switch_trial):
    for _where, _folder, _outcome in switch_trial.errors():
        pass


def test_a_kill_at_each_step_of_the_switch(switch_trial):
    switch_trial.kills()
