# Becomes the process of a container: a root file system of the C libraries and the image's folder alone, all of it read-only but
# a /tmp of 4 MiB, and no environment. Runs in a mount namespace of its own.
#   enter.sh ROOT LAYOUT LIBRARIES USER COMMAND...     USER: options of unshare that make it user 10001
set -eu
root=$1 layout=$2 libraries=$3 user=$4
shift 4
mount -t tmpfs -o size=64m,mode=755 root "$root"
xargs -a "$libraries" cp --dereference --parents --target-directory="$root"
mkdir -p "$root/headroom" "$root/proc" "$root/sys" "$root/dev" "$root/etc" "$root/tmp"
mount --bind "$layout" "$root/headroom"
mount -o remount,bind,ro "$root/headroom"
for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
mount -t tmpfs -o size=4m,mode=1777 tmp "$root/tmp"
mount -o remount,bind,ro "$root"
exec env -i QUARKUS_HTTP_PORT=0 HEADROOM_CALIBRATION=off /usr/bin/setpriv --no-new-privs \
    /usr/bin/unshare $user --root="$root" --wd=/headroom "$@"
