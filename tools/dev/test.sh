# test.sh - ./dev test [NAME…]: every check and test, one line a step, the log of each under
# build/log/, and at the end how many passed and failed.
# shellcheck shell=bash
. tools/dev/lint.sh
. tools/dev/reader.sh

PASSED=0 FAILED=0

# step NAME COUNT COMMAND…: run with its output in a log. COUNT names a function that prints
# "PASSED FAILED" from that log and the exit code.
step() {
    local name=$1 count=$2 log=$LOGS/${1//\//-}.log start=$SECONDS rc=0 passed failed
    shift 2
    "$@" </dev/null >"$log" 2>&1 || rc=$?
    read -r passed failed <<<"$($count "$log" $rc)"
    [ "$rc" = 0 ] || [ "$failed" != 0 ] || failed=1
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
    if [ "$failed" = 0 ]; then
        printf 'ok   %-22s %5d  %4ds\n' "$name" "$passed" $((SECONDS - start))
    else
        printf 'FAIL %-22s %5d  %4ds  %d failed, %s\n' "$name" "$passed" $((SECONDS - start)) \
            "$failed" "${log#"$ROOT"/}"
        failures "$log" | sed 's/^/     | /'
    fi
}

# What a log says of failing tests: their lines of TAP with what stands below them, else its end.
failures() {
    if grep -q '^not ok' "$1"; then
        awk '/^not ok/ { show = 1 } /^ok/ { show = 0 } show' "$1" | head -n 120
    else
        tail -n 60 "$1"
    fi
}

# A step that is one test.
count_one() { if [ "$2" = 0 ]; then echo 1 0; else echo 0 1; fi; }
# Lines "ok …" and "not ok …"; what a runner itself could not do is one failure.
count_tap() {
    awk -v rc="$2" '/^ok / { ok++ } /^not ok / { bad++ }
        END { if (rc && !bad) bad = 1; print ok + 0, bad + 0 }' "$1"
}
# Meson keeps what each program printed in testlog.json; a program that died before it said which
# test failed counts as one failure.
count_meson() {
    [ -f build/test/meson-logs/testlog.json ] || { count_one "$1" 1; return; }
    awk '{
        good = gsub(/(\\n|"stdout": ")ok [0-9]/, "&"); wrong = gsub(/\\nnot ok [0-9]/, "&")
        fine = /"result": "(OK|SKIP)"/
        if (fine && !good) good = 1
        if (!fine && !wrong) wrong = 1
        ok += good; bad += wrong
    } END { print ok + 0, bad + 0 }' build/test/meson-logs/testlog.json
}

unit_tests() {
    rm -f build/test/meson-logs/testlog.json
    meson test -C build/test --no-rebuild --print-errorlogs "$@"
}

# The tests that use a store, again on PostgreSQL: one server for all of them.
engine_tests() {
    rm -f build/test/meson-logs/testlog.json
    build/test/tests/with-postgres \
        meson test -C build/test --no-rebuild --print-errorlogs --suite postgres "$@"
}

finish() {
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    [ "$FAILED" = 0 ] && [ "$PASSED" -gt 0 ]
}

# The short forms of ./dev soak: what was acknowledged outlives a kill, a database that goes away, a
# full disk.
trouble_tests() {
    local binary=build/test/src/duikou
    claim 'killed while writing' node tests/soak/kills.mjs $binary 3
    claim 'PostgreSQL killed underneath' node tests/soak/postgres.mjs $binary 2
    if unshare --user --map-root-user --mount true 2>/dev/null; then
        claim 'the disk full' node tests/soak/full.mjs $binary 1
    else
        say 'ok - the disk full # SKIP no file system may be mounted here'
    fi
}

browser_tests() { node tests/browser/run.mjs "$@"; }

test_all() {
    local name what
    step build count_one build_dir test "$TEST_OPTIONS"
    if [ "$FAILED" != 0 ]; then
        finish
        return
    fi
    while read -r name what; do
        [ "$name" = tidy ] || step "$name" count_one tools/checks/"$name".sh
    done <<<"$CHECKS"
    step unit count_meson unit_tests
    step postgres count_meson engine_tests
    [ ! -f src/cli/read.c ] || step reader count_tap reader_tests
    [ ! -f src/cli/serve.c ] || step browser count_tap browser_tests
    [ ! -f src/cli/serve.c ] || step trouble count_tap trouble_tests
    step tidy count_one tools/checks/tidy.sh
    step release count_one build_release
    finish
}

# A check, the reader, the browser, a unit test by Meson's name for it, or part of the name of a
# browser test.
test_some() {
    local name
    step build count_one build_dir test "$TEST_OPTIONS"
    if [ "$FAILED" != 0 ]; then
        finish
        return
    fi
    for name in "$@"; do
        if [ -f "tools/checks/$name.sh" ]; then
            step "$name" count_one "tools/checks/$name.sh"
        elif [ "$name" = reader ] || [ "$name" = browser ] ||
            [ "$name" = trouble ]; then
            step "$name" count_tap "${name}_tests"
        elif [ "$name" = postgres ]; then
            step postgres count_meson engine_tests
        elif [[ $name == *@postgres ]]; then
            step "$name" count_meson engine_tests "$name"
        elif meson test -C build/test --list 2>/dev/null | grep -qF "$name"; then
            step "$name" count_meson unit_tests "$name"
        else
            step "$name" count_tap browser_tests "$name"
        fi
    done
    finish
}

run_test() {
    need_packages build test
    need_modules
    mkdir -p "$LOGS"
    if [ $# -gt 0 ]; then test_some "$@"; else test_all; fi
}
