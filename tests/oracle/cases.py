# SPDX-License-Identifier: GPL-3.0-or-later
"""One case or more for each rule, written by hand. What is right is asked from the installed ansible-core."""

ALL_TYPES = ("str", "list", "dict", "bool", "int", "float", "path", "raw", "jsonarg", "json", "bytes", "bits")

# Every type meets every one of these, alone, as an element of a list, and inside sub-options.
VALUES = [
    None, True, False, 0, 1, -1, 2, 7, 2 ** 53, 2 ** 63, 2 ** 64, -2 ** 70, 10 ** 40,
    0.0, -0.0, 1.0, 3.0, 0.1, 1.5, 2.5, 1e15, 1e16, 1e17, 1e-4, 1e-5, 123456789012345.678, 1e308, 5e-324, 1.0e22, float("nan"),
    float("inf"), float("-inf"),
    "", " ", "a", "a,b", "a, b", ",", ",,", "0", "1", "2", "01", "-0", "+1", "- 1", "1 2", " 12 ", "\t3\n", "1_0", "1__0", "_1", "1_",
    "1e2", "1E2", "1e-2", "100e-2", "1.0", "1.", ".5", ".", "1.5", "0x1f", "0b1", "1e400", "-1e400", "nan", "NaN", "-nan", "+nan",
    "snan", "inf", "-inf", "Infinity", "infinit", "\u00a07\u2003", "\u0663", "1,5", "9" * 25, "9" * 400,
    "yes", "YES", "y", "on", "t", "true", "True", "no", "n", "off", "f", "false", "FALSE", " yes ", "\u00a0no", "maybe", "ja", "None",
    "~", "~/", "~/x", "~/x/~", "~root", "~root/x", "~nobodysuchuser/x", "a/~", "$HOME", "${HOME}", "$HOMEx", "${HOME}x", "$HOME/$HOME",
    "$NOT_SET_AT_ALL", "${NOT_SET_AT_ALL}/x", "$", "$$", "$$HOME", "$1", "${}", "${HOME", "$-", "\\$HOME", "~$HOME", "$TILDE/x", "$AGAIN",
    "1K", "1k", "1KB", "1kB", "1Kb", "1kb", "1 KB", "1  MB", "1.5M", "1.M", ".5M", "M", "1X", "1B", "1b", "1 byte", "1 bytes", "1 Bytes",
    "1bit", "1 bits", "1kilobyte", "1 KiloByte", "1kilobytes", "1kilobit", "1megabyte", "1Mbyte", "1MegaBits", "1KiB", "1Zb", "1zetabyte",
    "1zettabyte", "1Yb", "1yottabit", "1 K ", " 1K", "1K\n", "1K x", "-1K", "+1K", "1e3K", "0.5", "1.5", "2.5", "0.5B", "1,5K", "1_0K",
    "{}", "{ }", "{\"a\": 1}", "{\"a\": [1, null, true]}", "{\"a\": 1, \"a\": 2}", "{\"a\": NaN, \"b\": Infinity}", "{\"a\": 1",
    "{'a': 1}", "{'a': [1, (2, 3)], 'b': {'c': None}}", "{'a': True, 'b': False}", "{u'a': r'b\\n', 'c': 'd\\n\\x41\\u00e9'}",
    "{'a': 'b' 'c'}", "{'a': '''x'''}", "{'a': -1, 'b': +2, 'c': 1e3}", "{'a': 0x10, 'b': 0o17, 'c': 0b11, 'd': 1_000}", "{'a': 01}",
    "{1: 2, None: 3, True: 4, 1.5: 5}", "{(1, 2): 3}", "{'a': os.environ}", "{'a': os.getenv('x')}", "{'a': __import__('os')}",
    "{'a': import x}", "{'a': 1,}", "{,}", "{'a' 1}", "{'a': 1 # note\n}", "{\n'a': 1\n}", "{'a': b'x'}", "{'a': rr'x'}", "{'a': bR'x', 'b': Rb'y'}", "{'a': ur'x'}", "{'a': U'x'}", "{'a': brr'x'}", "{'a': 1j}", "{'a': 1 + 2}",
    "{'a': {}}", "{{ a }}", "{'a': '{'}", "[1, 2]", "['a']", "(1,)", "\"a\"",
    "a=1", "a=1 b=2", "a=1,b=2", "a=1, b=2", "a=1,,b=2", "a=", "=1", "=", "a=b=c", "a='x y'", "a=\"x,y\"", "a='x\"y'", "a=x\\ y", "a=x\\",
    "a='x", "a=1 b", "b a=1", " a=1 ", "a=1\tb=2", "a=1\nb=2", "a = 1", "'a=1'", "a=1,b='c=d'", "ü=ä", "a=1 a=2",
    "ünï", "日本語", "\U0001f600", "\u200b", "\u00ad", "\x7f", "\x80", "\x00", "a\x00b", "\x1b[0m", "tab\there", "line\nbreak", "\r\n",
    "'", '"', "'\"", "\\", "\\n", "it's", "a" * 500, "</script>", "%s", "{0}", "user:pw@host", "http://u:p@h/",
    [0, [1, 2], 3], [1, [5], 0], [True, [], True], [0, [1, 2], -1], [0, [10], 0], [2, [1], 0], [0, [1], "F"], [0, "12", 0], [0, [1], 1.0],
    [], [1], ["a", "b"], [1, "x", None, True, 1.5], [[1, [2]], {"a": [3]}], ["it's", 'q"q', "both'\""], [""], ["a,b", "c"], [True, False],
    [None], ["1", "2", "x"], [{}], [{"a": 1}, {"a": 2}], ["ü", "\u200b", "\x01", "\ue000", "\U000e0001", "\xa0"],
    {}, {"a": 1}, {"a": None, "b": [True, 1.0, "x"]}, {"": ""}, {"it's": 'q"'}, {"a": {"b": {"c": [1, {"d": None}]}}}, {"ü": "ä"},
    {"1": 2}, {"a": float("inf")}, {"a": 1e16, "b": 1e-7},
]

CHOICES = [["a", "b"], ["yes", "no"], ["true", "false"], ["on", "off", "auto"], [True, False], [0, 1], [1, 2, 3], [1.0, 2.5], ["1", "2"],
           ["y", "yes"], ["no", "n"], [1, "yes"], [0, False], ["", "x"], [None, "x"], [], ["present", 1, None, True, 2.5, "ü"]]
CHOSEN = [None, True, False, 0, 1, 2, "a", "c", "yes", "Yes", "True", "False", "true", "no", "1", "0", 1.0, 2.5, "", "x", "on", [], ["a"], ["a", "c"],
          ["c", "d"], [1], [True], ["yes", "x"], {"a": 1}, "ü", "present"]


def case(spec, params, env=None, result=None, **kwargs):
    return {"spec": spec, "kwargs": kwargs, "params": params, "env": env or {}, "result": result or {}}


def types():
    env = {"TILDE": "~", "AGAIN": "$HOME"}
    for kind in ALL_TYPES + ("nosuchtype", None):
        option = {} if kind is None else {"type": kind}
        for value in VALUES:
            yield case({"a": option}, {"a": value}, env)
        for value in VALUES[::5]:
            yield case({"a": {**option, "required": True}}, {"a": value}, env)
            yield case({"a": {**option, "default": value}}, {}, env)
            yield case({"a": {"type": "list", "elements": kind or "str"}}, {"a": [value, "x", value]}, env)
            yield case({"a": {"type": "dict", "options": {"b": option}}}, {"a": {"b": value}}, env)
            yield case({"a": {"type": "list", "elements": "dict", "options": {"b": {**option, "required": True}}}},
                       {"a": [{"b": value}, {"b": value}, {}]}, env)
        yield case({"a": {**option, "elements": "int"}}, {"a": ["1", "x"]})
        yield case({"a": {**option, "elements": "str"}}, {"a": "xy"})
        yield case({"a": {**option, "default": 5}}, {"a": None})
        yield case({"a": {**option, "required": True}}, {"a": None})
        yield case({"a": {**option, "required": True}}, {})
        yield case({"a": {**option, "default": 5, "required": True}}, {})


def lists():
    for value in VALUES:
        for elements in ("str", "int", "dict", "bool", "path", "raw", "list"):
            yield case({"a": {"type": "list", "elements": elements}}, {"a": value})


def choices():
    for offered in CHOICES:
        for value in CHOSEN:
            for kind in ("str", "raw", "list", "int", "bool"):
                yield case({"a": {"type": kind, "choices": offered}}, {"a": value})
    yield case({"a": {"choices": "abc"}}, {"a": "b"})
    yield case({"a": {"choices": {"b": 1}}}, {"a": "b"})
    yield case({"a": {"type": "dict", "options": {"b": {"choices": ["x", "y"]}}}}, {"a": {"b": "z"}})
    yield case({"a": {"type": "list", "elements": "int", "choices": [1, 2]}}, {"a": ["1", "3", 4]})
    yield case({"a": {"choices": ["x"], "default": "y"}}, {})


def groups():
    three = {"a": {}, "b": {}, "c": {}}
    given = [{}, {"a": "1"}, {"a": "1", "b": "2"}, {"a": None, "b": "2"}, {"a": None, "b": None}, {"b": "1", "c": "2"},
             {"a": "1", "b": "2", "c": "3"}, {"c": None}, {"a": "", "c": "x"}]
    rules = [
        {"mutually_exclusive": [["a", "b"]]}, {"mutually_exclusive": [["a", "b"], ["b", "c"], ["a", "ghost"]]},
        {"mutually_exclusive": ["ab", "c"]}, {"required_together": [["a", "b"]]}, {"required_together": [["a", "b"], ["b", "c"]]},
        {"required_one_of": [["a", "b"]]}, {"required_one_of": [["a"], ["b", "c"]]}, {"required_one_of": ["a"]},
        {"required_if": [["a", "1", ["b"]]]}, {"required_if": [["a", "1", ["b", "c"]]]}, {"required_if": [["a", "1", ["b", "c"], True]]},
        {"required_if": [["a", "1", ["b", "c"], False], ["b", "2", ["c"]]]}, {"required_if": [["a", None, ["c"]]]},
        {"required_if": [["ghost", None, ["a"]]]}, {"required_if": [["a", "1", "bc"]]}, {"required_if": [["a", "1", []]]},
        {"required_by": {"a": ["b"]}}, {"required_by": {"a": "b"}}, {"required_by": {"a": ["b", "c"], "b": ["c"]}},
        {"required_by": {"ghost": ["a"]}}, {"required_by": {"a": ["ghost"]}},
        {"mutually_exclusive": [], "required_together": [], "required_one_of": [], "required_if": [], "required_by": {}},
        {"mutually_exclusive": None, "required_together": None, "required_one_of": None, "required_if": None, "required_by": None},
    ]
    for rule in rules:
        for params in given:
            yield case(three, params, **rule)
            yield case({"o": {"type": "dict", "options": three, **rule}}, {"o": params})
            yield case({"o": {"type": "list", "elements": "dict", "options": three, **rule}}, {"o": [params, {"a": "1"}]})
        yield case({**three, "a": {"default": "1"}}, {"b": "2"}, **rule)
        yield case({**three, "a": {"aliases": ["z"]}}, {"z": "1", "b": "2"}, **rule)
    for value, wanted in ((True, "yes"), (1, True), (1.0, 1), ("1", 1), (False, 0), ([1], [1]), ({"x": 1}, {"x": 1.0})):
        yield case({"a": {"type": "raw"}, "b": {}}, {"a": value}, required_if=[["a", wanted, ["b"]]])


def order():
    """Several things wrong at once: which is said."""
    spec = {"a": {"type": "int"}, "b": {"choices": ["x"]}, "c": {"required": True}, "d": {"type": "dict", "options": {"e": {"type": "int"}}}}
    kwargs = {"mutually_exclusive": [["a", "b"]], "required_together": [["a", "f"]], "required_one_of": [["f", "g"]],
              "required_if": [["a", 1, ["f"]]], "required_by": {"a": ["f"]}}
    spec.update({"f": {}, "g": {}})
    for params in ({"a": "x", "b": "y", "zz": 1}, {"a": "x", "zz": 1}, {"a": "x", "c": "1", "zz": 1}, {"b": "y", "c": "1", "zz": 1},
                   {"a": "1", "c": "1", "zz": 1}, {"a": "1", "f": "1", "c": "1", "d": {"e": "q"}, "zz": 1},
                   {"g": "1", "c": "1", "d": {"e": "q", "yy": 2}, "zz": 1}, {"g": "1", "c": "1", "d": {"yy": 2}},
                   {"g": "1", "c": "1", "d": {"yy": 2}, "zz": 1}, {"g": "1", "c": "1", "d": 5}, {"g": "1", "c": "1", "d": "x"},
                   {"g": "1", "c": "1", "d": ["x"]}, {"g": "1", "c": "1", "d": "e=5"}, {"g": "1", "c": "1", "d": "{'e': 'q'}"}):
        for key in (None, *kwargs):
            yield case(spec, params, **{name: rule for name, rule in kwargs.items() if key in (None, name)})


def aliases():
    spec = {"a": {"aliases": ["b", "c"], "type": "int"}}
    for params in ({"a": "1"}, {"b": "1"}, {"c": "1"}, {"a": "1", "b": "2"}, {"b": "1", "c": "2"}, {"a": "1", "b": "2", "c": "3"}, {"b": None},
                   {"a": None, "b": "1"}, {"b": "x"}, {"d": 1}):
        yield case(spec, params)
        yield case({"o": {"type": "dict", "options": spec, "aliases": ["p"]}}, {"o": params})
        yield case({"o": {"type": "dict", "options": spec, "aliases": ["p"]}}, {"p": params})
        yield case({"o": {"type": "list", "elements": "dict", "options": spec, "aliases": ["p"]}}, {"p": [params, params]})
        yield case({"a": {**spec["a"], "required": True}}, params)
        yield case({"a": {**spec["a"], "no_log": True}}, params, result={"x": "1 2 3"})
    yield case({"a": {"aliases": "bc"}}, {"b": 1})
    yield case({"a": {"aliases": []}}, {"zz": 1})
    yield case({"a": {"aliases": ["z", "y"]}, "b": {"aliases": ["x"]}}, {"zz": 1, "yy": 2})
    old = {"a": {"aliases": ["b"], "deprecated_aliases": [{"name": "b", "version": "2.0", "collection_name": "mash.lago"}]}}
    dated = {"a": {"aliases": ["b"], "deprecated_aliases": [{"name": "b", "date": "2030-01-01", "collection_name": "mash.lago"}]}}
    for spec in (old, dated):
        for params in ({"b": 1}, {"a": 1}, {"a": 1, "b": 2}):
            yield case(spec, params)
            yield case({"o": {"type": "dict", "options": spec}}, {"o": params})
            yield case({"o": {"type": "list", "elements": "dict", "options": spec}}, {"o": [params, {}, params]})


def deprecations():
    for option in ({"removed_in_version": "3.0.0", "removed_from_collection": "mash.lago"}, {"removed_at_date": "2030-05-05"},
                   {"removed_at_date": "2030-05-05", "removed_in_version": "3", "removed_from_collection": "mash.lago"},
                   {"removed_in_version": "3.0.0", "removed_from_collection": "ansible.builtin"}):
        for params in ({"a": 1}, {"a": None}, {}):
            yield case({"a": option, "b": {}}, params)
            yield case({"a": {**option, "default": 5}}, params)
            yield case({"o": {"type": "dict", "options": {"a": option}, **option}}, {"o": params})
            yield case({"o": {"type": "list", "elements": "dict", "options": {"a": option}}}, {"o": [params, params]})
            yield case({"o": {"type": "dict", "options": {"p": {"type": "dict", "options": {"a": option}}}}}, {"o": {"p": params}})
    for given in ([{"msg": "x", "version": "2.0", "collection_name": "a.b"}], [{"msg": "x", "date": "2030-01-01"}], [["x", "2.0"]], "x", ["x"],
                  [{"msg": "x"}, {"msg": "x"}]):
        yield case({}, {}, result={"deprecations": given})
    for given in (["x"], ["x", "x", "y"], "x", []):
        yield case({}, {}, result={"warnings": given})


def defaults():
    for option in ({"default": "x"}, {"default": 5, "type": "int"}, {"default": "5", "type": "int"}, {"default": None}, {"default": "q", "type": "int"},
                   {"default": ["1", 2], "type": "list", "elements": "int"}, {"default": "a,b", "type": "list"}, {"default": {}, "type": "dict"},
                   {"default": "~/x", "type": "path"}, {"default": "1K", "type": "bytes"}, {"default": False, "type": "bool"}, {"default": 0}):
        for params in ({}, {"a": None}, {"a": "7"}):
            yield case({"a": option}, params)
            yield case({"o": {"type": "dict", "options": {"a": option}}}, {"o": params})
        for nothing in ({}, {"o": None}, {"o": {}}):
            yield case({"o": {"type": "dict", "options": {"a": option}}}, nothing)
            yield case({"o": {"type": "dict", "apply_defaults": True, "options": {"a": option}}}, nothing)
            yield case({"o": {"type": "dict", "apply_defaults": True}}, nothing)
            yield case({"o": {"type": "list", "elements": "dict", "apply_defaults": True, "options": {"a": option}}}, nothing)
            yield case({"o": {"type": "dict", "apply_defaults": True, "options": {"p": {"type": "dict", "apply_defaults": True, "options": {
                "a": option}}}}}, nothing)
    yield case({"o": {"type": "dict", "apply_defaults": True, "options": {"a": {"required": True}}}}, {})
    yield case({"o": {"type": "dict", "options": {"a": {"default": 1}}, "default": {"a": 2}}}, {})


def fallbacks():
    for kind in ("str", "int", "bool", "list", "dict", "path"):
        option = {"type": kind, "fallback": ["env_fallback", ["ONE", "TWO"]]}
        for env in ({}, {"ONE": "1"}, {"TWO": "2"}, {"ONE": "1", "TWO": "2"}, {"ONE": ""}, {"ONE": "a=b"}, {"ONE": "~/ä"}):
            for params in ({}, {"a": "5"}, {"a": None}):
                yield case({"a": option}, params, env)
                yield case({"o": {"type": "dict", "options": {"a": option}}}, {"o": params}, env)
            yield case({"a": {**option, "required": True}}, {}, env)
            yield case({"a": {**option, "default": "9"}}, {}, env)
            yield case({"a": {**option, "no_log": True}}, {}, env, {"x": "1a=b2~/ä"})
    for value in ("1", "no", "x", ""):
        yield case({}, {}, {"ANSIBLE_UNSAFE_WRITES": value}, add_file_common_args=True)


def no_log():
    shown = {"text": "xx hunter2 yy", "whole": "hunter2", "list": ["hunter2", "a hunter2", 12, 123, 1.25, True, None, "ü"], "hunter2": "key",
             "deep": {"hunter2": ["hunter2hunter2", {"k": "Hunter2"}]}, "flag": True, "nothing": None, "number": 12, "long": 9912, "float": 1.25}
    for kind, value in (("str", "hunter2"), ("str", ""), ("str", None), ("int", "12"), ("int", 12), ("float", 1.25), ("bool", True), ("raw", True),
                        ("raw", None), ("list", "hunter2"), ("list", ["hunter2", "ü"]), ("dict", {"k": "hunter2"}), ("dict", {"k": ["hunter2", 12]}),
                        ("dict", "k=hunter2"), ("jsonarg", {"k": "hunter2"}), ("path", "hunter2"), ("str", 12), ("raw", [[["hunter2"]]]),
                        ("str", "True"), ("str", "None"), ("str", "e"), ("str", "*"), ("str", "hunter2\n"), ("bytes", "12"), ("str", "ü")):
        option = {"type": kind, "no_log": True}
        yield case({"a": option}, {"a": value}, result=shown)
        yield case({"a": {**option, "aliases": ["z"]}}, {"z": value}, result=shown)
        yield case({"a": option}, {"a": value, "wrong": "hunter2"}, result=shown)
        yield case({"a": option, "b": {"type": "int"}}, {"a": value, "b": "a hunter2 b"}, result=shown)
        yield case({"o": {"type": "dict", "options": {"a": option}}}, {"o": {"a": value}}, result=shown)
        yield case({"o": {"type": "list", "elements": "dict", "options": {"a": option}}}, {"o": [{"a": value}, {}]}, result=shown)
        yield case({"o": {"type": "dict", "options": {"p": {"type": "list", "elements": "dict", "options": {"a": option}}}}},
                   {"o": {"p": [{"a": value}]}}, result=shown)
        yield case({"o": {"type": "dict", "no_log": True, "options": {"a": {"type": kind}}}}, {"o": {"a": value}}, result=shown)
        yield case({"a": {"type": kind, "no_log": False}}, {"a": value}, result=shown)
        yield case({"a": option}, {"a": value, "_ansible_check_mode": True}, result=shown)
    for default in ("hunter2", 12, True, ""):
        yield case({"a": {"no_log": True, "default": default}}, {}, result=shown)
        yield case({"o": {"type": "dict", "options": {"a": {"no_log": True, "default": default}}}}, {"o": {}}, result=shown)
    for name in ("password", "pass", "db_password", "db-pass", "my pass word", "passwd", "pass_wd", "passphrase", "pass-phrase-x", "password_file",
                 "passthrough", "bypass", "by_pass", "compass", "PASSWORD", "Db_PassWord", "passwords", "pass_", "_pass", "x_pass_y", "pass\n", "passw",
                 "passwrd", "pass_wrd_1", "password ", "ö_pass", "-pass", "a__pass"):
        for option in ({}, {"no_log": True}, {"no_log": False}, {"no_log": None}, {"type": "bool"}):
            yield case({name: option}, {name: "1"})
            yield case({name: option}, {})
        yield case({"x": {"aliases": [name]}}, {name: "1"})
        yield case({"x": {"aliases": [name], "no_log": False}}, {name: "1"})
        yield case({"o": {"type": "dict", "options": {name: {}}}}, {"o": {name: "1"}})
        yield case({name: {}}, {name: "1", "_ansible_no_log": True})


def internals():
    for key in ("check_mode", "no_log", "diff", "debug", "keep_remote_files"):
        for value in (True, False, "yes", "no", "maybe", 1, 0, 2, None, "", [], {}):
            yield case({"a": {}}, {"a": "1", f"_ansible_{key}": value})
            yield case({"a": {}}, {"a": "1", f"_ansible_{key}": value}, supports_check_mode=True)
    for name in ("mash.lago.lago_redis", "lago_redis", None, ""):
        yield case({}, {"zz": 1, "_ansible_module_name": name})
        yield case({}, {"_ansible_check_mode": True, "_ansible_module_name": name})
    yield case({"a": {}}, {"_ansible_verbosity": 4, "_ansible_tmpdir": "/tmp/x", "_ansible_remote_tmp": "/tmp", "_ansible_socket": None,
                           "_ansible_shell_executable": "/bin/sh", "_ansible_syslog_facility": "LOG_LOCAL3",
                           "_ansible_selinux_special_fs": ["nfs"]})
    yield case({"a": {"type": "int"}}, {"a": "x", "_ansible_check_mode": True})
    yield case({"a": {}}, {"_ansible_check_mode": True, "zz": 1})
    yield case({"check_mode": {"type": "bool"}}, {"check_mode": "yes"})


def results():
    for result in ({"changed": True}, {"failed": True, "msg": "x"}, {"rc": 5}, {"invocation": {"x": 1}}, {"results": [1]}, {"ansible_facts": {"a": 1}},
                   {"stdout": "a\nb"}, {"text": "ünï \ud83d\ude00 \x7f \x00 \u2028"}, {"big": 2 ** 70, "nan": float("nan"), "small": 1e-7},
                   {"nested": {"a": [[], {}, [{}]]}}, {"exception": "x"}, {"diff": {"before": "a", "after": "b"}}, {"path": "/etc/passwd"}, {"path": "/nothing/there"}, {"dest": "/etc"}, {"path": None},
                   {"path": "/proc/self/cwd", "dest": "/etc/passwd"}, {"path": "/dev/null", "size": 7}):
        yield case({"a": {}}, {"a": "1"}, result=result)
        yield case({"a": {"type": "int"}}, {"a": "1"}, result=result, supports_check_mode=True)


def whole():
    spec = {
        "name": {"required": True, "aliases": ["db"]}, "state": {"default": "present", "choices": ["present", "absent"]},
        "port": {"type": "int", "default": 5432}, "login_password": {"no_log": True}, "flags": {"type": "list", "elements": "str"},
        "extensions": {"type": "list", "elements": "dict", "options": {"name": {"required": True}, "version": {}, "force": {"type": "bool"}}},
    }
    for params in ({"name": "x"}, {"db": "x", "state": "latest"}, {"name": "x", "port": "5433.0"}, {"name": "x", "extensions": [{"version": 1.5}]},
                   {"name": "x", "extensions": [{"name": "a", "force": "ja"}]}, {"name": "x", "extensions": ["name=a version=2"]},
                   {"name": "x", "extensions": "name=a"}, {"name": "x", "extensions": [{"name": "a", "vresion": 1}]},
                   {"name": 5, "flags": "a,b", "login_password": "hunter2"}, {"name": ["hunter2"], "login_password": "hunter2", "port": "hunter2"}):
        yield case(spec, params, mutually_exclusive=[["flags", "extensions"]], required_if=[["state", "absent", ["port"]]], supports_check_mode=True)
        yield case(spec, params, add_file_common_args=True)


TOPICS = {function.__name__: function for function in (types, lists, choices, groups, order, aliases, deprecations, defaults, fallbacks, no_log,
                                                       internals, results, whole)}
