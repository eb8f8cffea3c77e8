package dev.headroom.device;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Optional;

/** The environment variables of this process as native libraries read them, which Java itself cannot set. */
public final class NativeEnvironment {

    private static final Map<String, String> VARIABLES = Map.of(
            // no report to ONNX Runtime's maker without the operator's consent
            "ORT_DISABLE_TELEMETRY", "1",
            // or CUDA would count the fastest first, unlike the driver
            "CUDA_DEVICE_ORDER", "PCI_BUS_ID");

    private static boolean prepared;

    private NativeEnvironment() {}

    /**
     * Sets the variables. Each thread that loads a library which reads them calls first; later calls set nothing, because a
     * library may be reading. Does nothing without POSIX's {@code setenv}.
     */
    public static synchronized void prepare() {
        if (!prepared) {
            prepared = true;
            VARIABLES.forEach(NativeEnvironment::set);
        }
    }

    /**
     * Changes a variable, or takes it away where there is no value. Only while no other thread calls native code: a library
     * may be reading.
     */
    public static void change(String name, Optional<String> value) {
        value.ifPresentOrElse(given -> set(name, given), () -> unset(name));
    }

    private static void unset(String name) {
        NativeFunction.ofTheCLibrary("unsetenv").ifPresent(unsetenv -> {
            try (Arena memory = Arena.ofConfined()) {
                unsetenv.call(memory.allocateFrom(name));
            }
        });
    }

    static void set(String name, String value) {
        NativeFunction.ofTheCLibrary("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                setenv.call(memory.allocateFrom(name), memory.allocateFrom(value), 1);
            }
        });
    }
}
