#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `retimu detect` over every table of a folder of benchmark sets: files, records, lines of scores.
#   scripts/real_data.sh DATA_DIR [SET...]    sets: nab skab smd app-services asd
# Label files are left out; label columns are ignored. Fails if a record has no line.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

data=${1:?usage: scripts/real_data.sh DATA_DIR [SET...]}
shift
sets=("$@")
((${#sets[@]} > 0)) || sets=(nab skab smd app-services asd)
program=build/release/retimu
[[ -x $program ]] || fail "$program is missing: run scripts/quickstart.sh first"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Records of a table, its header not counted: every set here has one line a record.
records_of() {
  zcat -f -- "$1" |
    awk 'NR == 1 && /[[:alpha:]]/ { next } NF > 0 { lines++ } END { print lines + 0 }'
}

failed=0
printf '%-14s %6s %10s %10s %8s %8s %8s\n' set files records lines rejected alerts seconds
for set in "${sets[@]}"; do
  files=0 records=0 lines=0 rejected=0 alerts=0
  begin=$(date +%s%N)
  while IFS= read -r file; do
    in=$(records_of "$file")
    ignore=()
    header=$(zcat -f -- "$file" | awk 'NR == 1')
    for column in anomaly changepoint label; do
      if tr ';,' '\n\n' <<<"$header" | grep -qx "$column"; then
        ignore+=(--ignore "$column")
      fi
    done
    "$program" detect "$file" "${ignore[@]}" --output "$work/scores.csv" \
      --alerts "$work/alerts.jsonl" --json >"$work/summary.json" || failed=1
    out=$(($(wc -l <"$work/scores.csv") - 1))
    raised=$(grep -c '"change":"raised"' "$work/alerts.jsonl" || true)
    bad=$(grep -o '"rejected":[0-9]*' "$work/summary.json" | cut -d: -f2)
    if ((in != out)); then
      echo "$file: $in records, $out lines" >&2
      failed=1
    fi
    files=$((files + 1)) records=$((records + in)) lines=$((lines + out))
    rejected=$((rejected + bad)) alerts=$((alerts + raised))
  done < <(find "$data/$set" -type f \( -name '*.csv' -o -name '*.csv.gz' -o -name '*.txt.gz' \
    -o -name 'machine*.txt' \) ! -path '*label*' ! -path '*/results/*' ! -path '*/config/*' | sort)
  printf '%-14s %6d %10d %10d %8d %8d %8.1f\n' "$set" "$files" "$records" "$lines" "$rejected" \
    "$alerts" "$(($(date +%s%N) / 1000000 - begin / 1000000))e-3"
done
exit "$failed"
