# SPDX-License-Identifier: GPL-3.0-or-later
"""The role as a git repository: what is in it, and that it runs where an installer of roles has put it, without the
collection."""
import json
import os
import re
import subprocess
import sys

import collection
import pytest
import yaml
from conftest import core_or_skip

TAG = "v1.31.0-0"
WAYS = {"roles": {"roles": ["lago"]}, "import_role": {"tasks": [{"import_role": {"name": "lago"}}]}}


@pytest.fixture(scope="module")
def tree(staged, tmp_path_factory):
    """Staged as the CMake target `role` does it."""
    output = tmp_path_factory.mktemp("staged") / "role"
    subprocess.run([sys.executable, "-B", collection.ROOT / "cmake/stage_role.py", output, staged], check=True)
    return output


@pytest.fixture(scope="module")
def requirements(tree, tmp_path_factory):
    """A list of requirements as the MASH playbook's, whose only entry is a tag of a repository with the role."""
    folder = tmp_path_factory.mktemp("git")
    repository = folder / "ansible-role"
    subprocess.run(["cp", "-r", tree, repository], check=True)
    for command in (["init", "-q"], ["add", "--all"],
                    ["-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "release"], ["tag", TAG]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    path = folder / "requirements.yml"
    path.write_text(yaml.dump([{"src": f"git+file://{repository}", "version": TAG, "name": "lago"}]), encoding="utf-8")
    return path


@pytest.fixture(scope="module", params=["core-2.15", "newest"])
def core(request):
    """The floor of the matrix, and its end."""
    return core_or_skip(request.param)


@pytest.fixture(scope="module")
def installed_role(core, requirements, tmp_path_factory):
    """The folder of roles into which this core has installed the requirements."""
    folder = tmp_path_factory.mktemp("galaxy") / "roles"
    core.run("ansible-galaxy", "role", "install", "-r", requirements, "-p", folder, home=folder.parent)
    return folder


def files_below(folder):
    return [path for path in folder.rglob("*") if not path.is_dir() and ".git" not in path.relative_to(folder).parts]


def test_what_is_in_it(tree, staged, module_names):
    paths = files_below(tree)
    assert not [path for path in paths if path.is_symlink()]
    for folder in ("library", "action_plugins"):
        assert sorted(path.name for path in (tree / folder).iterdir()) == [f"{name}.py" for name in module_names]
    programs = staged / "plugins/plugin_utils/bin"
    assert {path.name: path.read_bytes() for path in (tree / "files/lago/bin").iterdir()} == {
        path.name: path.read_bytes() for path in programs.iterdir()}
    for name in ("defaults/main.yml", "meta/argument_specs.yml", "meta/main.yml"):
        assert (tree / name).read_bytes() == (staged / "roles/lago" / name).read_bytes()


def test_nothing_needs_the_collection(tree):
    for path in files_below(tree):
        if path.suffix in (".py", ".yml", ".j2"):
            text = path.read_text(encoding="utf-8")
            assert "ansible_collections" not in text, path
        if path.relative_to(tree).parts[0] in ("tasks", "handlers"):
            assert not re.search(r"mash\.lago\.lago_\w+:", text), path


def test_tasks_are_those_of_the_collection(tree, staged):
    def calls(folder):
        return sorted(re.sub(r"mash\.lago\.(?=lago_)", "", path.read_text(encoding="utf-8"))
                      for part in ("tasks", "handlers") for path in (folder / part).rglob("*.yml"))
    assert calls(tree) == calls(staged / "roles/lago")
    assert any("\n  lago_files:\n" in text for text in calls(tree))


def test_the_same_twice(tree, staged, tmp_path):
    again = tmp_path / "again"
    subprocess.run([sys.executable, "-B", collection.ROOT / "cmake/stage_role.py", again, staged], check=True)
    assert {path.relative_to(tree): path.read_bytes() for path in files_below(tree)} == {
        path.relative_to(again): path.read_bytes() for path in files_below(again)}


def test_documentation_stands_alone(newest, tree, staged, module_names, tmp_path):
    """ansible-doc finds in library/ what it finds in the collection, without fragments to look up."""
    def documented(names, *arguments, **environment):
        ran = newest.run("ansible-doc", "-j", *arguments, *names, home=tmp_path, environment=environment)
        return {name.rsplit(".", 1)[-1]: one["doc"] for name, one in json.loads(ran.stdout).items()}
    alone = documented(module_names, "-M", tree / "library", ANSIBLE_COLLECTIONS_PATH=str(tmp_path))
    whole = documented([f"mash.lago.{name}" for name in module_names], ANSIBLE_COLLECTIONS_PATH=str(staged.parents[2]))
    assert alone.keys() == whole.keys() == set(module_names)
    for name in module_names:
        assert alone[name]["options"].keys() == whole[name]["options"].keys()
        for option, described in whole[name]["options"].items():
            assert alone[name]["options"][option]["description"] == described["description"], (name, option)


def variables(base):
    """A host of whose Lago only the files are laid down."""
    secrets = {f"lago_api_environment_variable_{name}": f"s3cret-of-{name}" for name in (
        "secret_key_base", "encryption_primary_key", "encryption_deterministic_key", "encryption_key_derivation_salt")}
    return {"lago_enabled": True, "lago_hostname": "lago.example.com", "lago_base_path": str(base), "lago_uid": os.geteuid(),
            "lago_gid": os.getegid(), "lago_identifier": "lago-packaging-test", "lago_containers_managed": False,
            "lago_redis_check": "never", "lago_redis_hostname": "127.0.0.1", "lago_database_managed": False,
            "lago_database_hostname": "127.0.0.1", "lago_database_password": "a-plain-password", **secrets}


def play(core, roles, folder, way, *arguments):
    book = folder / "play.yml"
    book.write_text(yaml.dump([{"hosts": "all", "gather_facts": False, "vars": variables(folder / "lago"), **WAYS[way]}]),
                    encoding="utf-8")
    return core.run("ansible-playbook", "-i", "one,other,", "-c", "local", book, "--tags", "install-lago", *arguments,
                    home=folder, cwd=folder, environment={
                        "ANSIBLE_ROLES_PATH": str(roles), "ANSIBLE_COLLECTIONS_PATH": str(folder / "none"),
                        "ANSIBLE_DEPRECATION_WARNINGS": "false", "ANSIBLE_LOCALHOST_WARNING": "false"})


def recap(ran):
    return {name: {key: int(number) for key, number in re.findall(r"(\w+)=(\d+)", rest)}
            for name, rest in re.findall(r"^(\w+) +: (ok=.*)$", ran.stdout, re.M)}


@pytest.mark.parametrize("way", WAYS)
def test_runs_without_the_collection(core, installed_role, tmp_path, way):
    """Two names of one machine in one play: the files are laid down once, and a second run changes nothing."""
    first = recap(play(core, installed_role, tmp_path, way))
    assert first.keys() == {"one", "other"} and not any(host["failed"] for host in first.values()), first
    assert (tmp_path / "lago/api/env").is_file() and (tmp_path / "lago/api/rsa_private.pem").is_file()
    kept = list((tmp_path / ".ansible/lago").iterdir())
    assert len(kept) == 1, kept
    second = play(core, installed_role, tmp_path, way, "-vvv")
    assert all(host["changed"] == host["failed"] == 0 for host in recap(second).values()), second.stdout[-3000:]
    # Not one module was copied to the host: each call streamed to the program that is kept there.
    assert "AnsiballZ" not in second.stdout and "PUT " not in second.stdout
