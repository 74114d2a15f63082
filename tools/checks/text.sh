#!/usr/bin/env bash
# No path of somebody's machine and no note left for later in a file of the project.
. "$(dirname "$0")/lib.sh"
paths='(^|[^A-Za-z0-9_.])/(wor[k]|far[m]|roo[t]|hom[e]/[a-z]+|tmp/bash_job[s])/'
notes='(^|[^A-Za-z])(TOD[O]|FIXM[E]|XX[X]|NEEDSWOR[K])([^A-Za-z]|$)'
! tracked '*' | grep -v 'package-lock\.json$' | xargs grep -nIE "$paths|$notes"
