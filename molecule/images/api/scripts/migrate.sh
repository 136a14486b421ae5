#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
set -e
bundle exec rake db:create
bundle exec rails db:migrate
case $STANDIN_VERSION in v1.41.[1-9]* | v1.4[2-9].* | v1.5*) bundle exec rails roles:seed_predefined ;; esac
if [ "$LAGO_CREATE_ORG" = true ]; then bundle exec rails signup:seed_organization; fi
