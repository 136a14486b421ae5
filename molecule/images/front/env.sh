#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The image's entry point: writes the page's configuration into its own folder, values as they are, and serves.
set -e
rm -f ./env-config.js
touch ./env-config.js
for name in API_URL APP_ENV LAGO_DOMAIN LAGO_OAUTH_PROXY_URL LAGO_DISABLE_SIGNUP NANGO_PUBLIC_KEY SENTRY_DSN \
    LAGO_DISABLE_PDF_GENERATION; do
    eval "value=\${$name:-}"
    # shellcheck disable=SC2154
    printf 'window.%s = "%s"\n' "$name" "$value" >>./env-config.js
done
exec "$@"
