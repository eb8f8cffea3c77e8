# Becomes the process of a container whose command is the image's serve: a /tmp of its own, the capabilities that CRIU needs, and
# no other environment than the given one. Runs in namespaces of process ids and mounts of its own.
#   enter-checkpoint.sh try                          ends with 0 if CRIU can restore a process here
#   enter-checkpoint.sh GROUP FOLDER ARGUMENT NAME=VALUE...    GROUP: a control group, or none; ARGUMENT: of serve, or none
set -eu
mount --bind "$PWD" /mnt
mount -t tmpfs -o size=16m,mode=1777 tmp /tmp
case $PWD in # the checkout is seen where it was, though it lies below the old /tmp
    /tmp/*) mkdir -p "$PWD" && mount --bind /mnt "$PWD" && cd "$PWD" ;;
esac
few() {
    exec setpriv --bounding-set=-all,+checkpoint_restore,+sys_ptrace --inh-caps=-all,+checkpoint_restore,+sys_ptrace "$@"
}
if [ "$1" = try ]; then
    mkdir /tmp/checkpoint
    few sh -c '
        setsid setpriv --no-new-privs sleep 60 < /dev/null > /dev/null 2>&1 &
        id=$!
        until [ "$(cat /proc/$id/comm)" = sleep ]; do :; done
        criu dump --unprivileged --manage-cgroups=ignore --tree $id --images-dir /tmp/checkpoint --log-file /dev/null || exit 1
        wait $id || true
        criu restore --unprivileged --manage-cgroups=ignore --restore-detached --images-dir /tmp/checkpoint --log-file /dev/null && kill $id'
fi
group=$1 folder=$2 argument=$3
shift 3
[ "$group" = none ] || echo $$ > "$group/cgroup.procs"
[ "$argument" = none ] && argument=
few env -i PATH="$PATH" "$@" "$folder/serve" $argument
