#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A pipeline under a steady load for half an hour: is its memory flat, does it keep up? 1,000
# entities of 1 to 4 columns are sent by HTTP and through a followed file that is rotated, with
# snapshots, journal and outbox on; every 5 s memory, metrics and sizes are noted. What "flat" means
# stands in soak_verdict.py. Leaves soak.tsv, soak.png and verdict.txt in build/soak.
#   scripts/soak.sh [--minutes 30] [--rate 20000] [--entities 1000]
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

minutes=30 rate=20000 entities=1000
while (($# > 0)); do
  case $1 in
    --minutes) minutes=$2 ;;
    --rate) rate=$2 ;;
    --entities) entities=$2 ;;
    *) fail "usage: scripts/soak.sh [--minutes N] [--rate N] [--entities N]" ;;
  esac
  shift 2
done

retimu=$PWD/build/release/retimu sender=$PWD/build/release/benchmarks/soak folder=build/soak
bash scripts/install.sh tests
if ! grep -qs '^RETIMU_BENCHMARKS:BOOL=ON' build/release/CMakeCache.txt; then
  configure release -DRETIMU_TESTS=OFF -DRETIMU_BENCHMARKS=ON
fi
build release retimu soak
rm -rf "$folder"
mkdir -p "$folder/log"

# Two ports that are free.
read -r intake pages < <(python3 -c 'import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(each.getsockname()[1] for each in sockets))')
cat >"$folder/pipeline.toml" <<TOML
[pipeline]
data_dir = "state"
[[source]]
type = "http"
listen = "127.0.0.1:$intake"
entity = "host"
[[source]]
type = "file"
path = "log/soak.jsonl"
follow = true
entity = "host"
[server]
listen = "127.0.0.1:$pages"
[[sink]]
type = "jsonl"
path = "alerts.jsonl"
TOML

say "$rate events/s of $entities entities for $minutes minutes"
(cd "$folder" && exec "$retimu" run pipeline.toml --log-level info 2>run.log) &
pipeline=$!
trap 'kill "$pipeline" 2>/dev/null || true' EXIT
is_ready=false
for ((i = 0; i < 100; ++i)); do
  kill -0 "$pipeline" 2>/dev/null || break
  if python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' \
    "http://127.0.0.1:$pages/readyz" 2>/dev/null; then
    is_ready=true
    break
  fi
  sleep 0.1
done
$is_ready || fail "the pipeline does not start: $(cat "$folder/run.log")"
python3 scripts/soak_watch.py "$pipeline" "$pages" "$folder/state" $((minutes * 60)) 5 \
  >"$folder/soak.tsv" &
watcher=$!
"$sender" "$intake" "$folder/log/soak.jsonl" "$rate" $((minutes * 60)) "$entities" |
  tee "$folder/sent.txt"
wait "$watcher"
kill -TERM "$pipeline"
wait "$pipeline" || fail "the pipeline ended with $?: $(tail "$folder/run.log")"
trap - EXIT

say "Verdict"
gnuplot -e "table='$folder/soak.tsv'; picture='$folder/soak.png'" scripts/soak.gnuplot
cat "$folder/sent.txt" >"$folder/verdict.txt"
status=0
python3 scripts/soak_verdict.py "$folder/soak.tsv" "$rate" >>"$folder/verdict.txt" || status=$?
cat "$folder/verdict.txt"
printf 'table, picture, log: %s\n' "$folder"
exit "$status"
