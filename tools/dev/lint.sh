# lint.sh - ./dev lint [NAME…]: the checks of tools/checks/, each silent when all is well.
# shellcheck shell=bash

# name, what it holds; tools/checks/NAME.sh prints findings as FILE:LINE: MESSAGE, exit 1.
CHECKS='layers   includes follow docs/LAYERS
headers  every header compiles alone
symbols  no name defined twice, none global without a header
banned   no banned function, no // comment
size     files up to 500 lines, functions up to 50
format   clang-format changes nothing
text     no path of a machine, no note left for later
copy     no sentence of a read document is copied
flows    docs/flows shows the steps as they are
coverage docs/coverage.md names tests that there are
steps    the state of a record is written by steps alone
shell    shellcheck finds nothing
tidy     clang-tidy finds nothing'

lint_prepare() {
    need_packages build test
    need_modules
    [ -f build/test/build.ninja ] || build_dir test "$TEST_OPTIONS" -t clean >/dev/null
}

run_lint() {
    local failed=0 name what
    lint_prepare
    # Generated headers must be there for the checks that compile.
    build_dir test "$TEST_OPTIONS" | tail -n 1
    while read -r name what; do
        if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
        if tools/checks/"$name".sh; then
            say "ok  $name: $what"
        else
            say "NOT $name: $what"
            failed=1
        fi
    done <<<"$CHECKS"
    return $failed
}
