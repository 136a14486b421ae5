#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
exec python3 -B -m standin.server
