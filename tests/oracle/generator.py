# SPDX-License-Identifier: GPL-3.0-or-later
"""Random specifications and parameters for them: mostly fitting, often not."""
TYPES = ("str", "list", "dict", "bool", "int", "float", "path", "raw", "jsonarg", "json", "bytes", "bits")
NAMES = ("name", "state", "path", "size", "flag", "items", "login_password", "pass", "passwd", "token", "pass_phrase_file",
         "a", "b", "c")
ALIASES = ("db", "x", "y", "z", "old_name", "secret-pass")
COLLECTIONS = ("mash.lago", "ansible.builtin", "community.general")
SECRETS = ("hunter2!", "s3cr3t", "geheim", "ünï-göheim", 77070077, 8.0625, "p@ss:w/rd")

STRINGS = (
    "", " ", "a", "b", "present", "absent", "a,b", "a, b ,", ",", "1", "0", " 7 ", "1_000", "_1", "1__0", "1e2", "1.0e1",
    "3.0", "3.5", "-5", "+5", "--5", "0x10", "0o7", "007", "nan", "NaN", "-nan", "inf", "-Infinity", "infinit", ".5", "5.",
    "1e400", "1e-400", "yes", "No", " ON ", "off", "True", "False", "true", "t", "F", "y", "maybe", "None", "null",
    "~", "~/x", "~root/x", "~nobodyx/y", "~~", "$HOME/y", "${HOME}z", "$NOPE/x", "${NOPE}", "$", "$$HOME", "${", "${}", "${HOME",
    "$HOME$LAGO_ONE", "$LAGO_TWO", "$LAGO_ÜNI",
    "1K", "2MB", "1.5G", "10 Mb", "5kb", "1Kb", "2 kilobytes", "3 kilobits", "1b", "1B", "8 bit", "1bytes", "K", "1KK", "1 K ",
    " 1K", "1K\n", ".5M", "1.M", "9Y", "1Z", "4ZB", "12zetabyte", "1.2.3K", "-1K", "99999999999999999999", "0.5", "1.5", "2.5",
    "{}", '{"a": 1}', '{"a": 1, "a": 2}', '{"a": NaN}', "{'a': 1, 'b': [True, None, (1, 2)]}", "{bad", "{'a': -1.5e3, 'b': 'x\\ty'}",
    "{'a': os.system('x')}", "{'import os': 1}", "{'a': 'é\\u00e9'}", "{ }", "{'a' 'b': 1}", "{'a': r'\\n'}", "{'a': 0x1f}",
    "a=1", "a=1,b=2", "a=1, b='x y'", 'a="q,w" c=d', "a=b=c", "a=1,b", "=1", "a=", "k=v\\,w", "k='v", " a=1 ", "a=1,,b=2", "a=1\tb=2",
    "ünï", "日本", "\ud800", "\udc80x", "a\x00b", "tab\tnew\nline", "'", '"', "it's \"x\"", "\\", "\u00a0x\u2003", "\x7f", "\u200b",
    "\U0001f600", "\ue000", "x" * 200, "http://user:pw@host/x", "user:pw@host", "{{ x }}", "[1, 2]", '["a"]', "\x1f1\x85",
)
NUMBERS = (0, 1, -1, 2, 7, 255, 10 ** 18, 2 ** 63 - 1, 2 ** 63, 2 ** 64, -10 ** 30, 0.0, -0.0, 1.0, 1.5, 3.0, -2.0, 1e16, 1e15,
           1e-5, 0.0001, 1e22, 1e300, 123456789.123, 5e-324, float("nan"), float("inf"), float("-inf"))
CHOICES = (["present", "absent"], ["yes", "no"], ["true", "false", "maybe"], [1, 2, 3], ["1", "2", 7], [True, False], ["a", "b", "c"],
           ["on", "b"], [0, "x"], [1.0, 2.5], ["", "a"], ["no"], ["y", "n", 1], [None, "a"], [])


class Generator:
    def __init__(self, random):
        self.random = random

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def pick(self, values):
        return self.random.choice(values)

    def some(self, values, most):
        values = list(values)
        return self.random.sample(values, self.random.randint(0, min(most, len(values))))

    # values

    def scalar(self):
        return self.pick((self.pick(STRINGS), self.pick(STRINGS), self.pick(NUMBERS), True, False, None))

    def value(self, depth=0):
        if depth < 3 and self.chance(12):
            return [self.value(depth + 1) for _ in range(self.random.randint(0, 3))]
        if depth < 3 and self.chance(12):
            return {self.pick(("a", "b", "k", "ü", "it's", "")): self.value(depth + 1) for _ in range(self.random.randint(0, 3))}
        return self.scalar()

    def fitting(self, kind, depth=0):
        if self.chance(12):
            return self.value(depth)
        if kind == "bool":
            return self.pick((True, False, "yes", "no", "1", 0, 1, "off", "TRUE", 1.0))
        if kind == "int":
            return self.pick((0, 5, -3, "7", " 8 ", "1_0", 10 ** 20, "1e2", 3.0))
        if kind == "float":
            return self.pick((0.5, 2, "1.5", " 2e3 ", "inf", "1_0.5", True))
        if kind in ("bytes", "bits"):
            return self.pick(("1K", "2MB", "3 Mb", 4, 5.5, "6", "1.5G", "1byte", "2bits"))
        if kind == "list":
            return self.pick(([self.scalar() for _ in range(self.random.randint(0, 4))], "a,b", "1,2", ["x"], 5, [], ["present", "a"]))
        if kind == "dict":
            return self.pick(({"a": self.value(1)}, {}, "a=1 b=2", '{"a": [1]}', "{'a': None}"))
        if kind in ("json", "jsonarg"):
            return self.pick(({"a": [1, 2.5, "ü"]}, [1, None], ' {"a": 1} ', "x"))
        return self.pick((self.pick(STRINGS), self.pick(STRINGS), self.scalar()))

    # specifications

    def spec(self, depth=0):
        names = self.random.sample(NAMES, self.random.randint(1, 5 if depth == 0 else 3))
        aliases = list(ALIASES)
        self.random.shuffle(aliases)
        return {name: self.option(aliases, depth) for name in names}

    def option(self, aliases, depth):
        kind = self.pick(TYPES + ("str", "list", "dict", "dict", None))
        option = {} if kind is None else {"type": kind}
        nested = kind in ("dict", "list") and depth < 2 and self.chance(45)
        if kind == "list" and (nested or self.chance(50)):
            option["elements"] = "dict" if nested else self.pick(TYPES)
        elif kind is not None and self.chance(1):
            option["elements"] = self.pick(TYPES)
        if nested:
            self.nested(option, depth)
        if self.chance(20):
            option["required"] = True
        elif self.chance(30):
            option["default"] = self.fitting(kind, depth) if not nested else {}
        elif self.chance(1):
            option.update(required=True, default="x")
        if self.chance(15) and not nested:
            option["choices"] = self.pick(CHOICES)
        if self.chance(25):
            option["aliases"] = [aliases.pop() for _ in range(min(len(aliases), self.random.randint(1, 2)))]
            if option["aliases"] and self.chance(30):
                option["deprecated_aliases"] = [self.deprecated_alias(option["aliases"][0])]
        self.rarer(option, nested)
        return option

    def nested(self, option, depth):
        option["options"] = self.spec(depth + 1)
        option.update(self.constraints(option["options"]))
        if self.chance(25):
            option["apply_defaults"] = True

    def rarer(self, option, nested):
        if self.chance(15):
            # One secret inside another is scrubbed in the order of a set's hashes before 2.19: none of ours is.
            option["no_log"] = not nested and self.pick((True, True, False))
            if option["no_log"] and option.get("default") is not None:
                option["default"] = self.pick(SECRETS)
        if self.chance(8):
            option["removed_in_version"] = self.pick(("2.0.0", "9.9"))
        if self.chance(5):
            option["removed_at_date"] = "2031-05-01"
        if ("removed_in_version" in option or "removed_at_date" in option) and self.chance(70):
            option["removed_from_collection"] = self.pick(COLLECTIONS)
        if self.chance(8) and not option.get("no_log"):
            option["fallback"] = ["env_fallback", self.some(("LAGO_ONE", "LAGO_TWO", "LAGO_NONE"), 2)]

    def deprecated_alias(self, name):
        made = {"name": name, "collection_name": self.pick(COLLECTIONS)}
        made.update(self.pick(({"version": "3.0.0"}, {"date": "2030-01-01"})))
        return made

    def constraints(self, spec):
        names = list(spec) + ["ghost"]
        made = {}
        for key in ("mutually_exclusive", "required_together", "required_one_of"):
            if self.chance(15):
                made[key] = [group for group in (self.some(names, 3) for _ in range(2)) if group]
        if self.chance(15):
            made["required_if"] = [self.condition(spec, names) for _ in range(self.random.randint(1, 2))]
        if self.chance(12):
            made["required_by"] = {self.pick(names): self.pick((self.some(names, 2), self.pick(names)))}
        return made

    def condition(self, spec, names):
        name = self.pick(names)
        option = spec.get(name, {})
        value = self.pick(option.get("choices") or [self.fitting(option.get("type")), True, None, 1])
        rule = [name, value, self.some(names, 3)]
        return rule + [True] if self.chance(30) else rule

    # parameters

    def params(self, spec, depth=0):
        made = {}
        for name, option in spec.items():
            if self.chance(30):
                continue
            key = name
            if option.get("aliases") and self.chance(45):
                key = self.pick(option["aliases"])
                if self.chance(15):
                    made[name] = self.of(option, depth)
            made[key] = self.of(option, depth)
        if self.chance(6):
            made[self.pick(("other", "zz", "état"))] = self.value(1)
        items = list(made.items())
        self.random.shuffle(items)
        return dict(items)

    def of(self, option, depth):
        if self.chance(3):
            return None
        if option.get("no_log"):
            return self.secret(option.get("type")) if self.chance(90) else self.pick((True, False, None, "", [], {}))
        if "choices" in option and option["choices"] and self.chance(70):
            choice = self.pick(option["choices"])
            return self.pick((choice, [choice], str(choice))) if option.get("type") == "list" else self.pick((choice, choice, str(choice)))
        if "options" in option and self.chance(88):
            if option.get("type") == "dict":
                return self.params(option["options"], depth + 1)
            return [self.params(option["options"], depth + 1) for _ in range(self.random.randint(0, 3))]
        if option.get("type") == "list" and option.get("elements") and self.chance(70):
            return [self.fitting(option["elements"], depth) for _ in range(self.random.randint(0, 3))]
        return self.fitting(option.get("type"), depth)

    def secret(self, kind):
        if kind == "list":
            return [self.pick(SECRETS), {"deep": self.pick(SECRETS)}]
        if kind == "dict":
            return {"k": [self.pick(SECRETS), True, None]}
        if kind in ("int", "float"):
            return self.pick([one for one in SECRETS if not isinstance(one, str)])
        return self.pick(SECRETS)

    def result(self):
        made = {}
        if self.chance(40):
            made["changed"] = self.chance(50)
        if self.chance(30):
            made["text"] = self.pick(("before {} after", "{}", "{}{}", "nothing")).replace("{}", str(self.pick(SECRETS)))
        if self.chance(25):
            made["deep"] = [{"k": [str(self.pick(SECRETS)), 77070077, 8.0625, 177070077, True, None, self.scalar()]}]
        if self.chance(10):
            made["warnings"] = self.pick((["one", "one", "two"], "alone"))
        if self.chance(8):
            made["deprecations"] = [self.pick(({"msg": "old", "version": "3.0", "collection_name": "mash.lago"},
                                               {"msg": "old", "date": "2031-01-01", "collection_name": "mash.lago"}, ["pair", "2.0"]))]
        return made

    def case(self, minor):
        spec = self.spec()
        kwargs = self.constraints(spec)
        if self.chance(60):
            kwargs["supports_check_mode"] = True
        if self.chance(10):
            kwargs["add_file_common_args"] = True
        params = self.params(spec)
        params.update(self.internals(minor))
        env = {name: self.pick(("from env", "5", "yes", "a,b", "s3cr3t")) for name in self.some(("LAGO_ONE", "LAGO_TWO"), 2)}
        if self.chance(5):
            env["ANSIBLE_UNSAFE_WRITES"] = self.pick(("1", "yes", "x"))
        return {"spec": spec, "kwargs": kwargs, "params": params, "result": self.result(), "env": env}

    def internals(self, minor):
        made = {}
        if self.chance(20):
            made["_ansible_check_mode"] = self.pick((True, False, "yes", "maybe", 1, None))
        if self.chance(15):
            made["_ansible_no_log"] = self.chance(50)
        if self.chance(50):
            made["_ansible_module_name"] = "mash.lago.lago_redis"
        if self.chance(20):
            made.update({"_ansible_diff": True, "_ansible_verbosity": 3, "_ansible_tmpdir": "/tmp/x", "_ansible_remote_tmp": "~/.ansible/tmp"})
        if minor >= 17 and self.chance(10):
            made["_ansible_ignore_unknown_opts"] = True
        if minor >= 21 and self.chance(70):
            made["_ansible_inject_invocation"] = True
        return made
