# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of ansible-core that the action plugins are tested with: files of tests/requirements, oldest first."""
CORES = ("core-2.15", "core-2.18", "core-2.19", "core-2.21")
