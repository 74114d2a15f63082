#!/usr/bin/env bash
# Functions that have no place where they stand, and // comments.
. "$(dirname "$0")/lib.sh"
c_files | LC_ALL=C xargs awk -f tools/checks/source.awk -f tools/checks/banned.awk \
    tools/checks/banned.txt tools/checks/allowed.txt
