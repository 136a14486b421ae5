#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The house's rules that no other tool checks: prints each place that breaks one.

rules.py             checks every file that git knows or would add
rules.py --selftest  checks that each rule finds what it is for
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
CPP = (".cpp", ".hpp")
SOURCES = (*CPP, ".py", ".sh", ".cmake", ".yml", ".yaml", ".toml", ".j2")
# Text that belongs to a fuzz corpus or to a test's data has no head of ours.
DATA = re.compile(r"^(tests/.*/(corpus|data|cases|certificates)/|LICENSE|changelogs/changelog\.yaml$)")

WRITING_CALLS = ("rename renameat renameat2 unlink unlinkat rmdir mkdir mkdirat mkdtemp mkstemp mkostemp fsync fdatasync chown fchown "
                 "lchown fchownat chmod fchmod fchmodat link linkat symlink symlinkat truncate ftruncate creat utimensat "
                 "futimens setxattr fsetxattr lsetxattr mknod copy_file_range fallocate posix_fallocate").split()
# Called as a function of the C library: `::name(`, or `name(` that is no member, no other namespace's and no declaration.
WRITING = re.compile(r"(?<![\w.>:])(?:::)?(?:%s)\s*\(" % "|".join(WRITING_CALLS))
WRITING_STREAM = re.compile(r"std::(?:ofstream|fstream|filesystem::(?:rename|remove|remove_all|create_director\w+|copy\w*|permissions|resize_file))\b|\bO_(?:WRONLY|RDWR|CREAT|TRUNC|APPEND)\b|\bfopen\s*\(")
HEADERS_IN_CPP_ONLY = {"nlohmann/json.hpp": 6, "httplib.h": 2, "yaml-cpp/yaml.h": 3, "libpq-fe.h": None, "hiredis": None}
FORBIDDEN_INCLUDES = ("iostream", "regex", "format", "print", "future")
SHELL_CALLS = re.compile(r"(?<![\w.>:])(?:::|std::)?(?:system|popen)\s*\(")
NAMESPACE = re.compile(r"^(?:inline )?namespace (\w[\w:]*)?[^;\n]*\{", re.M)
THREADS = re.compile(r"std::(?:thread|jthread|async)\b")
# A host of a package registry or its mirror, or a path of one machine.
REGISTRY = re.compile("|".join((r"pypi\.(?:org|python)", r"files\.pythonhosted", r"crates\.io(?!\])", r"deb\.debian\.org", r"archive\.ubuntu",
                                r"registry\.npmjs", r"proxy\.golang", r"repo1?\.maven")))
MACHINE_PATH = re.compile(r"(?<![\w.}$])/(?:work|root|home/\w+)/")


def without_comments(text):
    """C++ with the content of comments and string literals blanked, so that lines keep their numbers."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r'//[^\n]*|/\*.*?\*/|R"(\w*~*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text, flags=re.S)


def lines_of(pattern, text):
    for match in pattern.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(0).strip()


def check_cpp(path, text):
    code = without_comments(text)
    top = path.split("/")[0]
    in_system = path.startswith("module_utils/system/")
    shipped = top in ("module_utils", "modules")
    if shipped and not in_system:
        for pattern in (WRITING, WRITING_STREAM):
            for line, what in lines_of(pattern, code):
                if '"/dev/null"' in text.splitlines()[line - 1]:
                    continue
                yield line, f"{what.rstrip('( ')}: what writes to the file system lives in module_utils/system"
    if top == "modules":
        for line, _ in lines_of(re.compile(r"(?:\.|->)expose\s*\("), code):
            yield line, "expose() is for module_utils only"
        for line, what in lines_of(re.compile(r"#include [<\"](?:nlohmann/|httplib|libpq|hiredis/|openssl/|yaml-cpp/)[^>\"]*"), text):
            yield line, f"{what}: a module reaches a foreign library through module_utils"
    if shipped:
        for line, what in lines_of(SHELL_CALLS, code):
            yield line, f"{what.rstrip('( ')}: no shell; run a program through module_utils/system"
        for line, what in lines_of(re.compile(r"#include <(?:%s)>" % "|".join(FORBIDDEN_INCLUDES)), text):
            yield line, f"{what}: not used here (see cmake/language_floor.cpp and CONTRIBUTING)"
        for line, what in lines_of(re.compile(r"^#\s*define\b.*", re.M), code):
            yield line, "a macro; use a function, a constant or a template"
        first = NAMESPACE.search(code)
        if first and not re.match(r"lago\b", first.group(1) or ""):
            yield code.count("\n", 0, first.start()) + 1, f"{first.group(0)}: all code is below namespace lago"
        for line, what in lines_of(THREADS, code):
            yield line, f"{what}: no threads"
        for line, what in lines_of(re.compile(r"^using namespace\b", re.M), code):
            yield line, "using namespace at file level"
    if path.endswith(".hpp"):
        if shipped and "#pragma once" not in text:
            yield 1, "a header without #pragma once"
        for line, what in lines_of(re.compile(r"#include [<\"](?:nlohmann/json\.hpp|httplib\.h|yaml-cpp/yaml\.h)[>\"]"), text):
            yield line, f"{what}: slow to compile, for .cpp files only"


def check_any(path, text):
    head = "\n".join(text.splitlines()[:3])
    if path.endswith(SOURCES) or pathlib.PurePath(path).name in ("CMakeLists.txt", ".clang-format", ".clang-tidy", ".yamllint"):
        if SPDX not in head and not DATA.match(path):
            yield 1, f"no \"{SPDX}\" in the first lines"
    elif head.startswith("#!") and SPDX not in head:
        yield 1, f"no \"{SPDX}\" in the first lines"
    if path != "scripts/lint/rules.py" and path != "LICENSE":
        for line, what in lines_of(REGISTRY, text):
            yield line, f"{what}: names a package registry; its client knows where it is"
        for line, what in lines_of(MACHINE_PATH, text):
            yield line, f"{what}: a path of one machine"


def check(path, text):
    yield from check_any(path, text)
    if path.endswith(CPP):
        yield from check_cpp(path, text)


SAMPLES = (
    ("modules/x/apply.cpp", "::rename(a, b);", "module_utils/system"),
    ("module_utils/text/a.cpp", "std::ofstream out(p);", "module_utils/system"),
    ("module_utils/text/a.cpp", "open(p, O_WRONLY)", "module_utils/system"),
    ("modules/x/x.cpp", "auto t = password.expose();", "expose()"),
    ("modules/x/x.cpp", "#include <openssl/evp.h>", "foreign library"),
    ("modules/x/x.cpp", "std::system(\"ls\");", "no shell"),
    ("module_utils/x/x.cpp", "#include <iostream>", "not used here"),
    ("module_utils/x/x.cpp", "#define A 1", "macro"),
    ("module_utils/x/x.cpp", "namespace other {", "below namespace lago"),
    ("module_utils/x/x.hpp", "#include <nlohmann/json.hpp>", "slow to compile"),
    ("scripts/x.sh", "echo", "SPDX"),
    ("docs/x.md", "https://pypi." + "org/x", "registry"),
    ("docs/x.md", "see /wo" + "rk/x", "one machine"),
)
CLEAN = (
    ("modules/x/x.cpp", f"// {SPDX}\n// rename(a, b) is not called here\nsystem::rename(a, b); plan.unlink(x); \"mkdir(\";\n"),
    ("module_utils/system/x.cpp", f"// {SPDX}\n::rename(a, b);\nnamespace lago {{\nnamespace {{\n}}\n}}\n"),
)


def selftest():
    for path, text, expected in SAMPLES:
        found = [message for _, message in check(path, text)]
        if not any(expected in message for message in found):
            sys.exit(f"rules.py: {text!r} in {path} is not found; found: {found}")
    for path, text in CLEAN:
        found = list(check(path, text))
        if found:
            sys.exit(f"rules.py: clean text is refused in {path}: {found}")


def main():
    selftest()
    if "--selftest" in sys.argv:
        return 0
    names = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split("\0")
    count = 0
    includers = {}
    for name in filter(None, sorted(set(names))):
        path = ROOT / name
        if not path.is_file() or path.is_symlink():
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            if not DATA.match(name):
                count += 1
                print(f"{name}: not UTF-8 text: binaries are not committed")
            continue
        for line, message in check(name, text):
            count += 1
            print(f"{name}:{line}: {message}")
        if name.endswith(CPP) and name.startswith(("module_utils/", "modules/")):
            for header, limit in HEADERS_IN_CPP_ONLY.items():
                if limit and re.search(rf'#include [<"]{re.escape(header)}[>"]', text):
                    includers.setdefault(header, []).append(name)
    for header, files in includers.items():
        if len(files) > HEADERS_IN_CPP_ONLY[header]:
            count += 1
            print(f"{header} is included by {len(files)} files, more than {HEADERS_IN_CPP_ONLY[header]}: {', '.join(files)}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
