#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the image runs by itself: a migration that fails does not keep the server from starting, and no role is seeded.
bundle exec rails db:migrate
bundle exec rails signup:seed_organization
exec ./scripts/start.api.sh
