#!/usr/bin/env bash
# tools/web.sh setup|build|lint|fmt|unit|browser|bench: the dashboard in web/. Each does what it
# needs first, and nothing that is done already.
#   unit              its logic, by Vitest
#   browser PURSUIT   every page in Chromium, against that program
#   bench PURSUIT     how long pages take there (bench/web says with what)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../web"

quiet() {
  local log
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; rm -f "$log"; return 1; }
  rm -f "$log"
}

# What a stamp says was made of these bytes need not be made again.
made_of() { cat "$@" | sha256sum | cut -c1-16; }

setup() {
  local stamp=node_modules/.stamp wanted
  wanted=$(made_of package.json package-lock.json)
  [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && return
  echo "web: installing packages"
  quiet npm ci --no-audit --no-fund
  echo "$wanted" >$stamp
}

contract() {
  local stamp=node_modules/.contract wanted
  wanted=$(made_of ../openapi.yaml package-lock.json)
  [ -f src/data/contract.ts ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && return
  quiet npm run --silent contract
  echo "$wanted" >$stamp
}

sources() {
  find src ui public index.html vite.config.ts package-lock.json ../openapi.yaml -type f \
    ! -name '*.test.*' ! -path src/data/contract.ts | LC_ALL=C sort
}

build() {
  local stamp=node_modules/.build wanted files
  mapfile -t files < <(sources)
  wanted=$(made_of "${files[@]}")
  [ -f dist/index.html ] && [ "$(cat $stamp 2>/dev/null)" = "$wanted" ] && return
  echo "web: building"
  contract
  quiet npm run --silent build
  echo "$wanted" >$stamp
}

command=${1:-build}
[ $# -gt 0 ] && shift
setup
case $command in
  setup) ;;
  build) build ;;
  lint)
    contract
    npm run --silent check
    npm run --silent lint
    ;;
  fmt) npx prettier --write --log-level warn . ;;
  unit)
    contract
    npm run --silent test -- --reporter=dot
    ;;
  browser)
    build
    PURSUIT="$1" npx playwright test "${@:2}"
    ;;
  bench)
    build
    PURSUIT="$1" npx playwright test --config bench/playwright.config.ts --reporter=dot
    ;;
  *) echo "web: no command '$command'" >&2; exit 2 ;;
esac
