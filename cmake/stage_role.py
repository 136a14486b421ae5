#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages the role as the content of a git repository, for installers that take roles and nothing else.

usage: stage_role.py OUTPUT COLLECTION

COLLECTION is the staged tree of the collection, OUTPUT the folder to make. There the modules stand as documentation in
library/, what brings the program to a host in action_plugins/, and the programs in files/lago/.
"""
import pathlib
import re
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "cmake/spec"))

import generate  # noqa: E402

# What the plugins share is no plugin, so it may not lie in action_plugins/. There it is imported as a package whose
# name holds the release: two releases of the role in one run of Ansible do not get into one another's way.
ACTION = '''import importlib
import importlib.util
import os
import sys

PACKAGE = "mash_lago_{key}"

if PACKAGE not in sys.modules:
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "files", "lago")
    spec = importlib.util.spec_from_file_location(
        PACKAGE, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder])
    sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[PACKAGE])

ActionModule = importlib.import_module(PACKAGE + ".native").ActionModule
'''
SHARED = "ansible_collections.mash.lago.plugins.plugin_utils"
MODULE = re.compile(r"\bmash\.lago\.(?=lago_\w+\b)")


def release_key(collection):
    return re.search(r'^KEY = "(\w+)"$', (collection / "plugins/plugin_utils/_release.py").read_text(encoding="utf-8"),
                     re.M).group(1)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def stage_role(output, collection):
    shutil.copytree(collection / "roles/lago", output)
    for folder in ("tasks", "handlers"):
        for path in sorted((output / folder).rglob("*.yml")):
            write(path, MODULE.sub("", path.read_text(encoding="utf-8")))
    shutil.copyfile(collection / "LICENSE", output / "LICENSE")
    shutil.copyfile(ROOT / "cmake/role/README.md", output / "README.md")
    write(output / ".gitattributes", "*.gz binary\n")
    write(output / ".gitignore", "__pycache__/\n")


def stage_plugins(output, collection):
    package = f"mash_lago_{release_key(collection)}"
    shared = output / "files/lago"
    for path in sorted((collection / "plugins/plugin_utils").glob("*.py")):
        write(shared / path.name, path.read_text(encoding="utf-8").replace(SHARED, package))
    write(shared / "__init__.py", "# SPDX-License-Identifier: GPL-3.0-or-later\n")
    shutil.copytree(collection / "plugins/plugin_utils/bin", shared / "bin")
    for path in generate.module_files(ROOT):
        module = generate.ModuleFile(path)
        write(output / "library" / f"{module.name}.py", generate.stub_source(module, whole=True))
        write(output / "action_plugins" / f"{module.name}.py",
              generate.header(f"the name of the module {module.name}") + ACTION.format(key=release_key(collection)))


def main(arguments):
    if len(arguments) != 2:
        sys.exit(__doc__)
    output, collection = map(pathlib.Path, arguments)
    if output.exists():
        shutil.rmtree(output)
    stage_role(output, collection)
    stage_plugins(output, collection)


if __name__ == "__main__":
    main(sys.argv[1:])
