#!/bin/bash
# Runs commands from standard input, one a line, in namespaces of its own: a machine that has no lab yet and may lose
# everything. Answers each with its exit code; output goes to the files that the line names. Arguments: a folder for
# what is under /var/log, and the name of a cgroup.
set -eu
export LOGS=$1
for hierarchy in /sys/fs/cgroup/*/; do
    mkdir -p "$hierarchy$2"
    for file in cpuset.cpus cpuset.mems; do
        if [ -e "$hierarchy$file" ]; then cat "$hierarchy$file" > "$hierarchy$2/$file"; fi
    done
    echo $$ > "$hierarchy$2/cgroup.procs"
done
exec unshare --net --mount --pid --fork --cgroup --ipc --uts --kill-child bash -c '
set -eu
mount --make-rprivate /
mount -t proc proc /proc
# The mounts of a lab outside below /run would still be listed, and be out of reach.
umount --lazy /run/calico/cgroup 2> /dev/null || true
mount -t tmpfs tmpfs /run
mount --bind "$LOGS" /var/log
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /sys/fs/cgroup
while IFS=: read -r _ names _; do
    case $names in
        "") mkdir /sys/fs/cgroup/unified; mount -t cgroup2 cgroup /sys/fs/cgroup/unified ;;
        name=*) mkdir "/sys/fs/cgroup/${names#name=}"; mount -t cgroup -o "none,$names" cgroup "/sys/fs/cgroup/${names#name=}" ;;
        *) mkdir "/sys/fs/cgroup/$names"; mount -t cgroup -o "$names" cgroup "/sys/fs/cgroup/$names" ;;
    esac
done < /proc/self/cgroup
ip link set lo up
while read -r line; do bash -c "$line" < /dev/null > /dev/null 2>&1 && echo 0 || echo $?; done'
