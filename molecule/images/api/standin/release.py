# SPDX-License-Identifier: GPL-3.0-or-later
"""Which release of Lago this image stands in for."""
import json
import os
import pathlib

VERSION = os.environ["STANDIN_VERSION"]
RELEASES = json.loads(pathlib.Path(__file__).with_name("releases.json").read_text(encoding="utf-8"))["releases"]


def numbers(version):
    return tuple(int(part) for part in version.lstrip("v").split("."))


def since(*release):
    """Whether this image is that release or a later one."""
    return numbers(VERSION) >= release
