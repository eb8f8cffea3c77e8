package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import ai.onnxruntime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;

/** The environment of ONNX Runtime in this process. */
final class OrtRuntime {

    private static final int CREATE_ENV = 3;
    private static final int LOG_WARNING = 2;

    private static final OrtEnvironment ENVIRONMENT = open();
    private static final OrtEnv ENV = reference();

    private OrtRuntime() {}

    /**
     * The environment in the C API.
     *
     * @param pointer the {@code OrtEnv*}
     */
    record OrtEnv(OrtApi api, MemorySegment pointer) {}

    /** The environment; it lives as long as the process. */
    static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    /** The environment in the C API. */
    static OrtEnv env() {
        return ENV;
    }

    private static OrtEnvironment open() {
        forbidTelemetry();
        return OrtEnvironment.getEnvironment();
    }

    /**
     * Keeps the environment open by a second reference. The Java API's shutdown hook closes it while sessions still
     * answer the requests that were admitted before SIGTERM, which would crash the JVM.
     */
    private static OrtEnv reference() {
        OrtApi api = OrtApi.open();
        try (Arena memory = Arena.ofConfined()) {
            return new OrtEnv(api, api.create(CREATE_ENV, LOG_WARNING, memory.allocateFrom("headroom")));
        }
    }

    /** Sets the variable that keeps ONNX Runtime from reporting its use to its maker without the operator's consent. */
    @SuppressWarnings("restricted")
    private static void forbidTelemetry() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(setenv -> {
            try (Arena memory = Arena.ofConfined()) {
                FunctionDescriptor signature = FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
                linker.downcallHandle(setenv, signature)
                        .invoke(memory.allocateFrom("ORT_DISABLE_TELEMETRY"), memory.allocateFrom("1"), 1);
            } catch (Throwable e) {
                throw new IllegalStateException("ONNX Runtime's telemetry could not be switched off", e);
            }
        });
    }
}
