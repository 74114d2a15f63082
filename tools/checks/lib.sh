# lib.sh - sourced by each check: the root of the project as folder, and its lists of files.
# shellcheck shell=bash
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT"
. tools/dev/common.sh
