#!/usr/bin/env bash
# What the program defines no other source defines; every function not static is in a header.
. "$(dirname "$0")/lib.sh"
LIST=$(mktemp)
trap 'rm -f "$LIST"' EXIT
objects() {
    grep -oE '"output": "(src|tests)/[^"]+\.o"' build/test/compile_commands.json |
        sed -E 's#.*"((src|tests)/[^"]+)"#build/test/\1#' | sort -u >"$LIST"
    grep libduikou_core "$LIST" && grep -v libduikou_core "$LIST"
}
declared() {
    { tracked 'src/*.h' 'tests/*.h' && find build/test/src -name '*.h'; } |
        xargs grep -ohE '\b[a-z][a-z0-9_]*\(' | tr -d '(' | sort -u
}
objects | xargs nm -A --defined-only | awk -f tools/checks/symbols.awk <(declared) -
