#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The unit under a systemd that runs: started, reloaded, killed, given a wrong pipeline, stopped.
#   tests/package/service_test.sh ROOT    that has systemd, and the package installed
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

root=$1 group=retimu-test-$$
bash tests/package/boot.sh "$root" "$group" >"$root/console.log" 2>&1 &
boot=$!
stop() {
  kill -KILL "$boot" 2>/dev/null || true
  wait
  find "/sys/fs/cgroup/$group" "/sys/fs/cgroup/systemd/$group" -depth -type d \
    -exec rmdir {} + 2>/dev/null || true
}
trap stop EXIT

first=
inside() { nsenter --target "$first" --mount --pid --uts --ipc --net --cgroup "$@"; }
within() {  # within SECONDS COMMAND...: until it succeeds
  local seconds=$1
  shift
  for ((i = 0; i < 10 * seconds; ++i)); do
    "$@" >/dev/null 2>&1 && return 0
    sleep 0.1
  done
  inside journalctl --no-pager --unit=retimu@web | tail -n 30
  tail "$root/console.log"
  fail "not within $seconds s: $*"
}
find_first() { first=$(pgrep --parent "$boot" --exact systemd); }
is_booted() { find_first && inside systemctl is-system-running | grep -qE 'running|degraded'; }
says() { inside journalctl --no-pager --unit=retimu@web | grep -qF "$1"; }
is_state() { [[ $(inside systemctl is-active retimu@web) == "$1" ]]; }
has_restarted() { [[ $(show NRestarts) == 1 ]] && is_state active; }
get() { nsenter --target "$first" --net curl -sf "http://127.0.0.1:$1" "${@:2}"; }
show() { inside systemctl show --value --property "$1" retimu@web; }

for unit in systemd-networkd-wait-online systemd-firstboot; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
done
write_pipeline() {
  cat >"$root/etc/retimu/web.toml" <<TOML
[pipeline]
data_dir = "state"
[[source]]
type = "http"
listen = "127.0.0.1:8700"
entity = "host"
token_env = "TOKEN"
[server]
listen = "127.0.0.1:9464"
[[sink]]
type = "jsonl"
path = "alerts.jsonl"
$1
TOML
  chroot "$root" chgrp retimu /etc/retimu/web.toml
  chmod 640 "$root/etc/retimu/web.toml"
}
write_pipeline ''
(umask 077 && echo TOKEN=secret >"$root/etc/retimu/web.env")
within 60 is_booted

say "start"
inside systemctl enable --now retimu@web
within 10 get 9464/readyz
user=$(stat -c %u "/proc/$(pgrep --ns "$first" --nslist pid --exact retimu)")
[[ $user == "$(chroot "$root" id -u retimu)" ]] || fail "it runs as somebody else: $user"
records=$(awk 'BEGIN { srand(1); for (i = 0; i < 1000; i++)
  printf "{\"ts\":%d,\"host\":\"web1\",\"load\":%.3f}\n",
    1700000000 + i, i == 900 ? 95 : 40 + rand() }')
get 8700/ --data-binary "$records" && fail "it takes records without a token"
post() {
  get 8700/ -H 'Authorization: Bearer secret' -H 'Content-Type: application/x-ndjson' \
    --data-binary @- <<<"$1"
}
post "$records" >/dev/null || fail "it takes no records"
within 20 grep -q 'load of web1 is 95' "$root/var/lib/retimu/web/alerts.jsonl"
within 60 says 'budget: none is stated' # the start report

say "reload"
write_pipeline '[[sink]]
type = "jsonl"
path = "more.jsonl"'
inside systemctl reload retimu@web || fail "systemctl reload fails"
within 20 says 'reloaded, asked by SIGHUP'

say "control, by root"
control() { inside /usr/bin/retimu control /var/lib/retimu/web/state "$@"; }
control --maintenance web1 --for 1h --reason test || fail "root cannot ask for anything"
post '{"ts":1700001000,"host":"web1","load":40}' >/dev/null || fail "it takes no records"
is_applied() {
  control --list >"$root/controls"
  grep -q '^applied .*maintenance of web1' "$root/controls" && ! grep -q ^waits "$root/controls"
}
within 20 is_applied
[[ -z $(find "$root/var/lib/retimu/web" -user root) ]] || fail "root left files of its own"
is_state active || fail "it ended"

say "killed"
inside systemctl kill --signal=KILL --kill-who=main retimu@web
within 30 has_restarted
within 10 get 9464/readyz
[[ $(grep -c 'load of web1 is 95' "$root/var/lib/retimu/web/alerts.jsonl") == 1 ]] ||
  fail "an alert was told twice"

say "stop, and a pipeline that is wrong"
inside systemctl stop retimu@web
[[ $(show Result) == success ]] || fail "it did not stop by itself: $(show Result)"
echo '[pipelin]' >>"$root/etc/retimu/web.toml"
inside systemctl start retimu@web || true
within 10 is_state failed
says 'did you mean' || fail "the journal does not say why"
printf 'under '
inside systemctl --version | head -n 1
