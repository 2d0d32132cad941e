#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Everything that must hold before a change lands. Installs what it needs, builds, runs the fast
# tests, then the rest, then the quick part of the sanitizers and of the fuzz targets.
#   scripts/test.sh           what continuous integration runs
#   scripts/test.sh --long    sanitizers and fuzz targets at full length, and the planted faults
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick=(--quick)
case ${1:-} in
  '') ;;
  --long) quick=() ;;
  *) fail "unknown argument: $1 (only --long)" ;;
esac

start_results

say "Packages"
bash scripts/install.sh tests

say "Building the preset release"
configure release -DRETIMU_TESTS=ON -DRETIMU_BENCHMARKS=ON
build release

say "Fast tests"
run_tests release fast --label-regex '^fast$' -j "$(parallel_jobs)"

say "The other tests"
run_tests release slow --label-exclude '^fast$'

say "The main job, as a newcomer runs it"
if bash scripts/quickstart.sh; then
  record passed quickstart
else
  record failed quickstart
fi

bash scripts/sanitize.sh "${quick[@]}"
bash scripts/fuzz.sh "${quick[@]}"
if ((${#quick[@]} == 0)); then
  bash tests/mutations/run.sh
fi
