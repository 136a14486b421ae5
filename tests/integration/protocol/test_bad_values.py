# SPDX-License-Identifier: GPL-3.0-or-later
"""Each option of each module with values that cannot be meant: one JSON object, a message to read, nothing changed.

In check mode: what a module does with such a value on a run is for the tests of that module.
"""
import pytest

WRONG_TYPES = {"int": ["many", {"a": 1}, [1], 1.5], "bool": ["perhaps", {"a": 1}, []], "list": [{"a": 1}],
               "dict": [42, "no dictionary", [1]]}
ODD_TEXTS = {"NUL": "/a\0b", "lone surrogates": "/a\udc80\ud800", "a megabyte": "/" + "a" * (1 << 20),
             "a megabyte of lines": "/a\n" * (1 << 19), "every control character": "/" + "".join(map(chr, range(1, 32)))}
LONGEST_MESSAGE = 20_000
# AnsibleModule names no option where a text inside of another option is to be a dictionary.
NAMELESS = "dictionary requested, could not parse JSON or key=value"


def filler(option):
    """A value of the right type, for an option that is required beside the one that is tried."""
    if option.get("choices"):
        return option["choices"][0]
    kind = option.get("type", "str")
    if kind == "list":
        return [filler_of_options(option)] if option.get("options") else ["x"]
    return {"int": 1, "bool": True, "path": "/nonexistent/x", "dict": filler_of_options(option)}.get(kind, "x")


def filler_of_options(option):
    return {name: filler(inner) for name, inner in option.get("options", {}).items() if inner.get("required")}


def places(options, around=lambda name, value: {name: value}):
    """Each option, those inside of others as well: its spec, its name, and a function that puts a value there."""
    for name, option in options.items():
        beside = {key: filler(value) for key, value in options.items() if value.get("required") and key != name}

        def put(value, name=name, beside=beside):
            return around(None, {**beside, name: value})
        yield name, option, put
        if option.get("options"):
            wrap = (lambda value: [value]) if option.get("type") == "list" else (lambda value: value)

            def inside(_name, inner, name=name, beside=beside, wrap=wrap):
                return around(None, {**beside, name: wrap(inner)})
            yield from places(option["options"], inside)


def all_places(spec):
    yield from places(spec["argument_spec"], lambda _name, value: value)


def short(spec, params):
    """With little time, where a module can be given it."""
    return {**params, "timeout": 1} if "timeout" in spec["argument_spec"] and "timeout" not in params else params


def test_wrong_types(run_module, specs):
    tried = 0
    for module, spec in specs.items():
        for name, option, put in all_places(spec):
            for value in WRONG_TYPES.get(option.get("type", "str"), ()):
                result = run_module(module, short(spec, put(value)), check=True).json
                assert result["failed"] and not result.get("changed"), (module, name, value, result)
                assert name in result["msg"] or result["msg"] == NAMELESS, (module, name, value, result)
                tried += 1
    assert tried > 100


def test_unknown_options(run_module, specs):
    for module, spec in specs.items():
        inner = [put for _name, option, put in all_places(spec) if option.get("options")]
        required = {key: filler(value) for key, value in spec["argument_spec"].items() if value.get("required")}
        assert run_module(module, {**required, "no_such_option": 1}, check=True).json["failed"]
        for put in inner:
            for value in ({"no_such_option": 1}, [{"no_such_option": 1}]):
                result = run_module(module, short(spec, put(value)), check=True).json
                assert result["failed"] and not result.get("changed"), (module, value, result)


@pytest.mark.parametrize("what", ODD_TEXTS)
def test_odd_texts(run_module, specs, what):
    tried = 0
    for module, spec in specs.items():
        for name, option, put in all_places(spec):
            if option.get("type", "str") not in ("str", "path") or option.get("choices"):
                continue
            result = run_module(module, short(spec, put(ODD_TEXTS[what])), check=True).json
            message = result.get("msg", "")
            assert len(message) < LONGEST_MESSAGE, (module, name, len(message), message[:300])
            assert not (result.get("failed") and result.get("changed")), (module, name)
            tried += 1
    assert tried > 30
