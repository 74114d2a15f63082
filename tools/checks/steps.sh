#!/usr/bin/env bash
# The state of a record is written by engine/flow alone: nobody else includes engine/record/step.h.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
found=$(grep -rln --include='*.[ch]' '"engine/record/step\.h"' src tests fuzz tools |
    grep -v -e '^src/engine/flow/' -e '^src/engine/record/' -e '_test\.c$' || true)
[ -z "$found" ] || {
    for file in $found; do
        echo "$file:1: engine/record/step.h is for engine/flow; take a step instead"
    done
    exit 1
}
