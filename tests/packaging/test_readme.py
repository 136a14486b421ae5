# SPDX-License-Identifier: GPL-3.0-or-later
"""The README's commands work, or are run by another test that is named here; its table has every module."""
import json
import re
import shlex
import subprocess

import collection
import pytest
import yaml

README = (collection.ROOT / "README.md").read_text(encoding="utf-8")
RELEASE = "build/release-x86_64"


def commands():
    """Each command of the fenced `sh` blocks; a backslash goes on in the next line, a # begins a comment."""
    found = []
    for block in re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S):
        lines = block.replace("\\\n", " ").splitlines()
        found += [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return found


def named_in(*patterns):
    """(file, text) of what runs the project's scripts and presets for the tests."""
    for pattern in patterns:
        for path in sorted(collection.ROOT.glob(pattern)):
            yield path, path.read_text(encoding="utf-8")


def script_is_run(command, **_):
    """scripts/X: by .ci/run, a stage, or a test; itself it takes too long here."""
    script = shlex.split(command)[0]
    assert (collection.ROOT / script).is_file(), script
    runners = [path for path, text in named_in(".ci/run", "scripts/stages/*.sh", "tests/*/*.py")
               if script in text and path.name != "test_readme.py"]
    assert runners, f"no stage and no test runs {script}"


def preset_is_built(command, **_):
    """cmake --preset X and cmake --build --preset X: a stage builds it with build_preset."""
    words = shlex.split(command)
    preset = words[words.index("--preset") + 1]
    presets = json.loads((collection.ROOT / "CMakePresets.json").read_text(encoding="utf-8"))
    kind = "buildPresets" if "--build" in words else "configurePresets"
    assert preset in [one["name"] for one in presets[kind]], f"no preset {preset}"
    target = words[words.index("--target") + 1] if "--target" in words else ""
    built = preset.replace("x86_64", "$NATIVE")
    asked = re.compile(rf'build_preset "?{re.escape(built)}"?.*{re.escape(target)}')
    assert any(asked.search(text) for _, text in named_in("scripts/stages/*.sh")), f"no stage builds {preset} {target}"


def run_in_checkout(command, newest, home):
    """As it stands, in a shell in the checkout; collections go into a folder of the test."""
    return subprocess.run(["bash", "-eo", "pipefail", "-c", command], check=False, capture_output=True, text=True, cwd=collection.ROOT, timeout=120,
                          env={"HOME": str(home), "PATH": f"{newest.path}/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                               "ANSIBLE_COLLECTIONS_PATH": str(home / "collections")})


def works(command, newest, home):
    ran = run_in_checkout(command, newest, home)
    assert ran.returncode == 0 and ran.stdout.strip(), ran


def gives_a_result(command, newest, home):
    """A module's call: success or failure depend on the machine, one JSON object does not."""
    ran = run_in_checkout(command, newest, home)
    result = json.loads(ran.stdout)
    assert ran.returncode == (1 if result.get("failed") else 0)
    assert result.get("failed") is None or result["msg"]


def playbook_is_run(command, **_):
    """A playbook of the collection: a Molecule scenario runs it on a whole host."""
    name = re.search(r"mash\.lago\.(\w+)$", command)[1]
    assert (collection.ROOT / "playbooks" / f"{name}.yml").is_file(), name
    assert any(re.search(rf"import_playbook: mash\.lago\.{name}$", text, re.M) for _, text in named_in("molecule/*/*.yml")), name


# The first pattern that a command matches says how it is tested. A command that matches none fails: add it here.
KINDS = (
    (r"scripts/\S+", script_is_run),
    (r"cmake --(build --)?preset \S+", preset_is_built),
    (r"build/release-x86_64/lago --\w+", works),
    (r"echo '\{.*\}' \| build/release-x86_64/lago lago_\w+$", gives_a_result),
    (r"ansible-galaxy collection install build/\S+$", works),
    (r"ansible-doc ", works),
    (r"ansible-playbook -i \S+ mash\.lago\.\w+$", playbook_is_run),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize("command", commands())
def test_command(command, newest, tarball, home):
    how = next((how for pattern, how in KINDS if re.match(pattern, command)), None)
    assert how, f"the README has a command that no test knows: {command}"
    if RELEASE in command and not (collection.ROOT / RELEASE / "lago").is_file():
        pytest.skip(f"{RELEASE} is not built on this machine")
    how(command=command, newest=newest, home=home)


def test_there_are_commands():
    assert any(command.startswith("scripts/test") for command in commands())


def test_kinds_tell_a_wrong_command():
    for wrong in ("scripts/no-such-script", "cmake --preset nothing", "cmake --build --preset release-x86_64 --target nothing",
                  "ansible-playbook -i inventory.yml mash.lago.nothing"):
        how = next(how for pattern, how in KINDS if re.match(pattern, wrong))
        with pytest.raises(AssertionError):
            how(command=wrong)


def rows(heading):
    """The first column of the table below a heading."""
    section = re.search(rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", README, re.M | re.S)[1]
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", section, re.M))


def test_every_module_is_in_the_table(module_names):
    said = {}
    for name in module_names:
        text = (collection.ROOT / "modules" / name / f"{name}.yml").read_text(encoding="utf-8")
        said[name] = re.search(r"^short_description: (.*)$", text, re.M)[1]
    assert rows("Modules") == said
    assert list(rows("Modules")) == module_names


def test_files_that_are_named_exist():
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (collection.ROOT / name).exists(), name
    for preset in re.findall(r"`(\w+)`", re.search(r"^Presets: (.*?)\. ", README, re.M | re.S)[1]):
        assert f'"{preset}"' in (collection.ROOT / "CMakePresets.json").read_text(encoding="utf-8"), preset


def test_version_of_the_tarball_is_the_one_of_galaxy_yml():
    assert set(re.findall(r"mash-lago-([\d.]+)\.tar\.gz", README)) <= {collection.galaxy()["version"]}


def test_playbooks_name_what_there_is(module_names):
    """The YAML blocks of both READMEs: plays and tasks with our modules and the role's variables."""
    role = collection.ROOT / "roles/lago"
    known = set(yaml.safe_load((role / "defaults/main.yml").read_text(encoding="utf-8")))
    blocks = re.findall(r"^```yaml\n(.*?)^```$", README + (role / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    assert len(blocks) >= 3
    loaded = [yaml.safe_load(block) for block in blocks]
    for inventory in (one for one in loaded if isinstance(one, dict)):
        for variables in inventory["lago"]["hosts"].values():
            assert not set(variables) - known
    for entry in (entry for one in loaded if isinstance(one, list) for entry in one):
        for use in entry.get("roles", []):
            assert use["role"] == "mash.lago.lago"
            assert not set(use["vars"]) - known
        for key in entry:
            if key.startswith("mash.lago."):
                assert key.rsplit(".", 1)[1] in module_names
