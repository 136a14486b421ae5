#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes roles/lago/meta/argument_specs.yml from the comments of roles/lago/defaults/main.yml.

role_docs.py          writes the file
role_docs.py --check  says whether it is what would be written
"""
import json
import pathlib
import re
import sys
import textwrap

ROLE = pathlib.Path(__file__).resolve().parents[2] / "roles/lago"
SOURCE, TARGET = ROLE / "defaults/main.yml", ROLE / "meta/argument_specs.yml"
VARIABLE = re.compile(r"^(\w+):(?: (.*?))?(?:  # noqa.*)?$")
TYPES = ((r"_list(_\w+)?$|_workers$|_direct_paths$|_published_variables$|_(networks|volumes|arguments|additional_labels)(_auto|_custom)?$", "list"),
         (r"_(request|response)_headers(_auto|_custom)?$", "dict"),
         (r"_enabled$|_tls$|_disable_signup$|_managed(_by_role)?$", "bool"),
         (r"_port$|_seconds$", "int"))
PULLS = {f"lago_{which}_container_image_pull": ["missing", "always", "never"]
         for which in ("api", "front", "pdf", "bundled_postgres", "bundled_redis")}
CHOICES = {**PULLS, "lago_redis_check": ["best_effort", "required", "never"], "lago_scheme": ["https", "http"]}

HEAD = """\
# SPDX-License-Identifier: GPL-3.0-or-later
---
# Made by scripts/lint/role_docs.py from the comments of defaults/main.yml.
#
# ansible-core checks an entry point `main` by itself, for every host and whatever the tags are, with a task of its own. A host
# without Lago, or a run that is about something else, is not to fail because of that: there is none. The checks are a task of
# `install`, where all variables are described.
argument_specs:
  install:
    short_description: Lago on a host
    description:
      - Checks, folders, secrets and the private key, the database where a way to it is given, networks and images, env files and
        units, the services where no service manager starts them, and a look at Lago as it runs.
    options:
"""


def variables(text):
    """(name, comment lines, literal value or None) of each variable, in order."""
    comment = []
    for line in text.splitlines():
        if line.startswith("# "):
            comment.append(line[2:])
        elif match := VARIABLE.match(line):
            yield match[1], comment, match[2]
            comment = []
        elif not line.strip():
            comment = []


def literal(value):
    """The value as JSON, or nothing where it takes several lines."""
    if not value or value.startswith(">"):
        return None
    if value == "''":
        return json.dumps("")
    if re.fullmatch(r"true|false|\d+|\[\]|\{\}", value) or value.startswith(('"', "[")):
        return value
    return json.dumps(value)


def type_of(name, value):
    if value in ("true", "false"):
        return "bool"
    if value and value.isdecimal() and name != "lago_gotenberg_version":
        return "int"
    return next((word for pattern, word in TYPES if re.search(pattern, name)), "str")


def option(name, comment, value):
    given = literal(value)
    lines = [f"      {name}:", f"        type: {type_of(name, given)}", "        description: >-"]
    lines += textwrap.wrap(" ".join(comment), 120, initial_indent=" " * 10, subsequent_indent=" " * 10, break_on_hyphens=False)
    if given is not None and ("{{" not in given or type_of(name, given) == "str"):
        lines.append(f"        default: {given}")
    if name in CHOICES:
        lines.append(f"        choices: [{', '.join(CHOICES[name])}]")
    return "\n".join(lines) + "\n"


def made():
    return HEAD + "".join(option(*one) for one in variables(SOURCE.read_text(encoding="utf-8")))


def main(arguments):
    text = made()
    if arguments == ["--check"]:
        if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit("roles/lago/meta/argument_specs.yml is not what role_docs.py makes of defaults/main.yml: run it")
    elif arguments:
        sys.exit(__doc__)
    else:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
