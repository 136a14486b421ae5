# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module's YAML may hold. Each complaint names the file, the line and the place."""
import datetime
import re

import yaml

TYPES = ("str", "list", "dict", "bool", "int", "float", "path", "raw", "jsonarg", "json", "bytes", "bits")
RETURN_TYPES = ("str", "int", "bool", "float", "list", "dict", "complex", "raw")
CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if", "required_by")
PASSWORD = re.compile(r"^(?:.+[-_\s])?pass(?:[-_\s]?(?:word|phrase|wrd|wd)?)(?:[-_\s].+)?$", re.I)

# key -> the Python types its value may have
DOCUMENTATION = {
    "module": str, "short_description": str, "description": (str, list), "version_added": (str, float),
    "author": (str, list), "options": dict, "notes": list, "seealso": list, "requirements": list, "todo": list,
    "attributes": dict, "extends_documentation_fragment": (str, list), "deprecated": dict,
}
OPTION = {
    "description": (str, list), "type": str, "default": object, "required": bool, "choices": (list, dict),
    "elements": str, "aliases": list, "suboptions": dict, "version_added": (str, float),
}
ATTRIBUTE = {"description": (str, list), "support": str, "details": (str, list), "platforms": str,
             "membership": (str, list), "version_added": (str, float)}
RETURNED = {
    "description": (str, list), "returned": str, "type": str, "elements": str, "contains": dict, "sample": object,
    "choices": list, "version_added": (str, float),
}
RULES = {
    "supports_check_mode": bool, "add_file_common_args": bool, "no_log": bool, "hidden_in_invocation": list,
    "options": dict, **dict.fromkeys(CONSTRAINTS[:4], list), "required_by": dict,
}
OPTION_RULES = {
    "no_log": bool, "fallback": dict, "apply_defaults": bool, "removed_in_version": str,
    "removed_at_date": (str, datetime.date), "removed_from_collection": str, "deprecated_aliases": list,
    "options": dict, **dict.fromkeys(CONSTRAINTS[:4], list), "required_by": dict,
}
DEPRECATED_ALIAS = {"name": str, "version": str, "date": (str, datetime.date), "collection_name": str}
VALUES = {"bool": bool, "int": int, "float": (int, float), "list": list, "dict": dict, "str": str, "path": str}


class SpecError(Exception):
    """The YAML is not what the build can use."""


class Document:
    """One YAML document of a file: its text, its data, and the lines its keys stand on."""

    def __init__(self, path, name, text, first_line):
        self.path, self.name, self.text, self.first_line = path, name, text, first_line
        try:
            self.node = yaml.compose(text, Loader=yaml.SafeLoader)
            self.data = yaml.safe_load(text)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            line = first_line + (mark.line if mark else 0)
            raise SpecError(f"{path}:{line}: {name}: {getattr(problem, 'problem', problem)}") from None

    def line_of(self, place):
        node = self.node
        for step in place:
            if isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == str(step)]
                if not found:
                    break
                node = found[0][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
            else:
                break
        return self.first_line + (node.start_mark.line if node else 0)

    def fail(self, place, why):
        where = ".".join([self.name, *map(str, place)])
        raise SpecError(f"{self.path}:{self.line_of(place)}: {where}: {why}")

    def check_keys(self, place, data, allowed, required=()):
        if not isinstance(data, dict):
            self.fail(place, "has to be a dictionary")
        for key, value in data.items():
            if key not in allowed:
                self.fail([*place, key], f"unknown key; known are {', '.join(allowed)}")
            wanted = allowed[key]
            is_bool_for_int = isinstance(value, bool) and wanted is not object and \
                bool not in (wanted if isinstance(wanted, tuple) else (wanted,))
            if not isinstance(value, wanted) or is_bool_for_int:
                self.fail([*place, key], f"is {type(value).__name__}, has to be {names_of(wanted)}")
        for key in required:
            if key not in data:
                self.fail(place, f"has no {key}")

    def check_texts(self, place, value):
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str):
                self.fail(place, f"holds {item!r}, which is no text")


def names_of(types):
    return " or ".join(one.__name__ for one in (types if isinstance(types, tuple) else (types,)))


def read_documents(path, names):
    """The YAML documents of a file, by name; what stands before the first `---` is left out if it is a comment."""
    documents, lines, first = [], [], 1
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(keepends=True), 1):
        if line.rstrip() == "---":
            documents.append((first, "".join(lines)))
            lines, first = [], number + 1
        else:
            lines.append(line)
    documents.append((first, "".join(lines)))
    if all(not line.strip() or line.startswith("#") for line in documents[0][1].splitlines()):
        documents.pop(0)
    if not len(names) - names.count(None) <= len(documents) <= len(names):
        raise SpecError(f"{path}: holds {len(documents)} YAML documents, has to hold {len(names)}: {', '.join(filter(None, names))}")
    return [Document(path, name or "RULES", text, line) for name, (line, text) in zip(names, documents)]


def check_options(document, place, options):
    for name, option in options.items():
        here = [*place, name]
        document.check_keys(here, option, OPTION)
        document.check_texts([*here, "description"], option.get("description", ""))
        check_types(document, here, option)
        check_default(document, here, option)
        if "suboptions" in option:
            if option.get("type") != "dict" and option.get("elements") != "dict":
                document.fail([*here, "suboptions"], "only a dict or a list of dicts has them")
            check_options(document, [*here, "suboptions"], option["suboptions"])


def check_types(document, place, option):
    for key in ("type", "elements"):
        if option.get(key, "str") not in TYPES:
            document.fail([*place, key], f"{option[key]} is no type; types are {', '.join(TYPES)}")
    if "elements" in option and option.get("type") != "list":
        document.fail([*place, "elements"], "is for lists only")
    for alias in option.get("aliases", []):
        if not isinstance(alias, str):
            document.fail([*place, "aliases"], f"{alias!r} is no name")


def check_default(document, place, option):
    default = option.get("default")
    if default is None:
        return
    if option.get("required"):
        document.fail([*place, "default"], "a required option has no default")
    kind = VALUES.get(option.get("type", "str"), object)
    if not isinstance(default, kind) or (isinstance(default, bool) and kind not in (bool, object)):
        document.fail([*place, "default"], f"{default!r} is no {option.get('type', 'str')}")
    choices = option.get("choices")
    wrong = [one for one in (default if isinstance(default, list) else [default]) if choices and one not in choices]
    if wrong:
        document.fail([*place, "default"], f"{wrong[0]!r} is not one of the choices")


def check_documentation(document, name):
    data = document.data
    document.check_keys([], data, DOCUMENTATION, ("module", "short_description", "description", "author"))
    if data["module"] != name:
        document.fail(["module"], f"is {data['module']}, the file is named after {name}")
    for key in ("description", "notes"):
        document.check_texts([key], data.get(key, ""))
    check_options(document, ["options"], data.get("options") or {})
    for attribute, content in (data.get("attributes") or {}).items():
        document.check_keys(["attributes", attribute], content, ATTRIBUTE)
        if content.get("support") not in (None, "full", "partial", "none", "N/A"):
            document.fail(["attributes", attribute, "support"], "has to be full, partial, none or N/A")


def check_examples(document, name, options):
    known = {alias for key, option in options.items() for alias in [key, *option.get("aliases", [])]}
    tasks = document.data
    if not isinstance(tasks, list):
        document.fail([], "has to be a list of tasks")
    for index, task in enumerate(tasks):
        arguments = task.get(f"mash.lago.{name}") if isinstance(task, dict) else None
        for key in arguments if isinstance(arguments, dict) else []:
            if key not in known:
                document.fail([index, f"mash.lago.{name}", key], "is no option of the module")


def check_returned(document, place, values):
    for name, value in (values or {}).items():
        here = [*place, name]
        document.check_keys(here, value, RETURNED, ("description", "returned", "type"))
        document.check_texts([*here, "description"], value["description"])
        for key in ("type", "elements"):
            if value.get(key, "str") not in RETURN_TYPES:
                document.fail([*here, key], f"{value[key]} is no type; types are {', '.join(RETURN_TYPES)}")
        if "contains" in value:
            check_returned(document, [*here, "contains"], value["contains"])


def check_rules(document, options, place=(), allowed=None):
    """`options` is the argument spec that the rules are for."""
    place, data = list(place), document.data if not place else document_at(document, place)
    document.check_keys(place, data, allowed or RULES)
    known = {alias for key, option in options.items() for alias in [key, *option.get("aliases", [])]}
    for key in CONSTRAINTS:
        check_constraint(document, [*place, key], data.get(key), known)
    for path in data.get("hidden_in_invocation", []):
        check_hidden(document, [*place, "hidden_in_invocation"], path, options)
    for name, rules in (data.get("options") or {}).items():
        here = [*place, "options", name]
        if name not in options:
            document.fail(here, "is not documented")
        check_option_rules(document, here, rules)
        check_rules(document, options[name].get("options", {}), here, OPTION_RULES)


def document_at(document, place):
    data = document.data
    for step in place:
        data = data[step]
    return data


def check_option_rules(document, place, rules):
    document.check_keys(place, rules, OPTION_RULES)
    for index, alias in enumerate(rules.get("deprecated_aliases", [])):
        document.check_keys([*place, "deprecated_aliases", index], alias, DEPRECATED_ALIAS, ("name", "collection_name"))
    fallback = rules.get("fallback")
    if fallback is not None:
        document.check_keys([*place, "fallback"], fallback, {"env": list}, ("env",))


def check_constraint(document, place, value, known):
    if value is None:
        return
    if place[-1] == "required_by":
        groups = [[key, *(needed if isinstance(needed, list) else [needed])] for key, needed in value.items()]
    elif place[-1] == "required_if":
        groups = []
        for index, rule in enumerate(value):
            if not isinstance(rule, list) or not 3 <= len(rule) <= 4 or not isinstance(rule[2], list):
                document.fail([*place, index], "has to be [option, value, [options]] or with true as a fourth")
            groups.append([rule[0], *rule[2]])
    else:
        groups = value
    for group in groups:
        if not isinstance(group, list):
            document.fail(place, f"{group!r} has to be a list of options")
        for name in group:
            if name not in known:
                document.fail(place, f"{name!r} is no option")


def check_hidden(document, place, path, options):
    steps = path.split(".") if isinstance(path, str) else [repr(path)]
    for step in steps:
        if step not in options:
            document.fail(place, f"{path!r} leads to no option")
        options = options[step].get("options", {})


def check_passwords(document, options, place=("options",)):
    """Ansible warns about an option that looks like a password and does not say whether it is one."""
    for name, option in options.items():
        if PASSWORD.search(name) and "no_log" not in option:
            document.fail([*place, name], "looks like a password: say no_log: true, or no_log: false")
        check_passwords(document, option.get("options", {}), (*place, name, "options"))
