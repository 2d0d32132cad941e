#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Half-space trees against river's (PyPI), in one run on one machine: 10 trees, depth 8, window 250,
# 10 columns, score and learn. Needs the preset release built with RETIMU_BENCHMARKS.
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"

program=build/release/benchmarks/half_space_trees_bench
[[ -x $program ]] || fail "$program is not built: cmake --preset release -DRETIMU_BENCHMARKS=ON"
python=build/river/bin/python
if ! "$python" -c 'import river' 2>/dev/null; then
  python3 -m venv build/river
  "$python" -m pip install --quiet river==0.26.1
fi

river=$("$python" - <<'PYTHON'
import random
import time

from river.anomaly import HalfSpaceTrees

draw = random.Random(1)
rows = [{f"c{i}": draw.random() for i in range(10)} for _ in range(30_000)]
trees = HalfSpaceTrees(n_trees=10, height=8, window_size=250, seed=1)
best = float("inf")
for begin in range(0, len(rows), 10_000):
    started = time.process_time()
    for row in rows[begin:begin + 10_000]:
        trees.score_one(row)
        trees.learn_one(row)
    best = min(best, time.process_time() - started)
print(best / 10_000 * 1e9)
PYTHON
)
ours=$("$program" --benchmark_filter=as_published --benchmark_format=csv 2>/dev/null |
  awk -F, '/as_published/ {print $4}')
awk -v river="$river" -v ours="$ours" 'BEGIN {
  printf "river   %8.0f ns a row, %9.0f rows a CPU second\n", river, 1e9 / river
  printf "RETIMU  %8.0f ns a row, %9.0f rows a CPU second\n", ours, 1e9 / ours
  printf "ratio   %8.1f\n", river / ours
}'
