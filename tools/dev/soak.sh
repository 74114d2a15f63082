# soak.sh - ./dev soak [NAME…]: what takes long, or the parts named. A minute of 64 clients on the
# optimised program and half a minute on the one with sanitizers, 200 moments of each trouble that
# acknowledged writes must outlive, ThreadSanitizer over the tests that use threads and over a minute
# of load, fuzzers of 60 seconds each.
# shellcheck shell=bash
. tools/dev/fuzz.sh

MOMENTS=200

# name, what is run; in this order.
SOAKS='load   node tests/soak/load.mjs build/duikou 60 64
asan   node tests/soak/load.mjs build/test/src/duikou 30
power  env DUIKOU_MOMENTS='$MOMENTS' build/test/src/test-store_power
steps  env DUIKOU_SOURCE='$ROOT' DUIKOU_MOMENTS='$MOMENTS' build/test/tests/test-program-power
kills  node tests/soak/kills.mjs build/duikou '$MOMENTS'
away   node tests/soak/postgres.mjs build/duikou '$MOMENTS'
full   node tests/soak/full.mjs build/duikou 20
scan   node tests/soak/scan.mjs build/duikou 3
tsan   find_races 60'

THREADED='http_http http_bodies http_limits http_tls store_company store_commit store_store
store_postgres app_routes engine_outbox'

# find_races SECONDS: what ThreadSanitizer finds ends a program with 66.
find_races() {
    local test targets=(src/duikou)
    for test in $THREADED; do targets+=("src/test-$test"); done
    build_dir tsan "$RACE_OPTIONS" "${targets[@]}" || return
    export TSAN_OPTIONS="exitcode=66 suppressions=$ROOT/tests/soak/tsan.supp"
    export DUIKOU_SOURCE=$ROOT DUIKOU_BINARY=$ROOT/build/tsan/src/duikou
    for test in $THREADED; do
        "build/tsan/src/test-$test" || return
    done
    node tests/soak/races.mjs build/tsan/src/duikou "$1"
}

soak_step() {
    local name=$1 log=$LOGS/soak-$1.log start=$SECONDS said
    shift
    if "$@" </dev/null >"$log" 2>&1; then
        said=$(grep -E 'none lost|nothing found' "$log" || tail -n 1 "$log")
        printf 'ok   %-6s %4d s  %s\n' "$name" $((SECONDS - start)) "$said"
    else
        printf 'FAIL %-6s %4d s  %s\n' "$name" $((SECONDS - start)) "${log#"$ROOT"/}"
        tail -n 40 "$log" | sed 's/^/     | /'
        return 1
    fi
}

wanted() { [ -z "$ONLY" ] || [[ " $ONLY " == *" $1 "* ]]; }

run_soak() {
    local failed=0 name what
    ONLY=$*
    need_packages build test bench soak
    build_release
    build_dir test "$TEST_OPTIONS" </dev/null >"$LOGS/build.log" 2>&1 ||
        die "the tests did not build; the whole log is build/log/build.log"
    while read -r name what; do
        # shellcheck disable=SC2086 # a command
        ! wanted "$name" || soak_step "$name" $what || failed=1
    done <<<"$SOAKS"
    ! wanted fuzz || run_fuzz 60 || failed=1
    return $failed
}
