package dev.headroom.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;

/** The environment variables of this process as native libraries read them, which Java itself cannot set. */
public final class NativeEnvironment {

    private NativeEnvironment() {}

    /** Sets a variable for the native libraries that are loaded later. Does nothing without POSIX's {@code setenv}. */
    @SuppressWarnings("restricted")
    public static void set(String name, String value) {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                FunctionDescriptor signature = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
                linker.downcallHandle(setenv, signature)
                        .invoke(memory.allocateFrom(name), memory.allocateFrom(value), 1);
            } catch (Throwable e) {
                throw new IllegalStateException("The variable %s could not be set".formatted(name), e);
            }
        });
    }
}
