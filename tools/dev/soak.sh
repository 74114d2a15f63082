# soak.sh - ./dev soak: what takes long. Fuzzers of 60 seconds each, a minute of 64 clients on the
# optimised program and half a minute on the one with sanitizers, twenty kills while it writes.
# shellcheck shell=bash
. tools/dev/fuzz.sh

soak_step() {
    local name=$1 log=$LOGS/soak-$1.log start=$SECONDS
    shift
    if "$@" </dev/null >"$log" 2>&1; then
        printf 'ok   %-6s %4d s  %s\n' "$name" $((SECONDS - start)) "$(tail -n 1 "$log")"
    else
        printf 'FAIL %-6s %4d s  %s\n' "$name" $((SECONDS - start)) "${log#"$ROOT"/}"
        tail -n 40 "$log" | sed 's/^/     | /'
        return 1
    fi
}

run_soak() {
    local failed=0
    need_packages build test bench
    build_release
    build_dir test "$TEST_OPTIONS" </dev/null >"$LOGS/build.log" 2>&1 ||
        die "the tests did not build; the whole log is build/log/build.log"
    soak_step load node tests/soak/load.mjs build/duikou 60 64 || failed=1
    soak_step asan node tests/soak/load.mjs build/test/src/duikou 30 || failed=1
    soak_step kills node tests/soak/kills.mjs build/duikou 20 || failed=1
    run_fuzz 60 || failed=1
    return $failed
}
