#!/usr/bin/env bash
# Every header compiles alone, with the include folders that the build uses.
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2086 # a list of options
compile() {
    printf '#include "%s"\n' "${1#src/}" |
        gcc -std=gnu17 -D_GNU_SOURCE -Wall -Werror -fsyntax-only $INCLUDES -x c - 2>&1 ||
        { printf '%s:1: does not compile alone\n' "$1" && return 1; }
}
export -f compile
INCLUDES="-Isrc $(grep -oE -- '-(I|isystem ?)[^ "\\]+' build/test/compile_commands.json | sort -u |
    sed -E "s#^(-I|-isystem ?)([^/])#\1$ROOT/build/test/\2#" | tr '\n' ' ')"
export INCLUDES
tracked 'src/*.h' | xargs -P 2 -I{} bash -c 'compile {}'
