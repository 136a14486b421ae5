# SPDX-License-Identifier: GPL-3.0-or-later
"""What the integration tests of all modules share: the binary, a call over stdin, the documented shape of a result."""
import dataclasses
import json
import os
import pathlib
import subprocess

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PRESETS = ("release-x86_64", "release-aarch64", "dev", "asan")

# What any module may return besides what it documents.
COMMON_KEYS = {"changed", "failed", "msg", "diff", "warnings", "deprecations", "invocation", "error_kind", "skipped",
               "exception",
               # what AnsibleModule adds for a result's `path`
               "uid", "gid", "owner", "group", "mode", "state", "size", "secontext"}

# The Python types of a documented one; a number without a fraction may be printed as a whole one.
TYPES = {"str": str, "bool": bool, "int": int, "float": (int, float), "list": list, "dict": dict, "path": str,
         "raw": object, "complex": dict}


@dataclasses.dataclass
class Outcome:
    """One run: its exit code, its result, and all that it printed."""
    rc: int
    json: dict
    stderr: str
    stdout: str

    @property
    def everything(self):
        return self.stdout + self.stderr


def find_binary():
    named = os.environ.get("LAGO_BINARY")
    candidates = [pathlib.Path(named)] if named else [ROOT / "build" / preset / "lago" for preset in PRESETS]
    return next((path for path in candidates if path.exists()), None)


@pytest.fixture(scope="session")
def lago():
    """The path of the built binary (LAGO_BINARY, else the newest preset that was built)."""
    binary = find_binary()
    if binary is None:
        pytest.skip("no binary: build one, or name it in LAGO_BINARY")
    return binary


@pytest.fixture(scope="session")
def run_module(lago):
    """Runs a module with its options as JSON on stdin.

    run_module(name, params, check=False, diff=False, **ansible_keys): the keys come without `_ansible_`; `prefix` is a
    command to run it under (strace), `timeout` in seconds. Each run prints one JSON object and nothing else, and its
    exit code fits.
    """
    def run(name, params, *, check=False, diff=False, prefix=(), timeout=120, env=None, **ansible_keys):
        keys = {"check_mode": check, "diff": diff, "verbosity": 4, "version": "2.19.0", "module_name": name,
                **ansible_keys}
        arguments = {**params, **{f"_ansible_{key}": value for key, value in keys.items()}}
        done = subprocess.run([*prefix, str(lago), name], input=json.dumps(arguments).encode(), capture_output=True,
                              timeout=timeout, check=False, env=env)
        stdout = done.stdout.decode()
        result = json.loads(stdout)
        assert isinstance(result, dict)
        assert stdout.isascii() and stdout.strip().count("\n") == 0
        assert done.returncode == (1 if result.get("failed") else 0), stdout
        if result.get("failed"):
            assert result["msg"]
        return Outcome(done.returncode, result, done.stderr.decode(errors="replace"), stdout)
    return run


def documents(name):
    return list(yaml.safe_load_all((ROOT / "modules" / name / f"{name}.yml").read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def documented_options():
    """documented_options(name): a module's options as documented, with those of its fragments."""
    def merged(name):
        documentation = documents(name)[0]
        options = {}
        for fragment in documentation.get("extends_documentation_fragment", []):
            path = ROOT / "module_utils/ansible/fragments" / f"{fragment.removeprefix('mash.lago.')}.yml"
            options |= next(yaml.safe_load_all(path.read_text(encoding="utf-8"))).get("options", {})
        return {**options, **documentation["options"]}
    return merged


def check_shape(where, value, documented):
    if value is None:
        return
    expected = TYPES[documented["type"]]
    assert isinstance(value, expected), f"{where} is {value!r}, documented as {documented['type']}"
    if expected is int:
        assert not isinstance(value, bool), f"{where} is a boolean, documented as int"
    elements = documented.get("elements")
    for item in value if elements and isinstance(value, list) else ():
        assert isinstance(item, TYPES[elements]), f"{where} holds {item!r}, documented as {elements}"
    contained = documented.get("contains")
    for item in (value if isinstance(value, list) else [value]) if contained else ():
        check_keys(where, item, contained, set())


def check_keys(where, result, documented, also):
    unknown = set(result) - set(documented) - also
    assert not unknown, f"{where} returns what is not documented: {sorted(unknown)}"
    for key, value in result.items():
        if key in documented:
            check_shape(f"{where}.{key}", value, documented[key])


@pytest.fixture(scope="session")
def returned_matches_docs():
    """returned_matches_docs(name, result): each key is documented in the module's RETURN and has the type said there.

    With `failed`, keys that only failures have may be named in `also`; without, what is documented as returned
    `always` (or `success`) has to be there.
    """
    def check(name, result, also=()):
        documented = documents(name)[2] or {}
        check_keys(name, result, documented, COMMON_KEYS | set(also))
        if not result.get("failed"):
            for key, entry in documented.items():
                assert key in result or entry.get("returned") not in ("always", "success"), f"{key} is not returned"
    return check


class PlantedSecret:
    """A secret that must be seen nowhere, and the forms in which it must not be seen either."""

    def __init__(self, value="pl4nted-S3cret/+\u00e4 x"):
        self.value = value

    def forms(self):
        import base64
        import urllib.parse
        raw = self.value.encode()
        return {self.value, json.dumps(self.value)[1:-1], urllib.parse.quote(self.value, safe=""),
                urllib.parse.quote(self.value), base64.b64encode(raw).decode(), base64.b64encode(raw).decode().rstrip("=")}

    def found_in(self, *places):
        """Those forms that are in any of the texts, bytes, results or files (paths, folders with all below)."""
        text = "\n".join(self._text(place) for place in places)
        return sorted(form for form in self.forms() if form in text)

    def _text(self, place):
        if isinstance(place, bytes):
            return place.decode(errors="replace")
        if isinstance(place, Outcome):
            return place.everything
        if isinstance(place, pathlib.Path):
            files = [path for path in (place.rglob("*") if place.is_dir() else [place]) if path.is_file()]
            return "\n".join([*(str(path) for path in files), *(path.read_bytes().decode(errors="replace") for path in files)])
        return place if isinstance(place, str) else json.dumps(place, ensure_ascii=False)


@pytest.fixture
def planted_secret():
    """A PlantedSecret: use `.value` as a password, then `assert not planted_secret.found_in(outcome, …)`."""
    return PlantedSecret()
