#!/usr/bin/env bash
# Files up to 500 lines, functions up to 50.
. "$(dirname "$0")/lib.sh"
tracked '*.c' '*.h' '*.sql' '*.mjs' '*.js' '*.css' '*.sh' '*.awk' '*.html' dev |
    LC_ALL=C xargs awk -f tools/checks/size.awk
