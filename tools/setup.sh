#!/usr/bin/env bash
# tools/setup.sh [--bench] [--oidc]: installs what is missing on Debian 12, root or sudo. A second
# time it finds everything there and takes a second. --bench also installs the peers of ./x bench;
# --oidc a Keycloak (160 MB) and the Java that it runs on, for the test of signing in there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/common.sh

DUCKDB_NPM=@duckdb/node-bindings-linux-x64@1.5.6-r.1
DUCKDB_CRATE=libduckdb-sys
DUCKDB_CRATE_VERSION=1.10506.1
KEYCLOAK=org.keycloak:keycloak-quarkus-dist:26.4.0:zip
MAVEN_COPY=org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy

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

# Pinned by tools/oidc-checksums.txt; made ready for a database in memory, so that it starts sooner.
setup_oidc() {
  command -v java >/dev/null || apt_install openjdk-17-jre-headless
  command -v mvn >/dev/null || apt_install maven
  echo "setup: fetching Keycloak ($KEYCLOAK, 160 MB)"
  rm -rf .deps/keycloak .deps/keycloak.part
  mkdir -p .deps/keycloak.part
  mvn -q -B "$MAVEN_COPY" -Dartifact="$KEYCLOAK" -DoutputDirectory="$PWD/.deps/keycloak.part" \
    </dev/null >.deps/mvn.log 2>&1 || { tail -n 30 .deps/mvn.log >&2; return 1; }
  sha256sum --quiet -c tools/oidc-checksums.txt
  python3 -m zipfile -e .deps/keycloak.part/*.zip .deps/keycloak.part
  chmod +x .deps/keycloak.part/keycloak-*/bin/*.sh
  mv .deps/keycloak.part/keycloak-*/ .deps/keycloak
  rm -rf .deps/keycloak.part
  .deps/keycloak/bin/kc.sh build --db=dev-mem >.deps/keycloak.log 2>&1 ||
    { tail -n 30 .deps/keycloak.log >&2; return 1; }
  oidc_hash >.deps/oidc.stamp
}

oidc_hash() {
  sha256sum <tools/oidc-checksums.txt
}

mkdir -p .deps
mapfile -t missing < <(missing_packages)
[ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
sha256sum --quiet -c tools/checksums.txt >/dev/null 2>&1 || fetch_duckdb
sha256sum --quiet -c tools/checksums.txt
[ "$(cat .deps/api.stamp 2>/dev/null)" = "$(sha256sum <tools/api-requirements.txt)" ] || setup_api
tools/web.sh setup
setup_hash >.deps/setup.stamp
for extra in "$@"; do
  case $extra in
    --bench) [ "$(cat .deps/bench.stamp 2>/dev/null)" = "$(setup_hash)" ] || setup_bench ;;
    --oidc) [ "$(cat .deps/oidc.stamp 2>/dev/null)" = "$(oidc_hash)" ] || setup_oidc ;;
    *) echo "setup: no option '$extra'" >&2; exit 2 ;;
  esac
done
echo "setup: ready"
