#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a deployment relies on of the Postgres image: its variables, trust on the machine itself and SCRAM from elsewhere,
# scripts for an empty data folder, any user.
set -eo pipefail

# from_file NAME [DEFAULT]: NAME, or the content of the file that NAME_FILE names.
from_file() {
    local file=$1_FILE
    if [ -n "${!file:-}" ]; then printf -v "$1" %s "$(<"${!file}")"; else printf -v "$1" %s "${!1:-${2:-}}"; fi
}

name_the_user() {
    local passwd
    getent passwd "$(id -u)" >/dev/null && return
    passwd=$(mktemp)
    printf 'postgres:x:%s:%s::%s:/bin/false\n' "$(id -u)" "$(id -g)" "$PGDATA" >"$passwd"
    NSS_WRAPPER_GROUP=$(mktemp) NSS_WRAPPER_PASSWD=$passwd LD_PRELOAD=$(echo /usr/lib/*/libnss_wrapper.so)
    printf 'postgres:x:%s:\n' "$(id -g)" >"$NSS_WRAPPER_GROUP"
    export NSS_WRAPPER_GROUP NSS_WRAPPER_PASSWD LD_PRELOAD
}

first_start() {
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER postgres
    from_file POSTGRES_DB "$POSTGRES_USER"
    [ -n "$POSTGRES_PASSWORD" ] || { echo "Error: Database is uninitialized and superuser password is not specified." >&2; exit 1; }
    # shellcheck disable=SC2086
    initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") -D "$PGDATA" $POSTGRES_INITDB_ARGS </dev/null
    printf '\nhost all all all scram-sha-256\n' >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start
    [ "$POSTGRES_DB" = postgres ] ||
        psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
    for script in /docker-entrypoint-initdb.d/*; do
        case $script in
            *.sh) bash "$script" ;;
            *.sql) psql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script" ;;
        esac
    done
    pg_ctl -D "$PGDATA" -m fast -w stop
}

[[ ${1:-} != -* ]] || set -- postgres "$@"
if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        mkdir -p "$PGDATA"
        chown -R postgres "$PGDATA" /var/run/postgresql
        exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
    fi
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA" 2>/dev/null || true
    name_the_user
    [ -s "$PGDATA/PG_VERSION" ] || first_start
    shift
    set -- postgres -c listen_addresses='*' "$@"
fi
exec "$@"
