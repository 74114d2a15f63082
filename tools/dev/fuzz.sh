# fuzz.sh - ./dev fuzz [NAME] [SECONDS]: libFuzzer over the drivers of fuzz/, with the sanitizers.
# What it finds is kept under build/fuzz/found/; put it into fuzz/corpus/NAME with its mending.
# shellcheck shell=bash

fuzz_one() {
    local name=$1 seconds=$2 log=$LOGS/fuzz-$1.log
    mkdir -p "build/fuzz/found/$name" "build/fuzz/corpus/$name"
    if "build/fuzz/fuzz/fuzz-$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -print_final_stats=1 -artifact_prefix="build/fuzz/found/$name/" \
        "build/fuzz/corpus/$name" "fuzz/corpus/$name" </dev/null >"$log" 2>&1; then
        printf 'ok   fuzz %-18s %9d inputs  %4d s\n' "$name" \
            "$(sed -n 's/.*number_of_executed_units: *//p' "$log")" "$seconds"
    else
        printf 'FAIL fuzz %-18s build/log/fuzz-%s.log\n' "$name" "$name"
        tail -n 60 "$log" | sed 's/^/     | /'
        return 1
    fi
}

run_fuzz() {
    local name only='' seconds=60 failed=0
    if [[ ${1:-} =~ ^[a-z] ]]; then
        only=$1
        shift
    fi
    [ $# -eq 0 ] || seconds=$1
    need_packages build test
    need_modules
    mkdir -p "$LOGS"
    CC=clang build_dir fuzz "$FUZZ_OPTIONS" fuzzers >"$LOGS/fuzz.log" 2>&1 || {
        tail -n 40 "$LOGS/fuzz.log"
        die "the fuzzers did not build; the whole log is build/log/fuzz.log"
    }
    [ -z "$only" ] || [ -x "build/fuzz/fuzz/fuzz-$only" ] ||
        die "there is no fuzzer $only; there are: $(cd fuzz/corpus && echo *)"
    for name in fuzz/corpus/*/; do
        name=$(basename "$name")
        [ -n "$only" ] && [ "$only" != "$name" ] || fuzz_one "$name" "$seconds" || failed=1
    done
    return $failed
}
