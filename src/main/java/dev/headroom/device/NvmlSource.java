package dev.headroom.device;

import java.util.List;
import java.util.Optional;

/** Asks NVML, and keeps it for reading the memory again. Any thread may call. */
final class NvmlSource implements GpuSource {

    /** The source that all of this process uses. */
    static final NvmlSource PROCESS = new NvmlSource(Nvml.PLACES);

    private final List<String> places;
    private volatile Nvml answering; // set once it has answered everything without hanging

    NvmlSource(List<String> places) {
        this.places = List.copyOf(places);
    }

    @Override
    public String name() {
        return "nvml";
    }

    @Override
    public Sighting look(Host host) throws NvmlRefused {
        Nvml nvml = answering == null ? Nvml.open(places) : answering;
        Sighting sighting = new NvmlSurvey(nvml, host).sighting();
        answering = nvml;
        return sighting;
    }

    /** The memory of one device now; empty where NVML does not answer or does not know the device. */
    Optional<GpuMemory> memory(String uuid) {
        try {
            return answering == null ? Optional.empty() : Optional.of(answering.memory(answering.device(uuid)));
        } catch (NvmlRefused e) {
            return Optional.empty();
        }
    }
}
