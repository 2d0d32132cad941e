#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target under libFuzzer and AddressSanitizer. The corpus grows in
# build/corpus/NAME; it begins with NAME_corpus/ beside the source, where there is one. What crashes
# is left in build/findings/.
#   scripts/fuzz.sh                  60 s each
#   scripts/fuzz.sh --seconds N      N s each
#   scripts/fuzz.sh --quick          8 s each, from a fixed seed
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

seconds=60
seed=0
case ${1:-} in
  '') ;;
  --quick) seconds=8 seed=1 ;;
  --seconds)
    seconds=${2:-}
    [[ $seconds =~ ^[1-9][0-9]*$ ]] || fail "--seconds needs a whole number of at least 1"
    ;;
  *) fail "unknown argument: $1 (--quick or --seconds N)" ;;
esac

# fuzz SOURCE: one target, quiet unless it finds something.
fuzz() {
  local source=$1 name log corpus
  name=$(basename "$source" .cpp)
  log=build/findings/$name.log
  corpus=build/corpus/$name
  mkdir -p "$corpus"
  local folders=("$corpus")
  [[ ! -d ${source%.cpp}_corpus ]] || folders+=("${source%.cpp}_corpus")
  if $UNSHUFFLED "build/fuzz/fuzz/$name" -max_total_time="$seconds" -seed="$seed" -timeout=10 \
    -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/findings/$name-" "${folders[@]}" >"$log" 2>&1; then
    record passed "fuzz/$name"
    printf '%-32s %s inputs\n' "$name" \
      "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
  else
    record failed "fuzz/$name"
    printf '%-32s FAILED\n' "$name"
    tail -n 40 "$log"
  fi
}

start_results
say "Building the preset fuzz"
mapfile -t sources < <(find retimu app -name '*_fuzz.cpp' | sort)
((${#sources[@]} > 0)) || fail "no fuzz target"
configure fuzz
mapfile -t targets < <(printf '%s\n' "${sources[@]}" | sed 's|.*/||; s|\.cpp$||')
build fuzz "${targets[@]}"

say "${#sources[@]} fuzz targets, $seconds s each"
mkdir -p build/findings
running=0
for source in "${sources[@]}"; do
  if ((running == $(nproc))); then
    wait -n
    running=$((running - 1))
  fi
  fuzz "$source" &
  running=$((running + 1))
done
wait
