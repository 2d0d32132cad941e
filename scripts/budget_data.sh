#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A budget of 2 a day on anomaly-free stretches of real sets: alerts told and held back, and their
# ratio to the budget.
#   scripts/budget_data.sh DATA_DIR
# The training parts of smd (a row a minute), asd and app-services (a row in five minutes), and the
# anomaly-free file of skab (a row a second). Each machine is a pipeline with one entity.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

data=${1:?usage: scripts/budget_data.sh DATA_DIR}
program=$PWD/build/release/retimu
[[ -x $program ]] || fail "$program is missing: run scripts/quickstart.sh first"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/budget.toml" <<'TOML'
[alerts]
budget = "2 per day"
TOML

# watch SET SECONDS FILE...: one line of the table.
watch() {
  local set=$1 seconds=$2 file days told=0 held=0 files=0 rows=0 worst=0
  shift 2
  for file in "$@"; do
    [[ -f $file ]] || fail "$file is missing"
    # Rows get times, so that a day is a day.
    zcat -f -- "$file" | awk -v step="$seconds" '
      NR == 1 && /[[:alpha:]]/ { gsub(/;/, ","); print "row_time," $0; next }
      NR == 1 { n = split($0, f, ","); head = "row_time"
                for (i = 1; i <= n; i++) head = head ",c" i; print head }
      { gsub(/;/, ","); print 1700000000 + step * ++row "," $0 }' >"$work/table.csv"
    "$program" detect "$work/table.csv" --time row_time --config "$work/budget.toml" \
      --alerts "$work/alerts.jsonl" --json >"$work/summary.json"
    local raised withheld records
    raised=$(grep -o '"raised":[0-9]*' "$work/summary.json" | cut -d: -f2)
    withheld=$(grep -o '"held_back":[0-9]*' "$work/summary.json" | cut -d: -f2)
    records=$(grep -o '"records":[0-9]*' "$work/summary.json" | cut -d: -f2)
    told=$((told + raised)) held=$((held + withheld)) files=$((files + 1))
    rows=$((rows + records))
    worst=$(awk -v w="$worst" -v t="$raised" -v r="$records" -v s="$seconds" \
      'BEGIN { x = t / (2 * r * s / 86400); print (x > w ? x : w) }')
  done
  awk -v set="$set" -v files="$files" -v rows="$rows" -v seconds="$seconds" -v told="$told" \
    -v held="$held" -v worst="$worst" 'BEGIN {
      days = rows * seconds / 86400
      printf "%-14s %6d %8.1f %6d %6d %8.2f %8.2f\n", set, files, days, told, held,
             told / (2 * days), worst }'
}

printf '%-14s %6s %8s %6s %6s %8s %8s\n' set files days told held ratio worst
watch smd 60 "$data"/smd/train/*
watch asd 300 "$data"/asd/*_train.csv.gz
watch app-services 300 "$data"/app-services/*/train/*.csv.gz
watch skab 1 "$data"/skab/anomaly-free/anomaly-free.csv
