package dev.headroom.device;

import java.lang.foreign.Arena;
import java.util.Map;

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

    static void set(String name, String value) {
        NativeFunction.ofTheCLibrary("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                setenv.call(memory.allocateFrom(name), memory.allocateFrom(value), 1);
            }
        });
    }
}
