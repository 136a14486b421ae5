# SPDX-License-Identifier: GPL-3.0-or-later
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "cmake" / "spec"))
