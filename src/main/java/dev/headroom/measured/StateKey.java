package dev.headroom.measured;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The key of what was measured and learned: everything that changes the memory or the time of a batch.
 *
 * @param model the model's name
 * @param fingerprint tells its content from another model's
 * @param longest elements of its longest row
 * @param device the device's name
 * @param deviceBytes its memory, or {@code headroom.memory.limit} where that is less
 * @param driver the GPU driver's version; empty on a CPU
 * @param cores processors that the process may use
 * @param threads threads of a session
 * @param runtime ONNX Runtime's version
 */
@RegisterForReflection
public record StateKey(
        String model,
        String fingerprint,
        long longest,
        String device,
        long deviceBytes,
        String driver,
        int cores,
        int threads,
        String runtime) {

    /** The key of the same model on another device. */
    public StateKey on(String otherDevice, long otherBytes) {
        return new StateKey(model, fingerprint, longest, otherDevice, otherBytes, driver, cores, threads, runtime);
    }

    /**
     * The beginning of its files' names: the model's, as far as any file system takes it, and a digest of everything,
     * so that each model has its own on each device.
     */
    String fileName() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            String readable = model.replaceAll("[^A-Za-z0-9._-]", "_");
            return "%.64s-%s".formatted(readable, HexFormat.of().formatHex(digest, 0, 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
