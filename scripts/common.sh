# SPDX-License-Identifier: Apache-2.0
# Sourced by the other scripts: goes to the root of the repository and defines what they share.
# shellcheck shell=bash
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n=== %s (%d s)\n' "$*" "$SECONDS"; }

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Compilations at once: one a core, and 1.5 GiB of free memory for each.
parallel_jobs() {
  local cores memory_kib by_memory
  cores=$(nproc)
  memory_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  by_memory=$((memory_kib / (1536 * 1024)))
  ((by_memory >= 1)) || by_memory=1
  echo $((by_memory < cores ? by_memory : cores))
}

# Tests at once: most wait now and then, those that are not fast more than they compute.
parallel_tests() { echo $(($(nproc) + 1)); }
parallel_slow_tests() { echo $((2 * $(nproc))); }

# configure PRESET [ARGUMENT ...]: cmake, quiet unless it fails.
configure() {
  local preset=$1 log=build/configure-$1.log
  shift
  mkdir -p build
  if ! cmake --preset "$preset" "$@" >"$log" 2>&1; then
    cat "$log"
    fail "configuring the preset $preset failed; scripts/install.sh installs what it needs"
  fi
}

# build PRESET [TARGET ...]
build() {
  local preset=$1
  shift
  cmake --build "build/$preset" -j "$(parallel_jobs)" ${1:+--target "$@"}
}

# Results are lines `passed NAME` or `failed NAME` in one file, so that they can be added up. A
# script that another one called writes into the caller's file.
export RETIMU_RESULTS=${RETIMU_RESULTS:-}
start_results() {
  [[ -z $RETIMU_RESULTS ]] || return 0
  RETIMU_RESULTS=$PWD/build/results.txt
  mkdir -p build
  : >"$RETIMU_RESULTS"
  trap finish_results EXIT
}

record() { printf '%s %s\n' "$1" "$2" >>"$RETIMU_RESULTS"; }

# The closing lines: what failed by name, then the counts. Ends the script with 1 if anything failed
# or nothing was run.
finish_results() {
  local status=$? passed failed
  passed=$(grep -c '^passed ' "$RETIMU_RESULTS" || true)
  failed=$(grep -c '^failed ' "$RETIMU_RESULTS" || true)
  printf '\n'
  sed -n 's/^failed /FAILED: /p' "$RETIMU_RESULTS"
  if ((status != 0 && failed == 0)); then
    printf 'stopped with status %d before the tests were done\n' "$status"
    failed=1
  fi
  printf '%d s\n%d passed, %d failed\n' "$SECONDS" "$passed" "$failed"
  if ((failed > 0 || passed == 0)); then exit 1; fi
  exit 0
}

# run_tests PRESET NAME [CTEST ARGUMENT ...]: runs ctest and records each test as NAME/TEST. Tests
# that fail do not end the script.
run_tests() {
  local preset=$1 name=$2 report=$PWD/build/ctest-$2.xml line test
  shift 2
  rm -f "$report"
  ${UNSHUFFLED:-} ctest --test-dir "build/$preset" --output-on-failure --no-tests=ignore \
    --output-junit "$report" "$@" || true
  [[ -f $report ]] || fail "ctest left no report of $name"
  while IFS= read -r line; do
    test=${line#*name=\"}
    test=$name/${test%%\"*}
    case $line in
      *'status="run"'*) record passed "$test" ;;
      *'status="disabled"'*) ;;
      *) record failed "$test" ;;
    esac
  done < <(grep '<testcase ' "$report" || true)
}

# Sanitizers map fixed addresses, which a wide address space randomisation may have taken.
UNSHUFFLED=
if setarch "$(uname -m)" -R true 2>/dev/null; then
  # shellcheck disable=SC2034
  UNSHUFFLED="setarch $(uname -m) -R"
fi
