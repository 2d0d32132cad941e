#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package in build/package and prints its path as the last line. The same commit
# and tools give the same bytes.
#   scripts/package.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

bash scripts/install.sh package
if [[ ! -f build/release/build.ninja ]]; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=OFF
fi
build release retimu retimu_pages
# Times in the package are that of the commit.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || echo 946684800)
export SOURCE_DATE_EPOCH
umask 022
rm -rf build/package
if ! cpack --config build/release/CPackConfig.cmake -B build/package >build/package.log 2>&1; then
  cat build/package.log
  fail "cpack made no package"
fi
rm -rf build/package/_CPack_Packages
ls build/package/*.deb
