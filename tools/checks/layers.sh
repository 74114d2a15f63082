#!/usr/bin/env bash
# Includes follow docs/LAYERS.
. "$(dirname "$0")/lib.sh"
tracked 'src/*.c' 'src/*.h' | xargs awk -f tools/checks/layers.awk docs/LAYERS
