#!/bin/sh
# modules.sh - fetch the npm modules of web/ where package-lock.json asks for others than are there.
# Needs no network when they are.
set -eu
cd "$(dirname "$0")"
stamp=node_modules/.lock.sha256
sum=$(sha256sum <package-lock.json)
[ "$(cat $stamp 2>/dev/null)" = "$sum" ] && exit 0
npm ci --no-audit --no-fund --ignore-scripts </dev/null >&2
printf '%s\n' "$sum" >$stamp
