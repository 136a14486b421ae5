# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the stages of scripts/test share, on top of common.sh.

. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$LAGO_ROOT"

NATIVE=$(uname -m)
export NATIVE

# stage_result PASSED FAILED SKIPPED [REASON]: adds to what scripts/test sums up. A skip has a reason.
stage_result() { printf '%d\t%d\t%d\t%s\n' "$1" "$2" "$3" "${4:-}" >>"${LAGO_RESULTS:-/dev/stderr}"; }

# check NAME COMMAND...: one counted check; its output is shown when it fails.
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1 </dev/null); then
        printf 'ok      %s\n' "$name"
        stage_result 1 0 0
    else
        printf 'FAILED  %s\n%s\n' "$name" "$output"
        stage_result 0 1 0
    fi
}

skip() {
    printf 'skipped %s\n' "$1"
    stage_result 0 0 1 "$1"
}

# build_preset PRESET [TARGET...]: configures and builds; quiet unless it fails.
build_preset() {
    local preset=$1 log=$LAGO_ROOT/build/$1.log started=$SECONDS
    shift
    mkdir -p "$LAGO_ROOT/build"
    run_logged "$log" cmake --preset "$preset"
    run_logged "$log" cmake --build --preset "$preset" -j "$LAGO_JOBS" ${1:+--target "$@"}
    printf 'built %s in %d s\n' "$preset" $((SECONDS - started))
}

# unit_tests PRESET: runs CTest there and counts Catch2's test cases.
unit_tests() {
    local build=$LAGO_ROOT/build/$1 status=0 log=$LAGO_ROOT/build/$1-ctest.log
    ctest --test-dir "$build" --output-on-failure -j "$LAGO_JOBS" >"$log" 2>&1 || status=$?
    [ "$status" = 0 ] || cat "$log"
    local counts
    counts=$("$(system_python)" "$LAGO_ROOT/scripts/lib/counts.py" catch2 "$build/Testing/Temporary/LastTest.log")
    add_counts "$counts"
    [ "$status" = 0 ] || return 1
}

# add_counts "PASSED FAILED SKIPPED<newline>REASON...": what counts.py printed.
add_counts() {
    local first p f s
    first=${1%%$'\n'*}
    read -r p f s <<<"$first"
    stage_result "$p" "$f" "$s"
    printf '%d passed, %d failed, %d skipped\n' "$p" "$f" "$s"
    if [ "$1" != "$first" ]; then
        while read -r reason; do stage_result 0 0 0 "$reason"; done <<<"${1#*$'\n'}"
    fi
}

# pytest_stage FOLDER [VENV] [OPTION...]: runs a folder's tests in a virtual environment (default: newest) and counts.
pytest_stage() {
    local folder=$1 venv status=0 report
    shift
    if [ ! -d "$folder" ]; then skip "$folder is not there"; return; fi
    venv=$("$LAGO_ROOT/scripts/setup/venv.sh" "${1:-newest}")
    shift || true
    report=$(mktemp)
    export LAGO_BINARY=${LAGO_BINARY:-$LAGO_ROOT/build/release-$NATIVE/lago}
    PATH=$venv/bin:$PATH "$venv/bin/python" -B -m pytest -q -rs -p no:cacheprovider --junitxml "$report" "$folder" "$@" || status=$?
    if [ -s "$report" ]; then
        add_counts "$("$(system_python)" "$LAGO_ROOT/scripts/lib/counts.py" junit "$report")"
    fi
    rm -f "$report"
    case $status in
        0 | 5) ;;  # 5: no test collected
        *) return 1 ;;
    esac
}
