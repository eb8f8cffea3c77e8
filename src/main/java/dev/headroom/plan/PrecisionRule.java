package dev.headroom.plan;

import dev.headroom.device.Gpu;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrecisionMode;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses the file of a model that is served on a device. It needs no more than the names of the files.
 *
 * @param mode the operator's choice
 * @param device the device to serve on
 */
public record PrecisionRule(PrecisionMode mode, ServingDevice device) {

    /** Volta, the first generation whose tensor cores multiply in half precision. */
    private static final double LEAST_CAPABILITY = 7.0;

    /**
     * The rule that is likely to hold before any GPU has been tried: for the oldest GPU that was found, else for the CPU.
     *
     * @param gpus the GPUs that may serve
     */
    public static PrecisionRule likely(PrecisionMode mode, List<Gpu> gpus) {
        Optional<Gpu> oldest =
                gpus.stream().min(Comparator.comparingDouble(gpu -> capability(gpu.computeCapability())));
        return new PrecisionRule(
                mode,
                oldest.map(gpu -> new ServingDevice(
                                true, gpu.name(), gpu.computeCapability(), 0, 0, "it was found first"))
                        .orElseGet(() -> new ServingDevice(false, "CPU", "", 0, 0, "no GPU was found")));
    }

    /**
     * Chooses the file to serve.
     *
     * @param model the model's name, for the messages
     * @param files the names of the model's files, at least one
     * @throws PlanRefusedException when the operator asks for a file that is missing
     */
    public PrecisionSetting choose(String model, Map<Precision, String> files) {
        return switch (mode) {
            case AUTO -> files.size() == 1 ? only(files) : suited(files);
            case FULL -> forced(Precision.FULL, model, files);
            case HALF -> forced(Precision.HALF, model, files);
        };
    }

    private static PrecisionSetting only(Map<Precision, String> files) {
        return files.containsKey(Precision.FULL)
                ? derived(Precision.FULL, files, "the folder has no file in half precision")
                : derived(Precision.HALF, files, "the folder has no other file, so it is served on any device");
    }

    private PrecisionSetting suited(Map<Precision, String> files) {
        String rule = "half precision is for GPUs of compute capability %s and newer".formatted(LEAST_CAPABILITY);
        if (!device.gpu()) {
            return derived(Precision.FULL, files, rule);
        }
        if (device.computeCapability().isEmpty()) {
            return derived(Precision.FULL, files, rule + "; that of this GPU is not known");
        }
        return derived(
                capability(device.computeCapability()) >= LEAST_CAPABILITY ? Precision.HALF : Precision.FULL,
                files,
                "%s; this one has %s".formatted(rule, device.computeCapability()));
    }

    /** A compute capability as a number; 0 where it is not known. */
    static double capability(String capability) {
        return capability.matches("\\d{1,3}(\\.\\d{1,3})?") ? Double.parseDouble(capability) : 0;
    }

    private static PrecisionSetting derived(Precision precision, Map<Precision, String> files, String reason) {
        return new PrecisionSetting(precision, files.get(precision), Source.DEFAULT, reason);
    }

    private static PrecisionSetting forced(Precision precision, String model, Map<Precision, String> files) {
        if (!files.containsKey(precision)) {
            throw new PlanRefusedException(
                    "headroom.precision is %s, but the folder of %s has only %s: put a file in %s precision there, or set headroom.precision to auto."
                            .formatted(
                                    precision, model, files.values().iterator().next(), precision));
        }
        return new PrecisionSetting(precision, files.get(precision), Source.SET, "set by headroom.precision");
    }
}
