package dev.headroom.device;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** The two versions of control groups, with the files in which each tells about memory. */
enum Cgroup {
    V1("memory", "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    V2("", "sys/fs/cgroup", "memory.max", "memory.current");

    private final String controller;
    private final String mount;
    private final String limit;
    private final String usage;

    Cgroup(String controller, String mount, String limit, String usage) {
        this.controller = controller;
        this.mount = mount;
        this.limit = limit;
        this.usage = usage;
    }

    /**
     * The limits that hold for this process, from its own group up to the root of what is mounted here: in a container
     * that root is usually the container's own group, whatever path the kernel tells.
     */
    Stream<MemoryCeiling> ceilings(Path root) {
        Path top = root.resolve(mount);
        return Stream.iterate(own(root, top), group -> group.startsWith(top), Path::getParent)
                .flatMap(this::ceiling);
    }

    private Path own(Path root, Path top) {
        try {
            Path own = top.resolve("./" + path(root)).normalize();
            return own.startsWith(top) ? own : top;
        } catch (InvalidPathException e) { // a name that this process's locale cannot write
            return top;
        }
    }

    private String path(Path root) {
        return new KernelFile(root.resolve("proc/self/cgroup"))
                .text()
                .lines()
                .map(line -> line.split(":", 3)) // hierarchy, controllers, path
                .filter(parts -> parts.length == 3)
                .filter(parts -> Arrays.asList(parts[1].split(",")).contains(controller))
                .map(parts -> parts[2])
                .findFirst()
                .orElse("/");
    }

    /** The limit of a group; none where the file is missing, or says "max". */
    private Stream<MemoryCeiling> ceiling(Path group) {
        long most = number(group, limit, "");
        if (most == KernelFile.NONE) {
            return Stream.empty();
        }
        long used = number(group, usage, "");
        long cache = number(group, "memory.stat", this == V1 ? "total_inactive_file" : "inactive_file");
        long kept = Math.max(0, used - Math.max(0, cache)); // that cache is given up before the limit bites
        String name = "cgroup " + name().toLowerCase(Locale.ROOT) + " limit";
        return Stream.of(new MemoryCeiling(name, most, most - kept));
    }

    private static long number(Path group, String file, String key) {
        return new KernelFile(group.resolve(file)).number(key);
    }
}
