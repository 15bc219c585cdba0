#!/usr/bin/env bash
# tools/package.sh: the Debian package of the release build in build/package, and its tests: what is
# unpacked works from any folder; in a Debian of its own it is installed, upgraded and purged.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/common.sh

build release --target pursuit
tools/web.sh build
rm -rf build/package
# Configured anew: the version in the package is that of this tree.
cmake --preset release >/dev/null
(cd build/release && cpack -G DEB -B ../package >../package.log) ||
  { cat build/package.log >&2; exit 1; }
rm -rf build/package/_CPack_Packages
package=$(echo build/package/*.deb)
echo "package: $package, $(du -h "$package" | cut -f1)"
.deps/api/bin/python test/package/package_test.py "$package"
.deps/api/bin/python test/package/install_test.py "$package" .deps/debian-base.tar
