#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Detection quality on the public sets, default configuration: writes docs/benchmarks/quality.md and
# quality.json, which are the same for the same data and code. DATA_DIR holds a folder for each set,
# see `retimu evaluate --help`.
#   scripts/quality.sh DATA_DIR
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

data=${1:-}
[[ -n $data && -d $data ]] || fail "name the folder of the sets: scripts/quality.sh DATA_DIR"
data=$(realpath "$data")
retimu=build/release/retimu
parts=build/quality
sets=(nab skab smd asd smap msl app-services batadal tep tables)
learned=(skab smd asd smap msl app-services batadal)  # have rows to learn from, and times
others=(loghub log-sessions ait-alerts nezha)  # have no series; those whose folder is there

bash scripts/install.sh tests
if [[ ! -f build/release/build.ninja ]]; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=OFF
fi
build release retimu
mkdir -p "$parts"
for set in "${sets[@]}"; do
  say "$set"
  "$retimu" evaluate "$set" --data "$data" --report "$parts/$set.md" --json >"$parts/$set.json"
done

for set in "${others[@]}"; do
  rm -f "$parts/$set.md" "$parts/$set.json"
  compgen -G "$data/$set*/" >/dev/null || continue
  say "$set"
  "$retimu" evaluate "$set" --data "$data" --report "$parts/$set.md" --json >"$parts/$set.json"
done

for set in "${learned[@]}"; do
  say "$set online"
  "$retimu" evaluate "$set" --online --data "$data" --json >"$parts/$set-online.json"
done

say "docs/benchmarks/quality.md, quality.json"
{
  cat <<'TEXT'
# Detection quality

Written by `scripts/quality.sh DATA_DIR`: RETIMU is the default configuration on every set, RETIMU
light the same with `profile = "light"` (moving_average, rolling_deviation and half_space_trees),
which was the default before. Beside them stand a random scorer, a moving z-score, principal
components, a batch isolation forest, the nearest of remembered windows, and each detector alone.
Nothing is tuned to a file or a set. Labels are taken out before a scorer sees a row. `retimu
evaluate --help` says how each set is split, `retimu/evaluation/measures.cpp` what each measure is.
On NAB and SKAB, NAB's and SKAB's own figures are in the last table. PA-F1! misleads: a random score
looks good under it.
TEXT
  printf '\n'
  python3 scripts/quality_means.py "$parts" "${learned[@]}"
  for set in "${sets[@]}"; do
    printf '\n'
    cat "$parts/$set.md"
  done
  for set in "${others[@]}"; do
    [[ -f $parts/$set.md ]] || continue
    printf '\n'
    cat "$parts/$set.md"
  done
} >docs/benchmarks/quality.md
# Without what differs from run to run, and without the single series.
OTHERS="${others[*]}" \
  python3 - "$parts" "${sets[@]}" "${learned[@]/%/-online}" >docs/benchmarks/quality.json <<'PYTHON'
import json
import os
import sys

folder, *sets = sys.argv[1:]
results = []
for name in sets:
    with open(f"{folder}/{name}.json", encoding="utf-8") as file:
        result = json.load(file)
    for scorer in result["scorers"].values():
        del scorer["seconds"], scorer["by_series"]
    results.append(result)
for name in os.environ["OTHERS"].split():
    if os.path.exists(f"{folder}/{name}.json"):
        with open(f"{folder}/{name}.json", encoding="utf-8") as file:
            results.append(json.load(file))
json.dump(results, sys.stdout, indent=1)
print()
PYTHON
