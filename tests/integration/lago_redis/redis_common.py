# SPDX-License-Identifier: GPL-3.0-or-later
"""The password that is planted, and must never be seen again."""
SECRET = "planted 5ecret/+%"
