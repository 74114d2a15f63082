#!/usr/bin/env bash
# Every test that docs/coverage.md names is there.
. "$(dirname "$0")/lib.sh"
failed=0
# The last column of the table, and what stands below it.
# shellcheck disable=SC2016 # the backquotes are those of the document
names=$(awk -F'|' '/^\| / { print $(NF - 1) } /^Beside/ { below = 1 } below' docs/coverage.md |
    grep -oE '`[A-Za-z0-9]+_[A-Za-z0-9_]+`' | tr -d '`' | sort -u)
[ -n "$names" ] || { echo "docs/coverage.md:1: names no test" && exit 1; }
for name in $names; do
    grep -rqE --include='*_test.c' "cmocka_unit_test[a-z_]*\($name\b" src tests || {
        echo "docs/coverage.md:$(grep -n "$name" docs/coverage.md | head -1 | cut -d: -f1):" \
            "no test is called $name"
        failed=1
    }
done
exit $failed
