#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the tests under AddressSanitizer and UndefinedBehaviorSanitizer (preset dev), and under
# ThreadSanitizer (preset tsan).
#   scripts/sanitize.sh            every test under both
#   scripts/sanitize.sh --quick    the unit tests where memory and threads are handled by hand; with
#                                  the preset fuzz for dev, as the fuzz targets need its libraries
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

quick_memory=(
  core_test stats_test text_test detectors_test decision_test rules_test connectors_test
  storage_test engine_test)
quick_threads=(connectors_test engine_test)

is_quick=false
case ${1:-} in
  '') ;;
  --quick) is_quick=true ;;
  *) fail "unknown argument: $1 (only --quick)" ;;
esac

# sanitize PRESET [TEST ...]
sanitize() {
  local preset=$1 pattern
  shift
  say "Building the preset $preset"
  configure "$preset" -DRETIMU_TESTS=ON -DRETIMU_PRECOMPILED=ON
  build "$preset" "$@"
  say "Tests of the preset $preset"
  if (($# > 0)); then
    pattern="^($(IFS='|'; echo "$*"))$"
    run_tests "$preset" "$preset" --tests-regex "$pattern" -j "$(parallel_tests)"
  else
    run_tests "$preset" "$preset" -j "$(parallel_tests)"
  fi
}

start_results
if $is_quick; then
  sanitize fuzz "${quick_memory[@]}"
  sanitize tsan "${quick_threads[@]}"
else
  sanitize dev
  sanitize tsan
fi
