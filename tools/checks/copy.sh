#!/usr/bin/env bash
# No sentence of the documents beside the project is copied into it; nothing to do without them.
. "$(dirname "$0")/lib.sh"
documents=$(find ../shared/documents -name '*.txt' 2>/dev/null) || true
[ -n "$documents" ] || exit 0
# shellcheck disable=SC2086 # a list of files
tracked '*' | grep -vE '\.(png|pdf|docx|xlsx|zip|gz|ico|woff2)$|package-lock\.json$' |
    LC_ALL=C xargs awk -f tools/checks/copy.awk documents=1 $documents documents=0
