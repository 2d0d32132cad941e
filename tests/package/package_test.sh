#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the Debian package twice, to the same bytes; installs it into a root that has nothing but
# what it depends on; runs the program there; removes and purges it, and looks for what is left; and
# runs the unit under a systemd of its own.
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root

expect() {  # expect WHAT COMMAND...
  local what=$1
  shift
  "$@" >"$work/output" 2>&1 && return 0
  cat "$work/output"
  fail "$what"
}
expect_not() {  # expect_not WHAT COMMAND...
  local what=$1
  shift
  "$@" >"$work/output" 2>&1 || return 0
  cat "$work/output"
  fail "$what"
}

say "The package"
package=$(bash scripts/package.sh | tail -n 1)
[[ -f $package ]] || fail "scripts/package.sh names no package: $package"
cp "$package" "$work/first.deb"
package=$(bash scripts/package.sh | tail -n 1)
expect "two builds differ" cmp "$work/first.deb" "$package"
dpkg-deb --extract "$package" "$work/files"
[[ $(dpkg-parsechangelog -l packaging/debian/changelog -S Version) == \
  "$(dpkg-deb --field "$package" Version)" ]] ||
  fail "packaging/debian/changelog lacks this version"
program=$work/files/usr/bin/retimu
expect_not "the program has an rpath" grep -qE '\((RPATH|RUNPATH)\)' <(readelf -d "$program")
expect_not "the program has its symbols" grep -q '\.symtab' <(readelf -SW "$program")
expect_not "the program names this machine's folder" grep -qF "$PWD" "$program"
for file in share/man/man1/retimu.1.gz share/bash-completion/completions/retimu \
  share/fish/vendor_completions.d/retimu.fish share/zsh/vendor-completions/_retimu \
  lib/systemd/system/retimu@.service share/retimu/pipelines/plant.toml \
  share/doc/retimu/docs/operating.md share/doc/retimu/docs/configuration.md \
  share/doc/retimu/LICENSE share/doc/retimu/copyright; do
  expect "the package has no usr/$file" test -s "$work/files/usr/$file"
done

say "The unit"
if command -v systemd-analyze >/dev/null; then
  install -D "$program" "$work/bin/retimu"
  sed "s|^ExecStart=retimu|ExecStart=$work/bin/retimu|; /^Documentation=/d" \
    packaging/retimu@.service >"$work/retimu@.service"
  expect "systemd-analyze does not like the unit" systemd-analyze verify "$work/retimu@.service"
  expect "systemd-analyze says: $(cat "$work/output")" test ! -s "$work/output"
  expect "the unit is less closed than it was" systemd-analyze security --offline=true \
    --threshold=15 "$work/retimu@.service"
else
  echo "not checked: no systemd-analyze here"
fi

if ((EUID != 0)) || ! chroot / true 2>/dev/null; then
  echo "not installed: that needs root and chroot; the program is run from its files instead"
  expect "the program does not start" "$program" --version
  exit 0
fi

say "A root of what it depends on"
python3 tests/package/make_root.py "$root" "$package"
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 "$@"; }
list_root() {  # what there is, but for what belongs to dpkg, adduser and this test
  (cd "$root" && find . -path ./proc -prune -o -path ./var/lib/dpkg -prune -o -print) |
    grep -vE '^\./(etc/\.pwd\.lock|run/adduser|tmp/.*|var/(log|cache)/.*)$' |
    grep -vE '^\./etc/(passwd|group|shadow|gshadow|subuid|subgid)-?$' | sort
}
wants=$root/etc/systemd/system/multi-user.target.wants
mkdir -p "$root/var/log" "$wants"
mknod -m 0666 "$root/dev/null" c 1 3 || touch "$root/dev/null"
list_root >"$work/before"
users_before=$(cat "$root/etc/passwd" "$root/etc/group")

say "dpkg --install"
cp "$package" "$root/tmp/retimu.deb"
expect "dpkg cannot install it" inside dpkg --install /tmp/retimu.deb
expect "the user retimu is missing" inside getent passwd retimu
[[ $(stat -c '%a' "$root/etc/retimu" "$root/var/lib/retimu" | tr '\n' ' ') == '750 750 ' ]] ||
  fail "/etc/retimu and /var/lib/retimu are to be seen by others"
expect "--version fails" inside retimu --version
cat "$work/output"

say "detect, run"
awk 'BEGIN { srand(1); print "ts,host,load"
  for (i = 0; i < 2000; i++)
    print 1700000000 + 10 * i ",web1," (i == 1500 ? 95 : 40 + rand()) }' >"$root/tmp/load.csv"
expect "detect fails" inside retimu detect /tmp/load.csv --entity host
grep -q '95' "$work/output" || fail "detect does not tell the spike: $(cat "$work/output")"
# As the unit does it: the pipeline in /etc/retimu, as the user, in its folder.
install -m 0640 "$root/usr/share/retimu/pipelines/hosts.toml" "$root/etc/retimu/hosts.toml"
sed -i '/^"net/d; s/^memory = .*//' "$root/etc/retimu/hosts.toml"
inside chgrp retimu /etc/retimu/hosts.toml
inside install -d -o retimu -g retimu -m 0750 /var/lib/retimu/hosts
awk -F, 'NR > 1 { printf "{\"ts\":%d,\"host\":\"%s\",\"cpu\":%s}\n", $1, $2, $3 }' \
  "$root/tmp/load.csv" >"$root/var/lib/retimu/hosts/hosts.jsonl"
expect "run fails" inside setpriv --reuid=retimu --regid=retimu --clear-groups \
  sh -c 'cd /var/lib/retimu/hosts && retimu run /etc/retimu/hosts.toml'
expect "the example tells nothing" grep -q '"cpu of web1 is 95' \
  "$root/var/lib/retimu/hosts/alerts.jsonl"

say "upgrade, remove, purge"
expect "dpkg cannot install it again" inside dpkg --install /tmp/retimu.deb
expect "dpkg cannot remove it" inside dpkg --remove retimu
expect_not "the program is still there" test -e "$root/usr/bin/retimu"
expect "a removal takes the state" test -s "$root/var/lib/retimu/hosts/state/retimu.sqlite"
expect "a removal takes the pipelines" test -s "$root/etc/retimu/hosts.toml"
ln -s /usr/lib/systemd/system/retimu@.service "$wants/retimu@hosts.service"
expect "dpkg cannot purge it" inside dpkg --purge retimu
list_root >"$work/after"
expect "a purge leaves something" diff "$work/before" "$work/after"
[[ $(cat "$root/etc/passwd" "$root/etc/group") == "$users_before" ]] || fail "a purge leaves users"
expect_not "dpkg still knows it" inside dpkg --status retimu

if [[ -x /lib/systemd/systemd ]] && unshare --mount --pid --fork --cgroup true 2>/dev/null; then
  say "The unit, under a systemd"
  python3 tests/package/make_root.py "$work/system" "$package" systemd
  mkdir -p "$work/system/var/log" "$work/system/etc/systemd/system" "$work/system/dev"
  cp "$package" "$work/system/tmp/retimu.deb"
  expect "dpkg cannot install it beside systemd" \
    chroot "$work/system" /usr/bin/env -i PATH=/usr/sbin:/usr/bin dpkg --install /tmp/retimu.deb
  bash tests/package/service_test.sh "$work/system"
else
  echo "the unit is not started: that needs systemd and namespaces"
fi
say "Done"
