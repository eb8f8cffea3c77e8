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

    /** The rule for a GPU of which nothing is known: what the operator wants is found, wherever it will run. */
    public static PrecisionRule forAnyGpu(PrecisionMode mode) {
        return new PrecisionRule(mode, new ServingDevice(true, "GPU", "", 0, 0, "nothing is known of it"));
    }

    /**
     * The rule that is likely to hold before any GPU has been tried: what the operator has set, else for the oldest GPU that was found,
     * else for the CPU.
     *
     * @param gpus the GPUs that may serve
     */
    public static PrecisionRule likely(PrecisionMode mode, List<Gpu> gpus) {
        if (mode != PrecisionMode.AUTO) {
            return forAnyGpu(mode);
        }
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
            case AUTO -> suited(model, files);
            case FULL -> forced(Precision.FULL, model, files);
            case HALF -> forced(Precision.HALF, model, files);
            case BFLOAT16 -> forced(Precision.BFLOAT16, model, files);
        };
    }

    private PrecisionSetting suited(String model, Map<Precision, String> files) {
        List<Precision> reduced =
                Precision.REDUCED.stream().filter(files::containsKey).toList();
        Optional<Precision> suited = reduced.stream().filter(this::suits).findFirst();
        if (suited.isPresent()) {
            return derived(suited.get(), files, rule(suited.get()));
        }
        if (files.containsKey(Precision.FULL)) {
            String none = "the folder has no file in half precision";
            return derived(Precision.FULL, files, reduced.isEmpty() ? none : rule(reduced.getFirst()));
        }
        if (files.containsKey(Precision.HALF)) {
            return derived(Precision.HALF, files, "the folder has no other file that runs on any device");
        }
        throw new PlanRefusedException("The folder of %s has only %s, and %s: put the file in full precision there."
                .formatted(model, files.get(Precision.BFLOAT16), rule(Precision.BFLOAT16)));
    }

    private boolean suits(Precision precision) {
        return device.gpu() && capability(device.computeCapability()) >= precision.leastCapability();
    }

    /** The rule for a file in 16 bits, with what it says of the device. */
    private String rule(Precision reduced) {
        String rule = "%s precision is for GPUs of compute capability %s and newer"
                .formatted(reduced, reduced.leastCapability());
        if (!device.gpu()) {
            return rule;
        }
        return device.computeCapability().isEmpty()
                ? rule + "; that of this GPU is not known"
                : "%s; this one has %s".formatted(rule, device.computeCapability());
    }

    /** A compute capability as a number; 0 where it is not known. */
    static double capability(String capability) {
        return capability.matches("\\d{1,3}(\\.\\d{1,3})?") ? Double.parseDouble(capability) : 0;
    }

    private static PrecisionSetting derived(Precision precision, Map<Precision, String> files, String reason) {
        return new PrecisionSetting(precision, files.get(precision), Source.DEFAULT, reason);
    }

    private PrecisionSetting forced(Precision precision, String model, Map<Precision, String> files) {
        if (!files.containsKey(precision)) {
            throw new PlanRefusedException(
                    "headroom.precision is %s, but the folder of %s has only %s: put a file in %s precision there, or set headroom.precision to auto."
                            .formatted(
                                    precision, model, files.values().iterator().next(), precision));
        }
        boolean known = !device.gpu() || !device.computeCapability().isEmpty();
        if (precision == Precision.BFLOAT16 && known && !suits(precision)) {
            throw new PlanRefusedException(
                    "headroom.precision is bfloat16, but %s: set headroom.precision to auto, which serves the file in full precision on other devices."
                            .formatted(rule(precision)));
        }
        return new PrecisionSetting(precision, files.get(precision), Source.SET, "set by headroom.precision");
    }
}
