# SPDX-License-Identifier: GPL-3.0-or-later
"""The plainest role that lays down what a deployed roles/lago has: `file` for each folder, `template` for each file.

It is made from what stands on the target, so its files are the same byte for byte. Its templates hold a few variables and
nothing to work out: a role that people write has more to do.
"""
import dataclasses
import json
import pathlib
import pwd
import re
import stat


@dataclasses.dataclass(frozen=True)
class Content:
    """What the role lays down, in the order in which it is made."""
    folders: tuple
    files: tuple

    @classmethod
    def of(cls, roots, without=()):
        """All folders and files below `roots`, and these; `without` are files that only a module of ours makes."""
        below = sorted(path for root in roots for path in (root, *root.rglob("*")))
        return cls(tuple(path for path in below if path.is_dir()),
                   tuple(path for path in below if path.is_file() and path not in without))


def template(text, variables):
    """`text` as a template that renders to it, with the variables' values in it replaced by their names."""
    named = re.compile("|".join(re.escape(value) for value in sorted(variables.values(), key=len, reverse=True)))
    names = {value: name for name, value in variables.items()}

    def escaped(part):
        return re.sub(r"\{[{%#]|[}%#]\}", lambda found: "{{ '%s' }}" % found.group(), part)

    made, end = "", 0
    for found in named.finditer(text):
        made += escaped(text[end:found.start()]) + "{{ " + names[found.group()] + " }}"
        end = found.end()
    return made + escaped(text[end:])


def attributes(path):
    found = path.stat()
    return {"owner": owner(found.st_uid), "group": str(found.st_gid), "mode": f"{stat.S_IMODE(found.st_mode):04o}"}


def owner(uid):
    """A name where there is one: what people write."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def write(role, content, variables):
    """Writes the role into the folder `role`."""
    for part in ("tasks", "templates"):
        (role / part).mkdir(parents=True)
    tasks = [{"name": f"Folder {path}", "ansible.builtin.file": {"path": str(path), "state": "directory", **attributes(path)}}
             for path in content.folders]
    for number, path in enumerate(content.files):
        source = f"{number:02}-{path.name}.j2"
        (role / "templates" / source).write_text(template(path.read_text(encoding="utf-8"), variables), encoding="utf-8")
        tasks.append({"name": f"File {path}",
                      "ansible.builtin.template": {"src": source, "dest": str(path), **attributes(path)}})
    pathlib.Path(role / "tasks/main.yml").write_text(json.dumps(tasks, indent=1), encoding="utf-8")
