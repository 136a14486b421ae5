# SPDX-License-Identifier: GPL-3.0-or-later
"""A program that behaves towards a deployment as Lago's API image does, by release: see the README two folders up."""
