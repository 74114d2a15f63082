#!/usr/bin/env bash
# The scripts pass shellcheck: it finds nothing in the scripts.
. "$(dirname "$0")/lib.sh"
tracked dev .ci/run '*.sh' | xargs shellcheck --shell=bash --exclude=SC1090,SC1091,SC2034
