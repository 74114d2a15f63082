#!/usr/bin/env bash
# clang-format has nothing to change; `./dev fmt` does it.
. "$(dirname "$0")/lib.sh"
c_files | xargs clang-format --dry-run -Werror 2>&1
