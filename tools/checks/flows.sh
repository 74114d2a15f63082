#!/usr/bin/env bash
# The diagrams of docs/flows/ are those that the tables make.
. "$(dirname "$0")/lib.sh"
program=build/test/src/duikou
kinds=$($program flow | awk -F'\t' '$1 != "" { print $1 }')
failed=0
for kind in $kinds; do
    for form in mermaid svg; do
        file=docs/flows/$kind.$([ $form = svg ] && echo svg || echo mmd)
        $program flow --$form "$kind" | cmp -s - "$file" || {
            echo "$file:1: is not what the table says; write it anew: duikou flow --$form $kind > $file"
            failed=1
        }
    done
done
for file in docs/flows/*; do
    name=$(basename "${file%.*}")
    [ "$name" = README ] || grep -qx "$name" <<<"$kinds" || {
        echo "$file:1: no kind of this name has steps"
        failed=1
    }
done
exit $failed
