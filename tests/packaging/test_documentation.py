# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-doc shows of the installed collection is what the binary enforces."""
import json
import re
import subprocess

import collection
import pytest
import yaml

ENFORCED = ("type", "default", "required", "choices", "elements", "aliases")
TEMPLATE = re.compile(r"^\{\{.*\}\}$", re.S)
# What stands for a template that is a whole value, by the type of its option.
ANY = {"int": 1, "float": 1.0, "bool": True, "list": [], "dict": {}}


@pytest.fixture(scope="module")
def documented(core, installed, module_names):
    """What this core's ansible-doc says of each module."""
    return core.doc(installed, *[f"mash.lago.{name}" for name in module_names])


@pytest.fixture(scope="module")
def specs(binary, module_names):
    return {name: json.loads(subprocess.run([binary, "--dump-spec", name], check=True, capture_output=True, text=True).stdout)
            for name in module_names}


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


def test_every_module_is_listed(core, installed, module_names):
    listed = core.on(installed, "ansible-doc", "--list", "mash.lago")
    assert [line.split()[0] for line in listed.stdout.splitlines() if line.strip()] == [
        f"mash.lago.{name}" for name in module_names]
    assert listed.stderr == ""
    assert all(len(line.split()) > 1 for line in listed.stdout.splitlines())


def test_the_binary_has_every_module(binary, module_names):
    assert subprocess.run([binary, "--list"], check=True, capture_output=True, text=True).stdout.split() == module_names


def test_documentation_is_the_specification(documented, specs):
    for name, spec in specs.items():
        shown = documented[f"mash.lago.{name}"]["doc"]["options"]
        assert enforced(spec["argument_spec"], "options") == enforced(shown, "suboptions"), name


def test_documentation_is_whole(documented):
    for name, everything in documented.items():
        assert everything["examples"].strip(), name
        assert everything["return"], name
        assert {"check_mode", "diff_mode"} <= everything["doc"]["attributes"].keys(), name
        assert everything["doc"]["author"] and everything["doc"]["short_description"], name


def examples(documented, name):
    tasks = yaml.safe_load(documented[f"mash.lago.{name}"]["examples"])
    own = [task for task in tasks if f"mash.lago.{name}" in task]
    assert own, f"{name} has no example of itself"
    return own


def templated(value, option):
    """A value of the example as it may look once Ansible has filled it in."""
    if isinstance(value, str) and TEMPLATE.match(value.strip()):
        return ANY.get(option.get("type", "str"), value)
    below = option.get("options", {})
    if isinstance(value, dict) and below:
        return {key: templated(one, below.get(key, {})) for key, one in value.items()}
    if isinstance(value, list):
        return [templated(one, {"type": option.get("elements", "str"), "options": below}) for one in value]
    return value


def validated(binary, spec, params):
    spec = dict(spec)
    case = {"id": 1, "spec": spec.pop("argument_spec"), "kwargs": spec, "params": params, "result": {}, "env": {}}
    ran = subprocess.run([binary, "--validate"], check=True, capture_output=True, text=True, input=json.dumps(case) + "\n")
    answer = json.loads(ran.stdout)
    return answer["rc"], json.loads(answer["stdout"])


def test_examples_are_valid(documented, specs, binary):
    for name, spec in specs.items():
        for task in examples(documented, name):
            assert task.get("name", "")[:1].isupper(), f"{name}: a task needs a name with a capital: {task}"
            params = templated(task[f"mash.lago.{name}"], {"type": "dict", "options": spec["argument_spec"]})
            code, answer = validated(binary, spec, params)
            assert code == 0, f"{name}: {task['name']}: {answer['msg']}"
            code, answer = validated(binary, spec, {**params, "no_such_option": 1})
            assert code == 1 and "no_such_option" in answer["msg"], answer


def test_a_stub_says_that_the_program_is_missing(core, installed, documented, specs):
    """Run by hand, as the ordinary module that it is not."""
    for name, spec in specs.items():
        params = templated(examples(documented, name)[0][f"mash.lago.{name}"], {"options": spec["argument_spec"]})
        ran = core.on(installed, "python", installed / f"ansible_collections/mash/lago/plugins/modules/{name}.py",
                      check=False, input=json.dumps({"ANSIBLE_MODULE_ARGS": params}))
        assert ran.returncode == 1, ran
        said = json.loads(ran.stdout)
        assert said["failed"] is True
        assert f"mash.lago.{name} is missing" in said["msg"]


@pytest.mark.parametrize("role", sorted(path.name for path in (collection.ROOT / "roles").glob("*")) or [None])
def test_role_argument_specification_is_shown(core, installed, role):
    if role is None:
        pytest.skip("no role is there yet")
    path = collection.ROOT / "roles" / role / "meta/argument_specs.yml"
    assert path.is_file(), f"the role {role} has no argument specification"
    expected = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]
    name = f"mash.lago.{role}"
    assert core.doc(installed, "-t", "role", "--list", "mash.lago").get(name)
    shown = core.doc(installed, "-t", "role", name)[name]["entry_points"]
    assert shown.keys() == expected.keys()
    for point, content in expected.items():
        assert shown[point]["short_description"] == content["short_description"]
        assert shown[point].get("options", {}).keys() == content.get("options", {}).keys()
