#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns module_utils/lago/releases.json into the table that is compiled in.

releases.py JSON OUTPUT
"""
import json
import pathlib
import re
import sys


def rows(releases):
    for name, migration in releases.items():
        if not re.fullmatch(r"v\d+\.\d+\.\d+", name) or not re.fullmatch(r"\d{14}", migration):
            sys.exit(f"releases.json: {name}: {migration} is not a release and its newest migration")
        yield tuple(int(number) for number in name[1:].split(".")), migration


def main():
    source, target = map(pathlib.Path, sys.argv[1:])
    table = sorted(rows(json.loads(source.read_text(encoding="utf-8"))["releases"]))
    lines = [f'    ReleaseSchema{{.release = {{{", ".join(map(str, release))}}}, .migration = "{migration}"}},'
             for release, migration in table]
    target.write_text("\n".join([
        "// SPDX-License-Identifier: GPL-3.0-or-later", '#include "lago/release.hpp"', "", "#include <array>", "",
        "namespace lago::facts {", "", "std::span<const ReleaseSchema> known_releases() {",
        f"    static constexpr std::array<ReleaseSchema, {len(table)}> table = {{{{", *lines, "    }};", "    return table;", "}", "",
        "}  // namespace lago::facts", ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
