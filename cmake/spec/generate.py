#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns a module's YAML (DOCUMENTATION, EXAMPLES, RETURN, RULES) into what the build needs.

  generate.py spec NAME.yml OUTPUT.cpp     the compiled-in argument spec
"""
import json
import pathlib
import sys

import yaml

DOCUMENTED = ("type", "default", "required", "choices", "elements", "aliases")


def options_of(documentation):
    """DOCUMENTATION's options in the shape of AnsibleModule's argument_spec."""
    spec = {}
    for name, option in (documentation or {}).items():
        spec[name] = {key: option[key] for key in DOCUMENTED if key in option}
        if "suboptions" in option:
            spec[name]["options"] = options_of(option["suboptions"])
    return spec


def merge(spec, rules):
    """RULES repeats the options' tree with what documentation has no place for."""
    for name, rule in (rules or {}).items():
        if name not in spec:
            sys.exit(f"RULES names an option that is not documented: {name}")
        nested = rule.pop("options", None)
        spec[name].update(rule)
        merge(spec[name].get("options", {}), nested)


def spec_of(path):
    documentation, _examples, _returned, rules = yaml.safe_load_all(path.read_text(encoding="utf-8"))
    rules = dict(rules or {})
    spec = options_of(documentation.get("options"))
    merge(spec, rules.pop("options", None))
    return {"argument_spec": spec, **rules}


def literal(text):
    """C++ string literals, a few hundred bytes each: some compilers limit the length of one."""
    pieces = [text[start:start + 400] for start in range(0, len(text), 400)]
    return "\n".join(f'    R"~({piece})~"' for piece in pieces)


def write_spec(source, target):
    source = pathlib.Path(source)
    spec = json.dumps(spec_of(source), separators=(",", ":"))
    space = source.stem.removeprefix("lago_")
    pathlib.Path(target).write_text(
        "// SPDX-License-Identifier: GPL-3.0-or-later\n"
        f"// Generated from {source.name}.\n"
        "#include <string_view>\n\n"
        f"namespace lago::{space} {{\n"
        "extern const std::string_view spec_json;\n"
        f"constinit const std::string_view spec_json =\n{literal(spec)};\n"
        f"}}  // namespace lago::{space}\n",
        encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] != "spec":
        sys.exit(__doc__)
    write_spec(*sys.argv[2:])
