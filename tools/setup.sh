#!/usr/bin/env bash
# tools/setup.sh [--bench]: installs what is missing on Debian 12, root or sudo. A second time it
# finds everything there and takes a second. --bench also installs the peers of ./x bench.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/common.sh

DUCKDB_NPM=@duckdb/node-bindings-linux-x64@1.5.6-r.1
DUCKDB_CRATE=libduckdb-sys
DUCKDB_CRATE_VERSION=1.10506.1

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_updated=
apt_install() {
  echo "setup: installing $*"
  [ -n "$apt_updated" ] || as_root apt-get update -q >/dev/null
  apt_updated=yes
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" \
    </dev/null >.deps/apt.log 2>&1 || { tail -n 30 .deps/apt.log >&2; return 1; }
}

missing_packages() {
  local package command
  while read -r package command; do
    case $package in '' | '#'*) continue ;; esac
    if [ -n "$command" ] && command -v "$command" >/dev/null; then continue; fi
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' ||
      echo "$package"
  done <tools/packages.txt
}

# The library is in an npm package, its header in the source archive inside a crate.
fetch_duckdb() {
  local scratch header
  scratch=$(mktemp -d -p .deps)
  mkdir -p .deps/duckdb
  echo "setup: fetching DuckDB ($DUCKDB_NPM)"
  (cd "$scratch" && npm pack --silent "$DUCKDB_NPM" </dev/null >/dev/null && tar xzf ./*.tgz)
  mv "$scratch/package/libduckdb.so" .deps/duckdb/libduckdb.so

  command -v cargo >/dev/null || apt_install cargo-web
  echo "setup: fetching DuckDB's header ($DUCKDB_CRATE $DUCKDB_CRATE_VERSION)"
  mkdir -p "$scratch/crate/src"
  : >"$scratch/crate/src/lib.rs"
  cat >"$scratch/crate/Cargo.toml" <<TOML
[package]
name = "header"
version = "0.0.0"
edition = "2021"
[dependencies]
$DUCKDB_CRATE = { version = "=$DUCKDB_CRATE_VERSION", default-features = false }
[workspace]
TOML
  (cd "$scratch/crate" && cargo vendor -q --versioned-dirs vendor </dev/null >/dev/null)
  header=duckdb/src/include/duckdb.h
  tar xzf "$scratch/crate/vendor/$DUCKDB_CRATE-$DUCKDB_CRATE_VERSION/duckdb.tar.gz" \
    -C "$scratch" "$header"
  mv "$scratch/$header" .deps/duckdb/duckdb.h
  rm -rf "$scratch"
}

setup_bench() {
  echo "setup: installing the peers of the bench"
  python3 -m venv .deps/bench
  .deps/bench/bin/pip install -q --disable-pip-version-check --only-binary :all: \
    -r tools/bench-requirements.txt </dev/null
  setup_hash >.deps/bench.stamp
}

setup_api() {
  echo "setup: installing what tests of the API need"
  python3 -m venv .deps/api
  .deps/api/bin/pip install -q --disable-pip-version-check --only-binary :all: \
    -r tools/api-requirements.txt </dev/null
  sha256sum <tools/api-requirements.txt >.deps/api.stamp
}

mkdir -p .deps
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
sha256sum --quiet -c tools/checksums.txt >/dev/null 2>&1 || fetch_duckdb
sha256sum --quiet -c tools/checksums.txt
[ "$(cat .deps/api.stamp 2>/dev/null)" = "$(sha256sum <tools/api-requirements.txt)" ] || setup_api
setup_hash >.deps/setup.stamp
if [ "${1:-}" = --bench ] && [ "$(cat .deps/bench.stamp 2>/dev/null)" != "$(setup_hash)" ]; then
  setup_bench
fi
echo "setup: ready"
