#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Becomes the systemd of a root with a process table, network and control groups of its own, as on a
# machine that has just been started. Run as root; it ends with its first process.
#   tests/package/boot.sh ROOT GROUP    GROUP: name of the control group that it lives in
set -euo pipefail
root=$1 group=$2
groups=/sys/fs/cgroup

if [[ ${3:-} != inside ]]; then
  parent=$groups
  [[ $(stat -fc %T "$groups") == cgroup2fs ]] || parent=$groups/systemd
  mkdir -p "$parent/$group"
  echo $BASHPID >"$parent/$group/cgroup.procs"
  exec unshare --mount --pid --uts --ipc --net --cgroup --fork --kill-child \
    bash "$0" "$root" "$group" inside
fi

mount --make-rprivate /
mount --bind "$root" "$root"
mkdir -p "$root"/{sys,run,dev,old}
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t devtmpfs devtmpfs "$root/dev"
mkdir -p "$root/dev/pts" "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts"
if [[ $(stat -fc %T "$groups") == cgroup2fs ]]; then
  mount -t cgroup2 cgroup2 "$root$groups"
else
  mount -t tmpfs -o mode=755 tmpfs "$root$groups"
  mkdir "$root$groups/systemd" "$root$groups/unified"
  mount -t cgroup -o none,name=systemd cgroup "$root$groups/systemd"
  mount -t cgroup2 cgroup2 "$root$groups/unified"
fi
cd "$root"
pivot_root . old
umount --lazy /old
exec env -i container=test PATH=/usr/sbin:/usr/bin /lib/systemd/systemd --system \
  --unit=multi-user.target
