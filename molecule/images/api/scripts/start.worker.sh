#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Also start.NAME.worker.sh, by its name.
queue=$(basename "$0" .sh | sed -n 's/^start\.\(.*\)\.worker$/\1/p')
exec python3 -B -m standin.worker worker "${queue:-default}"
