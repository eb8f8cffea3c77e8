package dev.headroom.device;

import java.lang.foreign.Arena;

/** The environment variables of this process as native libraries read them, which Java itself cannot set. */
public final class NativeEnvironment {

    private NativeEnvironment() {}

    /** Sets a variable for the native libraries that are loaded later. Does nothing without POSIX's {@code setenv}. */
    public static void set(String name, String value) {
        NativeFunction.ofTheCLibrary("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                setenv.call(memory.allocateFrom(name), memory.allocateFrom(value), 1);
            }
        });
    }
}
