# bench.sh - ./dev bench [NAME…]: the figures of bench/, measured on the optimised program.
# shellcheck shell=bash

run_bench() {
    need_packages build bench test
    build_release
    ulimit -n 12500 2>/dev/null || die "idle needs 12,500 open files: raise the hard limit (ulimit -Hn)"
    node bench/run.mjs "$@"
}
