# bench.sh - ./dev bench [NAME…]: the figures of bench/, measured on the optimised program.
# shellcheck shell=bash

run_bench() {
    need_packages build bench
    build_release
    node bench/run.mjs "$@"
}
