package dev.headroom.device;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The GPUs that one source sees, hidden ones included.
 *
 * @param gpus numbered as the driver does; empty where it sees none
 * @param reason its answer in words, or why it saw none
 */
record Sighting(List<Gpu> gpus, String reason) {

    static Sighting of(List<Gpu> gpus, List<String> remarks) {
        List<String> parts = new ArrayList<>();
        parts.add(gpus.isEmpty() ? "no GPU that can be used" : summary(gpus));
        parts.addAll(remarks);
        return new Sighting(List.copyOf(gpus), String.join("; ", parts));
    }

    static Sighting none(String reason) {
        return new Sighting(List.of(), reason);
    }

    private static String summary(List<Gpu> gpus) {
        Gpu first = gpus.getFirst();
        String names = gpus.stream().map(Gpu::name).collect(Collectors.joining(", "));
        String cuda = first.cudaVersion().isEmpty() ? "" : ", CUDA " + first.cudaVersion();
        String driver = first.driverVersion().isEmpty() ? "unknown" : first.driverVersion();
        return names + " (driver " + driver + cuda + ")";
    }
}
