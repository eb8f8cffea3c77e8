package dev.headroom.plan;

import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The builds for GPUs, with the compute capabilities that their CUDA provider has machine code for. Neither has PTX, which
 * CUDA could translate for a newer GPU. Code runs on its own generation from its own minor number on.
 */
public enum CudaBuild {
    /** ONNX Runtime 1.29.0 of Maven Central, for CUDA 12: as {@code cuobjdump} lists it. */
    CUDA_12("-Pgpu", "6.0", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "12.0"),
    /** JavaCPP's ONNX Runtime 1.24.1, for CUDA 13. */
    CUDA_13("-Pcuda13", "7.5", "8.0", "9.0", "10.0", "12.0");

    private final String profile;
    private final String[] code;

    CudaBuild(String profile, String... code) {
        this.profile = profile;
        this.code = code;
    }

    /** True if it has code for this compute capability; also where that is not known. */
    boolean runsOn(String capability) {
        return !capability.matches("\\d+\\.\\d+")
                || Stream.of(code)
                        .anyMatch(known -> major(known) == major(capability) && minor(known) <= minor(capability));
    }

    private static int major(String capability) {
        return Integer.parseInt(capability.split("\\.")[0]);
    }

    private static int minor(String capability) {
        return Integer.parseInt(capability.split("\\.")[1]);
    }

    /** A remark on the build that a GPU of this compute capability needs; empty where every build serves it. */
    public static Optional<String> remark(String capability) {
        String able = Stream.of(values())
                .filter(build -> build.runsOn(capability))
                .map(build -> build.profile)
                .collect(Collectors.joining(" or "));
        if (Stream.of(values()).allMatch(build -> build.runsOn(capability))) {
            return Optional.empty();
        }
        return Optional.of(
                able.isEmpty()
                        ? "No build has machine code for compute capability %s: it would serve on the CPU."
                                .formatted(capability)
                        : "Only the build with %s has machine code for compute capability %s."
                                .formatted(able, capability));
    }
}
