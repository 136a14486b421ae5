#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a module's YAML (DOCUMENTATION, EXAMPLES, RETURN, RULES) into what the build and the collection need.

  generate.py spec NAME.yml OUTPUT.cpp      the compiled-in argument spec
  generate.py json NAME.yml                 the same as JSON, to standard output
  generate.py stub NAME.yml OUTPUT.py       plugins/modules/NAME.py: documentation only
  generate.py fragment NAME.yml OUTPUT.py   plugins/doc_fragments/NAME.py
  generate.py action NAME OUTPUT.py         plugins/action/NAME.py
  generate.py runtime OUTPUT.yml NAME...    meta/runtime.yml
  generate.py collection OUTPUT             all of these for each module and fragment of the repository

What is wrong in a YAML file stops with its name, the line and the place.
"""
import copy
import datetime
import json
import pathlib
import sys

import schema
import yaml

COLLECTION = "mash.lago"
ROOT = pathlib.Path(__file__).resolve().parents[2]
FRAGMENTS = ROOT / "module_utils" / "ansible" / "fragments"
DOCUMENTED = ("type", "default", "required", "elements", "aliases")
LICENCE = "GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)"


class Fragment:
    """Options that several modules share; a second document may hold RULES for them."""

    def __init__(self, path):
        self.name = path.stem
        documents = schema.read_documents(path, ["DOCUMENTATION", None])
        self.text = documents[0].text
        self.data = documents[0].data or {}
        documents[0].check_keys([], self.data, schema.DOCUMENTATION)
        schema.check_options(documents[0], ["options"], self.data.get("options") or {})
        self.rules = documents[1] if len(documents) > 1 else None
        if self.rules:
            schema.check_rules(self.rules, options_of(self.data.get("options")))


class ModuleFile:
    def __init__(self, path, fragments=FRAGMENTS):
        self.path, self.name = path, path.stem
        self.documentation, self.examples, self.returned, self.rules = schema.read_documents(
            path, ["DOCUMENTATION", "EXAMPLES", "RETURN", "RULES"])
        schema.check_documentation(self.documentation, self.name)
        self.rules.data = self.rules.data or {}
        self.fragments = [self.fragment(name, fragments) for name in self.fragment_names()]
        self.spec = self.whole_spec()

    def fragment_names(self):
        names = self.documentation.data.get("extends_documentation_fragment") or []
        names = [names] if isinstance(names, str) else list(names)
        if self.rules.data.get("add_file_common_args") and f"{COLLECTION}.files" not in names:
            names.append(f"{COLLECTION}.files")
        return names

    def fragment(self, name, folder):
        path = folder / (name.removeprefix(COLLECTION + ".") + ".yml")
        if not name.startswith(COLLECTION + ".") or not path.is_file():
            self.documentation.fail(["extends_documentation_fragment"], f"there is no {name}")
        return Fragment(path)

    def options(self):
        """As documented, with those of the fragments; what the module says itself holds."""
        merged = copy.deepcopy(self.documentation.data.get("options") or {})
        for fragment in self.fragments:
            for name, option in copy.deepcopy(fragment.data.get("options") or {}).items():
                merged[name] = {**option, **merged.get(name, {})}
        return merged

    def whole_spec(self):
        options = self.options()
        for name, option in options.items():
            if "description" not in option:
                self.documentation.fail(["options", name], "has no description")
        schema.check_options(self.documentation, ["options"], options)
        spec = options_of(options)
        whole = {"argument_spec": spec}
        for fragment in self.fragments:
            if fragment.rules:
                apply_rules(spec, fragment.rules.data.get("options"))
                add_constraints(whole, fragment.rules.data)
        schema.check_rules(self.rules, spec)
        apply_rules(spec, self.rules.data.get("options"))
        add_constraints(whole, self.rules.data)
        schema.check_passwords(self.documentation, spec)
        schema.check_examples(self.examples, self.name, spec)
        schema.check_returned(self.returned, [], self.returned.data)
        return whole


def options_of(documented):
    """Documented options in the shape of AnsibleModule's argument_spec."""
    spec = {}
    for name, option in (documented or {}).items():
        spec[name] = {key: option[key] for key in DOCUMENTED if key in option}
        spec[name].setdefault("type", "str")
        if "choices" in option:
            spec[name]["choices"] = list(option["choices"])
        if "suboptions" in option:
            spec[name]["options"] = options_of(option["suboptions"])
    return spec


def apply_rules(spec, rules):
    for name, rule in (rules or {}).items():
        option = spec[name]
        for key, value in rule.items():
            if key == "options":
                apply_rules(option.get("options", {}), value)
            elif key == "fallback":
                option[key] = ["env_fallback", value["env"]]
            else:
                option[key] = value


def add_constraints(whole, rules):
    for key, value in rules.items():
        if key == "options":
            continue
        if isinstance(value, list):
            whole[key] = whole.get(key, []) + value
        elif isinstance(value, dict):
            whole[key] = {**whole.get(key, {}), **value}
        else:
            whole[key] = value


def spec_json(module, **how):
    return json.dumps(module.spec, default=str, **how)


def literal(text):
    """C++ string literals, a few hundred bytes each: some compilers limit the length of one."""
    pieces = [text[start:start + 400] for start in range(0, len(text), 400)]
    return "\n".join(f'    R"~({piece})~"' for piece in pieces)


def spec_source(module):
    space = module.name.removeprefix("lago_")
    return (
        "// SPDX-License-Identifier: GPL-3.0-or-later\n"
        f"// Generated from {module.path.name}.\n"
        "#include <string_view>\n\n"
        f"namespace lago::{space} {{\n"
        "extern const std::string_view spec_json;\n"
        f"constinit const std::string_view spec_json =\n{literal(spec_json(module, separators=(',', ':')))};\n"
        f"}}  // namespace lago::{space}\n")


def quoted(name, text):
    text = text.strip()
    for quotes in ("'''", '"""'):
        if quotes not in text and not text.endswith(("\\", quotes[0])):
            return f"r{quotes}\n{text}\n{quotes}"
    raise schema.SpecError(f"{name} cannot stand in a Python text: it holds both kinds of triple quotes, or ends with one")


def header(name, shebang=False):
    return (("#!/usr/bin/python\n" if shebang else "")
            + "# -*- coding: utf-8 -*-\n"
            "# Copyright: mash.lago contributors\n"
            f"# {LICENCE}\n"
            "# SPDX-License-Identifier: GPL-3.0-or-later\n"
            f"# Generated from {name}.\n\n"
            "from __future__ import (absolute_import, division, print_function)\n"
            "__metaclass__ = type\n\n")


def documentation_text(module):
    """As written; a fragment that only the rules ask for is named too."""
    text = module.documentation.text
    named = module.documentation.data.get("extends_documentation_fragment") or []
    named = [named] if isinstance(named, str) else named
    added = [name for name in module.fragment_names() if name not in named]
    if not added:
        return text
    lines = "".join(f"  - {name}\n" for name in [*named, *added])
    kept, skipping = [], False
    for line in text.splitlines(keepends=True):
        if line.startswith("extends_documentation_fragment:"):
            skipping = True
        elif skipping and line.strip() and not line.startswith((" ", "-")):
            skipping = False
        if not skipping:
            kept.append(line)
    return "".join(kept).rstrip() + "\nextends_documentation_fragment:\n" + lines


def whole_documentation_text(module):
    """With what the fragments say, for where there are no fragments to look up."""
    data = copy.deepcopy(module.documentation.data)
    data.pop("extends_documentation_fragment", None)
    data["options"] = module.options()
    for fragment in module.fragments:
        data["attributes"] = {**fragment.data.get("attributes", {}), **data.get("attributes", {})}
        data["notes"] = data.get("notes", []) + fragment.data.get("notes", [])
    return yaml.safe_dump({name: value for name, value in data.items() if value}, sort_keys=False, allow_unicode=True, width=120)


def python_text(value, indent=0):
    """A Python literal, an entry a line."""
    if not isinstance(value, (dict, list)) or not value:
        return repr(str(value) if isinstance(value, datetime.date) else value)
    if isinstance(value, list):
        entries = [python_text(one, indent + 4) for one in value]
        if all(not isinstance(one, (dict, list)) for one in value) and sum(map(len, entries)) < 100:
            return f"[{', '.join(entries)}]"
    else:
        entries = [f"{key!r}: " + (fallback_text(one) if key == "fallback" else python_text(one, indent + 4))
                   for key, one in value.items()]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return "\n".join([opening, *(" " * (indent + 4) + one + "," for one in entries), " " * indent + closing])


def fallback_text(value):
    if not isinstance(value, list) or not value or value[0] != "env_fallback":
        return python_text(value)
    return f"(env_fallback, {value[1]!r})"


def stub_source(module, whole=False):
    """Documentation, and the arguments of AnsibleModule for the tools that check a task or a module by them.

    `whole` is for a role: its documentation stands alone, and no collection is named.
    """
    documentation = whole_documentation_text(module) if whole else documentation_text(module)
    way = ("Call it from the role that it is part of, whose action plugin brings the program." if whole else
           "Call the module by its full name from an installed collection, so that its action plugin brings the program.")
    arguments = {key: value for key, value in module.spec.items() if key != "hidden_in_invocation"}
    text = "".join(f"        {key}={python_text(value, 8)},\n" for key, value in arguments.items())
    imported = "AnsibleModule" + (", env_fallback" if "(env_fallback, " in text else "")
    return (
        header(module.path.name, shebang=True)
        + f"DOCUMENTATION = {quoted('DOCUMENTATION', '---' + chr(10) + documentation)}\n\n"
        f"EXAMPLES = {quoted('EXAMPLES', module.examples.text)}\n\n"
        f"RETURN = {quoted('RETURN', module.returned.text if module.returned.data else '# nothing of its own')}\n\n"
        f"from ansible.module_utils.basic import {imported}\n\n\n"
        "def main():\n"
        f"    module = AnsibleModule(\n{text}    )\n"
        "    module.fail_json(msg=(\n"
        f"        'The program of {COLLECTION}.{module.name} is missing: this file is its documentation only. '\n"
        f"        '{way}'))\n\n\n"
        "if __name__ == '__main__':\n"
        "    main()\n")


def fragment_source(fragment, name):
    return (
        header(name)
        + "\nclass ModuleDocFragment(object):\n\n"
        f"    DOCUMENTATION = {quoted('DOCUMENTATION', fragment.text)}\n")


def action_source(name):
    return (
        header(f"the name of the module {name}")
        + "from ansible_collections.mash.lago.plugins.plugin_utils.native import ActionModule\n\n"
        "__all__ = ['ActionModule']\n")


def runtime_source(names):
    lines = ["---", "# Generated from the folders of modules/.", 'requires_ansible: ">=2.15.0"',
             "action_groups:", "  lago:"]
    lines += [f"    - {name}" for name in sorted(names)]
    lines += ["plugin_routing:", "  modules:"]
    for name in sorted(names):
        lines += [f"    {name}:", f"      action_plugin: {COLLECTION}.{name}"]
    return "\n".join(lines) + "\n"


def write(target, text):
    target = pathlib.Path(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def module_files(root):
    return sorted(path for path in (root / "modules").glob("*/*.yml") if path.stem == path.parent.name)


def write_collection(output, root=ROOT):
    output = pathlib.Path(output)
    fragments = root / FRAGMENTS.relative_to(ROOT)
    modules = [ModuleFile(path, fragments) for path in module_files(root)]
    for module in modules:
        write(output / "plugins/modules" / f"{module.name}.py", stub_source(module))
        write(output / "plugins/action" / f"{module.name}.py", action_source(module.name))
    for path in sorted(fragments.glob("*.yml")):
        write(output / "plugins/doc_fragments" / f"{path.stem}.py", fragment_source(Fragment(path), path.name))
    write(output / "meta/runtime.yml", runtime_source([module.name for module in modules]))


def main(arguments):
    path = pathlib.Path
    commands = {  # name -> number of arguments (-1: at least one), what it does
        "spec": (2, lambda source, target: write(target, spec_source(ModuleFile(path(source))))),
        "json": (1, lambda source: print(spec_json(ModuleFile(path(source)), indent=2))),
        "stub": (2, lambda source, target: write(target, stub_source(ModuleFile(path(source))))),
        "fragment": (2, lambda source, target: write(target, fragment_source(Fragment(path(source)), path(source).name))),
        "action": (2, lambda name, target: write(target, action_source(name))),
        "runtime": (-1, lambda target, *names: write(target, runtime_source(names))),
        "collection": (1, write_collection),
    }
    count, command = commands.get(arguments[0] if arguments else "", (None, None))
    if command is None or (len(arguments) - 1 != count and not (count < 0 and len(arguments) > 1)):
        sys.exit(__doc__)
    try:
        command(*arguments[1:])
    except (schema.SpecError, OSError) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main(sys.argv[1:])
