# common.sh - what the commands of ./dev share. Sourced from the root of the project.
# shellcheck shell=bash

LOGS=$ROOT/build/log
export LC_ALL=C.UTF-8

say() { printf '%s\n' "$*"; }
die() {
    printf './dev: %s\n' "$*" >&2
    exit 1
}

# tracked PATTERN…: files of the project that match, new ones included; without git, all files.
tracked() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
            [ ! -f "$file" ] || printf '%s\n' "$file"
        done
    else
        local file pattern
        find . \( -name .git -o -path ./build -o -path ./var -o -name node_modules \) -prune \
            -o -type f -print | while read -r file; do
            for pattern in "$@"; do
                # shellcheck disable=SC2053 # a pattern is meant
                if [[ ${file#./} == $pattern ]]; then
                    printf '%s\n' "${file#./}"
                    break
                fi
            done
        done
    fi
}
c_files() { tracked '*.c' '*.h'; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# need_packages GROUP…: install what tools/packages.txt names for these groups and is missing.
# Asks the network for nothing when all is there.
need_packages() {
    local wanted missing
    wanted=$(awk -v groups=" $* " '
        /^[a-z0-9]/ { if (index(groups, " " ($2 == "" ? "build" : $2) " ")) print $1 }
    ' tools/packages.txt)
    ! command -v npm >/dev/null || wanted=$(printf '%s\n' "$wanted" | grep -vxE 'nodejs|npm')
    missing=$(printf '%s\n' "$wanted" | while read -r package; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -q '^installed' ||
            printf '%s ' "$package"
    done)
    [ -n "$missing" ] || return 0
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        die "as root, run: apt-get install $missing"
    mkdir -p "$LOGS"
    say "installing: $missing"
    # shellcheck disable=SC2086 # a list of names
    {
        as_root apt-get -o DPkg::Lock::Timeout=600 -qq update &&
            as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 \
                -o Dpkg::Options::=--force-unsafe-io install -y --no-install-recommends $missing
    } </dev/null >"$LOGS/apt.log" 2>&1 || {
        tail -n 20 "$LOGS/apt.log" >&2
        die "apt-get could not install the packages; the whole log is build/log/apt.log"
    }
}

# npm modules of web/, fetched again only when the lockfile changed.
need_modules() {
    mkdir -p "$LOGS"
    web/modules.sh </dev/null >"$LOGS/npm.log" 2>&1 || {
        tail -n 20 "$LOGS/npm.log" >&2
        die "npm could not fetch the modules; the whole log is build/log/npm.log"
    }
}

# build_dir NAME "MESON OPTIONS" [TARGET…]: set up build/NAME when new or when its options or the
# project's place changed, then build.
build_dir() {
    local dir=build/$1 options=$2
    shift 2
    # Meson keeps paths: what was built elsewhere and then moved is built anew.
    if [ ! -f "$dir/build.ninja" ] || [ "$(cat "$dir/.options" 2>/dev/null)" != "$ROOT $options" ]; then
        rm -rf "$dir"
        mkdir -p "$dir"
        # shellcheck disable=SC2086 # a list of options
        meson setup $options "$dir" || return
        printf '%s\n' "$ROOT $options" >"$dir/.options"
    fi
    ninja -C "$dir" "$@"
}

TEST_OPTIONS='-Dbuildtype=debug -Db_sanitize=address,undefined'
RELEASE_OPTIONS='-Dbuildtype=release -Db_lto=true -Db_pie=true -Dc_link_args=-Wl,-z,relro,-z,now'
# Without the warnings that gcc gives of code with ThreadSanitizer in it.
RACE_OPTIONS='-Dbuildtype=debugoptimized -Db_sanitize=thread -Dwerror=false'
FUZZ_OPTIONS='-Dfuzz=true -Dbuildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false'

build_release() {
    need_packages build
    need_modules
    mkdir -p "$LOGS"
    [ -x build/release/src/duikou ] || say "building, a few minutes the first time: build/log/release.log"
    build_dir release "$RELEASE_OPTIONS" src/duikou src/verify/duikou-verify \
        </dev/null >"$LOGS/release.log" 2>&1 || {
        tail -n 40 "$LOGS/release.log" >&2
        die "the program did not build; the whole log is build/log/release.log"
    }
    ln -sfn release/src/duikou build/duikou
    ln -sfn release/src/verify/duikou-verify build/duikou-verify
}

# free_port: a port of 127.0.0.1 that nobody holds now.
free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 20000))
        (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    printf '%s\n' "$port"
}
