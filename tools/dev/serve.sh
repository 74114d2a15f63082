# serve.sh - ./dev serve [OPTION…]: a server to try, with the schemes that ship.
# shellcheck shell=bash

run_serve() {
    build_release
    mkdir -p var
    build/duikou load --db sqlite:var/duikou.db schemes/*.yaml
    exec build/duikou serve --db sqlite:var/duikou.db --listen 127.0.0.1:8080 "$@"
}
