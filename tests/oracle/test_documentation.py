# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-doc shows is what the binary enforces."""
import json
import os
import pathlib
import subprocess
import sys

import oracle
import pytest

sys.path.insert(0, str(oracle.ROOT / "cmake" / "spec"))
import generate  # noqa: E402

ENFORCED = ("type", "default", "required", "choices", "elements", "aliases")


@pytest.fixture(scope="session")
def names(binary):
    return subprocess.run([binary, "--list"], check=True, capture_output=True, text=True).stdout.split()


@pytest.fixture(scope="session")
def ansible_doc(core, tmp_path_factory):
    """ansible_doc(arguments): the answer of this core's ansible-doc on the staged documentation; no warnings."""
    folder = tmp_path_factory.mktemp("collections")
    generate.write_collection(folder / "ansible_collections/mash/lago")
    command = [str(pathlib.Path(core.python).with_name("ansible-doc"))]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "ANSIBLE_COLLECTIONS_PATH": str(folder)}

    def ask(*arguments):
        ran = subprocess.run([*command, *arguments], check=False, capture_output=True, text=True, env=environment)
        assert ran.returncode == 0, ran.stderr
        assert "WARNING" not in ran.stderr, ran.stderr
        return json.loads(ran.stdout)
    return ask


def enforced(options, below):
    """Options in one shape, whether they come from documentation or from a specification."""
    shape = {}
    for name, option in options.items():
        one = {key: option.get(key) for key in ENFORCED if option.get(key) not in (None, False, [])}
        one.setdefault("type", "str")
        if "choices" in one:
            one["choices"] = list(one["choices"])
        shape[name] = one
        if option.get(below):
            one["below"] = enforced(option[below], below)
    return shape


def test_every_module_is_listed(ansible_doc, names):
    listed = ansible_doc("--list", "-j", "mash.lago")
    assert sorted(listed) == [f"mash.lago.{name}" for name in names]
    assert all(listed.values())


def test_documentation_is_the_specification(ansible_doc, names, binary):
    full = [f"mash.lago.{name}" for name in names]
    documented = ansible_doc("-j", *full)
    for name in names:
        spec = json.loads(subprocess.run([binary, "--dump-spec", name], check=True, capture_output=True, text=True).stdout)
        shown = documented[f"mash.lago.{name}"]["doc"]["options"]
        assert enforced(spec["argument_spec"], "options") == enforced(shown, "suboptions")


def test_documentation_is_whole(ansible_doc, names):
    for name in names:
        everything = ansible_doc("-j", f"mash.lago.{name}")[f"mash.lago.{name}"]
        assert everything["examples"].strip()
        assert everything["return"]
        assert {"check_mode", "diff_mode"} <= everything["doc"]["attributes"].keys()
