package dev.headroom.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import dev.headroom.device.NativeEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The environment of ONNX Runtime in this process. */
public final class OrtRuntime {

    private static final int CREATE_ENV = 3;
    private static final int LOG_FATAL = 4;

    private static final OrtEnvironment ENVIRONMENT = open();
    private static final OrtEnv ENV = reference();

    private OrtRuntime() {}

    /**
     * The environment in the C API.
     *
     * @param pointer the {@code OrtEnv*}
     */
    record OrtEnv(OrtApi api, MemorySegment pointer) {}

    /** ONNX Runtime's version, such as 1.29.0. */
    public static String version() {
        return ENVIRONMENT.getVersion();
    }

    /** The environment; it lives as long as the process. */
    static OrtEnvironment environment() {
        return ENVIRONMENT;
    }

    /** The environment in the C API. */
    static OrtEnv env() {
        return ENV;
    }

    /** ONNX Runtime logs nothing: its errors come as exceptions, and this process tells them in its own words. */
    private static OrtEnvironment open() {
        NativeEnvironment.prepare();
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "headroom");
    }

    /**
     * Keeps the environment open by a second reference. The Java API's shutdown hook closes it while sessions still
     * answer the requests that were admitted before SIGTERM, which would crash the JVM.
     */
    private static OrtEnv reference() {
        OrtApi api = OrtApi.open();
        try (Arena memory = Arena.ofConfined()) {
            return new OrtEnv(api, api.create(CREATE_ENV, LOG_FATAL, memory.allocateFrom("headroom")));
        }
    }
}
