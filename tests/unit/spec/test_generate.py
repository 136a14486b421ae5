# SPDX-License-Identifier: GPL-3.0-or-later
"""The step from a module's YAML to its specification and its documentation."""
import ast
import json
import subprocess
import sys

import generate
import pytest
import schema
import yaml

DOCUMENTATION = """\
module: lago_thing
short_description: A thing
description:
  - It is a thing.
author:
  - somebody (@somebody)
options:
  name:
    description: Its name.
    type: str
    required: true
    aliases: [thing]
  size:
    description: Its size.
    type: int
    default: 5
  state:
    description: What is to be.
    type: str
    choices: [present, absent]
    default: present
  parts:
    description: What it is made of.
    type: list
    elements: dict
    suboptions:
      label:
        description: The part's label.
        type: str
"""
EXAMPLES = """\
- name: One thing
  mash.lago.lago_thing:
    thing: x
    size: 7
"""
RETURN = """\
label:
  description: What it is called.
  returned: always
  type: str
"""
RULES = """\
supports_check_mode: true
mutually_exclusive:
  - [size, parts]
options:
  parts:
    required_by:
      label: [label]
    options:
      label:
        no_log: true
"""


@pytest.fixture
def module(tmp_path):
    """module(changed texts) reads a module's file with these documents, and fragments of the test's own."""
    folder = tmp_path / "fragments"
    folder.mkdir()

    def read(documentation=DOCUMENTATION, examples=EXAMPLES, returned=RETURN, rules=RULES, fragments=None):
        for name, text in (fragments or {}).items():
            (folder / f"{name}.yml").write_text(text, encoding="utf-8")
        path = tmp_path / "lago_thing.yml"
        path.write_text("# SPDX-License-Identifier: x\n---\n" + "---\n".join((documentation, examples, returned, rules)), encoding="utf-8")
        return generate.ModuleFile(path, folder)
    return read


def test_specification(module):
    assert module().spec == {
        "argument_spec": {
            "name": {"type": "str", "required": True, "aliases": ["thing"]},
            "size": {"type": "int", "default": 5},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "parts": {"type": "list", "elements": "dict", "required_by": {"label": ["label"]},
                      "options": {"label": {"type": "str", "no_log": True}}},
        },
        "supports_check_mode": True,
        "mutually_exclusive": [["size", "parts"]],
    }


@pytest.mark.parametrize(("where", "old", "new", "says"), [
    ("documentation", "    type: int\n", "    typ: int\n", ":17: DOCUMENTATION.options.size.typ: unknown key"),
    ("documentation", "type: int", "type: integer", "options.size.type: integer is no type"),
    ("documentation", "default: 5", "default: five", "options.size.default: 'five' is no int"),
    ("documentation", "default: 5", "default: true", "options.size.default: True is no int"),
    ("documentation", "default: present", "default: latest", "'latest' is not one of the choices"),
    ("documentation", "    required: true\n", "    required: 'yes'\n", "options.name.required: is str, has to be bool"),
    ("documentation", "    required: true\n", "    required: true\n    default: x\n", "a required option has no default"),
    ("documentation", "elements: dict\n    sub", "elements: str\n    sub", "only a dict or a list of dicts has them"),
    ("documentation", "    type: list\n", "    type: str\n", "is for lists only"),
    ("documentation", "module: lago_thing", "module: lago_other", "the file is named after lago_thing"),
    ("documentation", "author:\n  - somebody (@somebody)\n", "", "DOCUMENTATION: has no author"),
    ("documentation", "    description: Its size.\n", "", "options.size: has no description"),
    ("documentation", "description: Its name.", "description: {a: b}", "options.name.description: is dict, has to be str or list"),
    ("documentation", "description: Its name.", "description: [a: b]", "which is no text"),
    ("documentation", "  name:\n    description: Its name.", "  name: [\n    description: Its name.", ": DOCUMENTATION: "),
    ("documentation", "  state:\n", "  admin_password:\n", "say no_log"),
    ("documentation", "options:\n", "extends_documentation_fragment: [mash.lago.nothing]\noptions:\n", "there is no mash.lago.nothing"),
    ("examples", "size: 7", "sise: 7", "EXAMPLES.0.mash.lago.lago_thing.sise: is no option of the module"),
    ("examples", EXAMPLES, "text\n", "EXAMPLES: has to be a list of tasks"),
    ("returned", "type: str", "type: path", "RETURN.label.type: path is no type"),
    ("returned", "  returned: always\n", "", "RETURN.label: has no returned"),
    ("rules", "supports_check_mode: true", "supports_check_mod: true", "RULES.supports_check_mod: unknown key"),
    ("rules", "supports_check_mode: true", "supports_check_mode: 1", "is int, has to be bool"),
    ("rules", "[size, parts]", "[size, party]", "'party' is no option"),
    ("rules", "[size, parts]", "size", "'size' has to be a list of options"),
    ("rules", "      label: [label]", "      lable: [label]", "RULES.options.parts.required_by: 'lable' is no option"),
    ("rules", "        no_log: true", "        nolog: true", "RULES.options.parts.options.label.nolog: unknown key"),
    ("rules", "options:\n  parts:", "options:\n  part:", "RULES.options.part: is not documented"),
    ("rules", "supports_check_mode: true", "required_if:\n  - [state, present]", "has to be [option, value, [options]]"),
    ("rules", "supports_check_mode: true", "hidden_in_invocation: [parts.lable]", "'parts.lable' leads to no option"),
    ("rules", "        no_log: true", "        fallback: {env: X}", "fallback.env: is str, has to be list"),
])
def test_what_is_wrong_stops_with_its_place(module, where, old, new, says):
    text = {"documentation": DOCUMENTATION, "examples": EXAMPLES, "returned": RETURN, "rules": RULES}[where]
    assert old in text
    with pytest.raises(schema.SpecError) as stopped:
        module(**{where: text.replace(old, new, 1)})
    assert says in str(stopped.value)
    assert "lago_thing.yml:" in str(stopped.value)


def test_number_of_documents(tmp_path):
    path = tmp_path / "lago_thing.yml"
    path.write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    with pytest.raises(schema.SpecError, match="holds 2 YAML documents, has to hold 4"):
        generate.ModuleFile(path)


FRAGMENT = """\
# SPDX-License-Identifier: x
options:
  size:
    description: Shared.
    type: float
    aliases: [big]
  host:
    description: A host.
    type: str
---
options:
  host:
    fallback:
      env: [LAGO_HOST]
"""


def test_what_a_fragment_brings(module):
    """Its options and rules; where the module says something itself, that holds."""
    text = DOCUMENTATION.replace("options:\n", "extends_documentation_fragment:\n  - mash.lago.shared\noptions:\n", 1)
    spec = module(documentation=text, fragments={"shared": FRAGMENT}).spec["argument_spec"]
    assert spec["size"] == {"type": "int", "default": 5, "aliases": ["big"]}
    assert spec["host"] == {"type": "str", "fallback": ["env_fallback", ["LAGO_HOST"]]}


def test_file_options_come_with_the_rule(module):
    text = (generate.FRAGMENTS / "files.yml").read_text(encoding="utf-8")
    made = module(rules=RULES + "add_file_common_args: true\n", fragments={"files": text})
    assert made.spec["argument_spec"]["mode"] == {"type": "raw"}
    assert made.spec["argument_spec"]["unsafe_writes"] == {
        "type": "bool", "default": False, "fallback": ["env_fallback", ["ANSIBLE_UNSAFE_WRITES"]]}
    documented = yaml.safe_load(generate.documentation_text(made))
    assert documented["extends_documentation_fragment"] == ["mash.lago.files"]
    assert documented["options"].keys() == {"name", "size", "state", "parts"}


def texts_of(source):
    return {node.targets[0].id: ast.literal_eval(node.value) for node in ast.parse(source).body
            if isinstance(node, ast.Assign) and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN")}


def test_stub_holds_what_the_yaml_says(module):
    made = module()
    source = generate.stub_source(made)
    texts = texts_of(source)
    assert yaml.safe_load(texts["DOCUMENTATION"]) == made.documentation.data
    assert yaml.safe_load(texts["EXAMPLES"]) == made.examples.data
    assert yaml.safe_load(texts["RETURN"]) == made.returned.data
    assert "GNU General Public License v3.0+" in source


def run_stub(made, tmp_path, arguments):
    path = tmp_path / "stub.py"
    path.write_text(generate.stub_source(made), encoding="utf-8")
    ran = subprocess.run([sys.executable, path], check=False, capture_output=True, text=True,
                         input=json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    assert ran.returncode == 1, ran
    return json.loads(ran.stdout)


def test_stub_says_that_the_program_is_missing(module, tmp_path):
    pytest.importorskip("ansible")
    said = run_stub(module(), tmp_path, {"name": "x"})
    assert said["failed"] is True
    assert "mash.lago.lago_thing is missing" in said["msg"]


def test_stub_knows_the_options(module, tmp_path):
    """For the tools that check a task by the arguments of AnsibleModule."""
    pytest.importorskip("ansible")
    assert "nothing" in run_stub(module(), tmp_path, {"name": "x", "nothing": 1})["msg"]
    assert "mutually exclusive: size|parts" in run_stub(module(), tmp_path, {"name": "x", "size": 1, "parts": []})["msg"]


def test_text_that_python_cannot_quote_stops(module):
    with pytest.raises(schema.SpecError, match="cannot stand in a Python text"):
        generate.stub_source(module(examples=EXAMPLES + "    # ''' and \"\"\"\n"))

    made = module(examples=EXAMPLES + "    # only ''' here\n")
    assert yaml.safe_load(texts_of(generate.stub_source(made))["EXAMPLES"]) == made.examples.data


def test_source_of_the_specification(module):
    """What the compiler sees is the JSON, in pieces that any compiler takes."""
    made = module()
    source = generate.spec_source(made)
    pieces = [line.strip()[4:-3].removesuffix(")") for line in source.splitlines() if line.strip().startswith('R"~(')]
    assert json.loads("".join(piece.removesuffix(')~"') for piece in pieces)) == made.spec
    assert "namespace lago::thing {" in source


def test_routing():
    runtime = yaml.safe_load(generate.runtime_source(["lago_b", "lago_a"]))
    assert runtime["requires_ansible"] == ">=2.15.0"
    assert runtime["action_groups"] == {"lago": ["lago_a", "lago_b"]}
    assert runtime["plugin_routing"]["modules"]["lago_a"] == {"action_plugin": "mash.lago.lago_a"}


def test_the_repository(tmp_path):
    """Every module and fragment of this repository, as the collection holds them."""
    generate.write_collection(tmp_path)
    names = {path.parent.name for path in generate.module_files(generate.ROOT)}
    assert {path.stem for path in (tmp_path / "plugins/modules").iterdir()} == names
    assert {path.stem for path in (tmp_path / "plugins/action").iterdir()} == names
    for path in tmp_path.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
        assert "SPDX-License-Identifier: GPL-3.0-or-later" in path.read_text(encoding="utf-8")


def test_as_a_program(tmp_path):
    script = generate.ROOT / "cmake/spec/generate.py"
    wrong = subprocess.run([sys.executable, script, "nothing"], check=False, capture_output=True, text=True)
    assert wrong.returncode != 0
    assert "generate.py spec" in wrong.stderr
    missing = subprocess.run([sys.executable, script, "spec", tmp_path / "no.yml", tmp_path / "x"], check=False, capture_output=True, text=True)
    assert missing.returncode != 0
    assert "no.yml" in missing.stderr
    assert not (tmp_path / "x").exists()
