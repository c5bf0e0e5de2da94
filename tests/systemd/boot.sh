#!/usr/bin/env bash
# boot.sh BINARY [JOURNAL]: boots a systemd of its own on a throw-away copy of this machine, and has trial.sh go through the README's "Install on
# a server" and "Ask the history by hand", and the backup of docs/operating.md, in it with the built BINARY, against a parliament and a mail server of its own. Nothing of this machine is
# changed, nothing leaves it (the copy has a network of its own with nothing in it), nothing is left running.
#
# Ends with 0 (every fact held), 1 (one did not), 77 (it could not be tried here: it says why). POTVRDA_TOOLS_REQUIRED makes a missing tool a 1;
# a machine that allows no name spaces stays a 77. JOURNAL is where the journal of the copy is left.
set -euo pipefail

usage="usage: boot.sh BINARY [JOURNAL]"
binary=$(realpath "${1:?$usage}")
journal=${2:-}
here=$(realpath "$(dirname "$0")")
clone=$(realpath "$here/../..")
patience_s=300

not_tried() {
  printf '\n****************************************************************\n' >&2
  printf '** NOT TRIED: the service under systemd. %s\n' "$1" >&2
  printf '****************************************************************\n' >&2
  exit "$2"
}

[ -x "$binary" ] || { echo "$binary is no program; $usage" >&2; exit 2; }
[ "$(id -u)" = 0 ] || not_tried "It takes root; run it with sudo." 77
for tool in unshare mount pivot_root systemd-sysusers runuser sqlite3 /lib/systemd/systemd /usr/bin/python3; do
  command -v "$tool" >/dev/null || not_tried "$tool is missing (Debian: systemd-sysv dbus util-linux sqlite3 python3-minimal)." "$([ -n "${POTVRDA_TOOLS_REQUIRED:-}" ] && echo 1 || echo 77)"
done
unshare --mount --pid --fork --cgroup --ipc --uts --net true 2>/dev/null || not_tried "This machine allows root no name spaces of its own (a container without CAP_SYS_ADMIN?)." 77

work=$(mktemp -d)
mkdir "$work"/{out,scene}
trap 'rm -rf "$work"' EXIT

# What the first process of the copy does before it becomes systemd: makes the copy its root. (pivot_root and not chroot, in which PrivateUsers=
# is refused.) It is given as text, for the files of this machine are out of sight by its end.
# shellcheck disable=SC2016
enter='
set -e
scene=$1 out=$2 binary=$3 clone=$4
# A hierarchy of its own below ours, so that it is the root of what it sees.
mount -t tmpfs -o mode=755 scene "$scene"
mkdir "$scene"/{changes,scratch,root,groups}
mount -t cgroup2 none "$scene/groups"
group="$scene/groups/potvrda-trial-$$"
echo "+memory +pids" 2>/dev/null >"$scene/groups/cgroup.subtree_control" || true
mkdir -p "$group"
echo 0 >"$group/cgroup.procs"
mount -t overlay overlay -o "lowerdir=/,upperdir=$scene/changes,workdir=$scene/scratch" "$scene/root"
exec unshare --pid --fork --kill-child --cgroup --ipc --uts --net bash -ec '\''
root=$1/root out=$2 binary=$3 clone=$4
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 none "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do touch "$root/dev/$device"; mount --bind "/dev/$device" "$root/dev/$device"; done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
# Folders that may be mounts of their own here, and so are no part of the copy.
for folder in var/lib var/log; do mkdir -p "$root/$folder"; done
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/systemd/system/potvrda* "$root/etc/potvrda" "$root/var/lib/potvrda" "$root/var/log/journal"
mkdir "$root/trial" "$root/trial/out" "$root/trial/clone" "$root/trial/binary"
mount --bind "$out" "$root/trial/out"
# Of the clone what a person would copy to a server.
cp -r "$clone/README.md" "$clone/config" "$clone/deploy" "$clone/docs" "$root/trial/clone/"
mkdir -p "$root/trial/clone/target/release"
cp "$binary" "$root/trial/clone/target/release/potvrda"
cp -r "$clone/tests/systemd" "$clone/src/app/demo/pages" "$root/trial/"
cp "$root"/trial/systemd/*.service "$root/etc/systemd/system/"
hostname potvrda-trial
rm -f "$root/etc/machine-id" "$root/etc/resolv.conf" "$root/etc/hosts"
: >"$root/etc/machine-id"
printf "127.0.0.1 localhost potvrda-trial parlament.test mail.test\n" >"$root/etc/hosts"
mkdir "$root/before"
cd "$root"
pivot_root . before
cd /
umount -l before
# As a container manager has to: without it credentials are mounted where the service does not see them.
mount --make-rshared /
export container=potvrda-trial
exec /lib/systemd/systemd --system --unit=potvrda-trial.service --show-status=no
'\'' bash "$scene" "$out" "$binary" "$clone"
'

echo "booting systemd for a trial of $(basename "$binary")"
begun=$SECONDS
status=0
timeout --kill-after=10 "$patience_s" unshare --mount --propagation private bash -c "$enter" bash "$work/scene" "$work/out" "$binary" "$clone" \
  >"$work/out/console" 2>&1 </dev/null || status=$?

# The group of the copy is empty now; leave none behind.
groups=$(mktemp -d)
if mount -t cgroup2 none "$groups" 2>/dev/null; then
  find "$groups" -maxdepth 1 -name 'potvrda-trial-*' -exec find {} -depth -type d \; 2>/dev/null | while read -r empty; do rmdir "$empty" 2>/dev/null || true; done
  umount "$groups"
fi
rmdir "$groups"

[ -z "$journal" ] || cp "$work/out/journal" "$journal" 2>/dev/null || echo "there is no journal" >&2
if [ ! -s "$work/out/facts" ]; then
  tail -n 40 "$work/out/console" >&2
  not_tried "systemd did not come up here (status $status)." 77
fi
cat "$work/out/facts"
if ! grep -qx 'the end' "$work/out/facts"; then
  echo "the trial broke off (status $status):" >&2
  tail -n 60 "$work/out/journal" "$work/out/trial" "$work/out/console" >&2 2>/dev/null || true
  exit 1
fi
bad=$(grep -c '^NOT ' "$work/out/facts" || true)
echo "under systemd: $(grep -c '^ok ' "$work/out/facts") facts held, $bad did not, in $((SECONDS - begun)) s"
[ "$bad" = 0 ] || { tail -n 80 "$work/out/journal" >&2; exit 1; }
