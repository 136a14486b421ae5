# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks that a collection has to pass elsewhere: ansible-test sanity and what Galaxy runs on an upload."""
import os
import pathlib
import re
import shutil
import subprocess

import collection
import pytest

CACHE = pathlib.Path(os.environ.get("LAGO_CACHE") or pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache", "mash-lago"))
# ansible-test makes an environment for each of its tools and wants a script that brings pip into it. That script is
# fetched from a server of its own; a pip from the usual package registry does the same.
GET_PIP = """\
import runpy
import sys

sys.path.insert(0, {wheel!r})
sys.argv[1:] = ["install"] + [one for one in sys.argv[1:] if one not in ("--no-setuptools", "--no-wheel")]
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def package_clients_configuration(home):
    """ansible-test passes nothing but HOME on; the user's own configuration of pip is still to be found there."""
    for name in (".config/pip", ".pip"):
        own = pathlib.Path.home() / name
        link = home / name
        link.parent.mkdir(parents=True, exist_ok=True)
        if own.is_dir() and not link.is_symlink():
            link.symlink_to(own)


@pytest.fixture(scope="session")
def sanity_home(newest):
    """A home for ansible-test in the cache, in which its environments are kept from run to run."""
    home = CACHE / "ansible-test"
    scripts = home / ".ansible/test/cache"
    scripts.mkdir(parents=True, exist_ok=True)
    package_clients_configuration(home)
    internal = next(newest.path.glob("lib/python3*/site-packages/ansible_test/_internal"))
    pinned = re.search(r"\bpip=['\"]([\d.]+)", (internal / "python_requirements.py").read_text(encoding="utf-8"))
    assert pinned, "ansible-test no longer says which pip it wants"
    version = pinned[1]
    script = scripts / f"get_pip_{version.replace('.', '_')}.py"
    if not list(home.glob(f"pip-{version}-*.whl")):
        fetched = subprocess.run([newest.python, "-m", "pip", "download", "--quiet", "--no-deps", f"pip=={version}", "-d", home],
                                 check=False, capture_output=True, text=True)
        if fetched.returncode != 0:
            pytest.skip(f"pip {version}, which ansible-test wants, cannot be had: {fetched.stderr.strip().splitlines()[-1]}")
    script.write_text(GET_PIP.format(wheel=str(next(home.glob(f"pip-{version}-*.whl")))), encoding="utf-8")
    return home


@pytest.fixture(scope="session")
def sanity(newest, sanity_home):
    """sanity(tree, arguments): ansible-test's answer. Only the core's own Python: others may be pyenv's shims."""
    version = subprocess.run([newest.python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], check=True,
                             capture_output=True, text=True).stdout.strip()

    def ask(tree, *arguments):
        ran = newest.run("ansible-test", "sanity", "--local", "--requirements", "--python", version, "--color", "no", *arguments,
                         home=sanity_home, check=False, cwd=tree)
        return ran.returncode, ran.stdout + ran.stderr
    return ask


def test_ansible_test_sanity(sanity, scratch):
    """Without an ignore line."""
    assert not list(scratch.glob("tests/sanity/ignore-*.txt"))
    code, said = sanity(scratch)
    assert code == 0, said
    assert len(re.findall(r'^Running sanity test "', said, re.M)) >= 20, said


def test_ansible_test_sanity_sees_what_is_wrong(sanity, scratch):
    """Documentation that is not the specification of the stub."""
    stub = scratch / "plugins/modules/lago_redis.py"
    text = stub.read_text(encoding="utf-8")
    documentation, found, specification = text.rpartition("argument_spec={")
    assert found
    stub.write_text(documentation + found + specification.replace("'type': 'path'", "'type': 'int'"), encoding="utf-8")
    code, said = sanity(scratch, "--test", "validate-modules")
    assert code != 0 and "doc-type-does-not-match-spec" in said, said


def test_galaxy_importer(packaging_tools, tarball, tmp_path):
    ran = packaging_tools.run("python", "-m", "galaxy_importer.main", tarball, home=tmp_path, cwd=tmp_path, check=False,
                              environment={"GALAXY_IMPORTER_RUN_FLAKE8": "true"})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Importer processing completed successfully" in ran.stdout
    assert not [line for line in ran.stdout.splitlines() if line.startswith(("WARNING", "ERROR"))], ran.stdout


def test_galaxy_importer_sees_what_is_wrong(packaging_tools, tarball, tmp_path):
    damaged = tmp_path / tarball.name
    shutil.copyfile(tarball, damaged)
    with open(damaged, "r+b") as archive:
        archive.seek(1000)
        archive.write(b"\0" * 64)
    ran = packaging_tools.run("python", "-m", "galaxy_importer.main", damaged, home=tmp_path, cwd=tmp_path, check=False)
    assert "completed successfully" not in ran.stdout


def test_changelog(packaging_tools, tmp_path):
    """The set-up and each fragment; and a fragment of an unknown section is seen."""
    shutil.copytree(collection.ROOT / "changelogs", tmp_path / "changelogs")
    shutil.copyfile(collection.ROOT / "galaxy.yml", tmp_path / "galaxy.yml")
    ran = packaging_tools.run("antsibull-changelog", "lint", home=tmp_path, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (tmp_path / "changelogs/fragments/wrong.yml").write_text("no_such_section:\n  - Something.\n", encoding="utf-8")
    ran = packaging_tools.run("antsibull-changelog", "lint", home=tmp_path, cwd=tmp_path, check=False)
    assert ran.returncode != 0 and "no_such_section" in ran.stdout + ran.stderr
