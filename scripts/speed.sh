#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Speed and memory on this machine: writes docs/benchmarks/speed.md from the programs of
# benchmarks/ and every *_bench. Absolute figures are those of the machine that the page names;
# times are CPU times, which still grow where much else runs. Ten minutes.
#   scripts/speed.sh [LOG]     LOG: a log that is read beside the one that is made
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

log=${1:-}
[[ -z $log || -f $log ]] || fail "$log: there is no such file"
programs=build/release/benchmarks
parts=build/speed

bash scripts/install.sh tests
if ! grep -qs '^RETIMU_BENCHMARKS:BOOL=ON' build/release/CMakeCache.txt; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=ON
fi
mapfile -t targets < <(ninja -C build/release -t targets all |
  sed -n 's/^\(benchmarks\/[a-z_]*\): .*/\1/p')
build release "${targets[@]}"
rm -rf "$parts"
mkdir -p "$parts"

say "throughput"
"$programs/throughput" >"$parts/throughput.txt"
"$programs/throughput" --light >"$parts/light.txt"
say "logs"
"$programs/logs" >"$parts/logs.txt"
[[ -z $log ]] || "$programs/logs" "$log" >"$parts/log.txt"
for program in "$programs"/*_bench; do
  name=$(basename "$program")
  say "$name"
  "$program" --benchmark_min_time=0.1 --benchmark_repetitions=3 \
    --benchmark_report_aggregates_only=true --benchmark_format=json \
    >"$parts/$name.json" 2>/dev/null
done

say "docs/benchmarks/speed.md"
# block TITLE FILE
# shellcheck disable=SC2016
block() { printf '\n## %s\n\n```text\n%s\n```\n' "$1" "$(cat "$2")"; }
{
  cat <<'TEXT'
# Speed and memory

Written by `scripts/speed.sh`. Times are CPU times of one core, user and system.
TEXT
  printf '\nMachine: %s, %d cores, %d GiB, load %s while it ran; %s.\n' \
    "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(awk '/^MemTotal:/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)" \
    "$(cut -d' ' -f3 /proc/loadavg)" "$(c++ --version | head -n 1)"
  block "JSON lines to verdicts: the default detectors" "$parts/throughput.txt"
  block "JSON lines to verdicts: the profile light" "$parts/light.txt"
  block "Log lines to templates and verdicts" "$parts/logs.txt"
  [[ -z $log ]] || block "The same of a real log, $(basename "$log")" "$parts/log.txt"
  python3 scripts/speed_table.py "$parts"
} >docs/benchmarks/speed.md
