#!/usr/bin/env bash
# The state of a record is written by engine/flow alone: nobody else includes engine/record/step.h.
. "$(dirname "$0")/lib.sh"
failed=0
while read -r file; do
    case $file in src/engine/flow/* | src/engine/record/* | *_test.c) continue ;; esac
    echo "$file:1: engine/record/step.h is for engine/flow; take a step instead"
    failed=1
done < <(tracked 'src/*.[ch]' 'tests/*.[ch]' 'fuzz/*.[ch]' | xargs grep -l '"engine/record/step\.h"')
exit $failed
