# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the program to a host that has not got it, and runs it the ordinary way where it cannot be kept there."""
from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.plugins.loader import module_loader

from ansible_collections.mash.lago.plugins.plugin_utils._release import KEY, PROGRAMS

ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}

# Runs as the user who will run the module. The name appears only after the sum and a first run have been good; each
# refusal reads its input to the end. `ls` is safe here: the folder is the user's own and holds keys only.
SCRIPT = r'''umask 077
refuse() { cat >/dev/null; echo "LAGO-REFUSED $1"; exit 98; }
[ -n "$HOME" ] && [ -d "$HOME" ] && [ -O "$HOME" ] || refuse home
d="$HOME"/.ansible/lago
mkdir -p "$d" 2>/dev/null || refuse folder
[ -O "$HOME"/.ansible ] && [ -O "$d" ] && [ ! -L "$d" ] || refuse owner
chmod 700 "$d" || refuse owner
t=$(mktemp "$d"/.new.XXXXXX) || refuse folder
trap 'rm -f "$t"' EXIT
gzip -dc >"$t" || refuse unpack
s=$(sha256sum "$t") || refuse sha256sum
[ "${s%% *}" = @SUM@ ] || refuse sum
chmod 700 "$t" || refuse owner
"$t" --version </dev/null >/dev/null 2>&1 || refuse run
mv -f "$t" "$d"/@KEY@ || refuse folder
ls -t "$d" | tail -n +4 | while read -r old; do rm -f "$d/$old"; done
echo LAGO-INSTALLED
exit 0'''


def machine(action, text):
    """The architecture of the host; `text` may hold the line of a miss already."""
    for line in (text or "").splitlines():
        if line.startswith("LAGO-CACHE-MISS "):
            words = line.split()[1:]
            break
    else:
        words = action._low_level_execute_command("uname -sm", sudoable=False)["stdout"].split()
    if len(words) != 2 or words[0] != "Linux":
        raise AnsibleActionFail("mash.lago runs on Linux; the host calls itself %r." % " ".join(words))
    architecture = ARCHITECTURES.get(words[1])
    if architecture not in PROGRAMS:
        raise AnsibleActionFail("This release of mash.lago has no program for %s, only for %s."
                                % (words[1], ", ".join(sorted(PROGRAMS))))
    return architecture


def compressed(architecture):
    path = os.path.join(os.path.dirname(__file__), "bin", PROGRAMS[architecture]["file"])
    try:
        with open(path, "rb") as source:
            return source.read()
    except OSError as problem:
        raise AnsibleActionFail("The installed collection mash.lago is not complete: %s. Install it again." % problem)


def install(action, text):
    """Puts the program into the user's cache. False: the host cannot keep it."""
    architecture = machine(action, text)
    script = SCRIPT.replace("@SUM@", PROGRAMS[architecture]["sha256"]).replace("@KEY@", KEY)
    answer = action._low_level_execute_command(script, sudoable=True, in_data=compressed(architecture))
    if answer["rc"] == 0 and "LAGO-INSTALLED" in answer["stdout"]:
        return True
    if "LAGO-REFUSED sum" in answer["stdout"]:
        raise AnsibleActionFail("The program of mash.lago arrived with another checksum than the release has: "
                                "install the collection again.")
    return False


def carry(action, name, options, task_vars):
    """The ordinary way of a binary module: for async tasks, and where streaming or keeping the program is impossible."""
    architecture = machine(action, "")
    program = gzip.decompress(compressed(architecture))
    if hashlib.sha256(program).hexdigest() != PROGRAMS[architecture]["sha256"]:
        raise AnsibleActionFail("The installed collection mash.lago is damaged: install it again.")
    folder = tempfile.mkdtemp(dir=C.DEFAULT_LOCAL_TMP)
    try:
        module = "mash_lago_" + KEY
        with open(os.path.join(folder, module), "wb") as target:
            target.write(program)
        module_loader.add_directory(folder)
        return action._execute_module(
            module_name="ansible.legacy." + module, module_args=dict(options, _lago_applet=name),
            task_vars=task_vars, wrap_async=bool(action._task.async_val))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
