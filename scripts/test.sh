#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that must hold before a change lands. Installs what it needs, builds, runs the fast
# tests, then the rest.
#   scripts/test.sh           what continuous integration runs
#   scripts/test.sh --long    all under the sanitizers, fuzz targets for longer, planted faults
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

is_long=false
case ${1:-} in
  '') ;;
  --long) is_long=true ;;
  *) fail "unknown argument: $1 (only --long)" ;;
esac

start_results

say "Packages"
bash scripts/install.sh tests

say "Building the preset release"
configure release -DRETIMU_TESTS=ON -DRETIMU_BENCHMARKS=ON -DRETIMU_PRECOMPILED=ON
build release

say "Fast tests"
run_tests release fast --label-regex '^fast$' -j "$(parallel_tests)"

say "The other tests"
run_tests release slow --label-exclude '^fast$' -j "$(parallel_slow_tests)"

say "The main job, as a newcomer runs it"
if bash scripts/quickstart.sh; then
  record passed quickstart
else
  record failed quickstart
fi

quick=(--quick)
if $is_long; then quick=(); fi
bash scripts/sanitize.sh "${quick[@]}"
bash scripts/fuzz.sh "${quick[@]}"
if $is_long; then bash tests/mutations/run.sh; fi
