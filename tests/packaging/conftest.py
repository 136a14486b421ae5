# SPDX-License-Identifier: GPL-3.0-or-later
import shutil

import collection
import pytest


@pytest.fixture(scope="session")
def staged():
    """The installable tree that the CMake target `collection` made."""
    if not (collection.STAGED / "galaxy.yml").is_file():
        pytest.skip("nothing is staged: build the target `collection`")
    return collection.STAGED


@pytest.fixture(scope="session")
def tarball(staged):
    path = collection.tarball_of(staged)
    assert path.is_file(), f"{path} was not packed with the staged tree"
    return path


@pytest.fixture(scope="session")
def binary():
    found = collection.binary()
    if found is None:
        pytest.skip("no binary: build a release preset, or name one in LAGO_BINARY")
    return str(found)


@pytest.fixture(scope="session")
def module_names():
    return sorted(path.parent.name for path in (collection.ROOT / "modules").glob("*/*.yml") if path.stem == path.parent.name)


def core_or_skip(name):
    path, why = collection.venv(name)
    if path is None:
        pytest.skip(f"{name}: {why}")
    return collection.Tools(path)


@pytest.fixture(scope="session", params=collection.CORES)
def core(request):
    """The programs of each ansible-core of the matrix that this machine can run."""
    return core_or_skip(request.param)


@pytest.fixture(scope="session")
def newest():
    return core_or_skip("newest")


@pytest.fixture(scope="session")
def packaging_tools():
    return core_or_skip("packaging")


@pytest.fixture(scope="session")
def installed(core, tarball, tmp_path_factory):
    """A folder into which this core has installed the tarball, and nothing else was there before."""
    folder = tmp_path_factory.mktemp("collections")
    core.run("ansible-galaxy", "collection", "install", "--offline", "-p", folder, tarball, home=folder.parent)
    return folder


@pytest.fixture
def scratch(tmp_path, staged):
    """A copy of the staged tree where tools that write beside the content may work."""
    tree = tmp_path / "ansible_collections/mash/lago"
    shutil.copytree(staged, tree)
    return tree
