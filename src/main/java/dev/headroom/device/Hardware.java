package dev.headroom.device;

import java.util.List;

/**
 * The hardware that this process runs on.
 *
 * @param gpus the GPUs it may use, in CUDA's order; empty where there are none
 * @param host cores and memory
 * @param findings one for each source that was asked, in that order
 */
public record Hardware(List<Gpu> gpus, Host host, List<Finding> findings) {

    /** Keeps copies of its lists. */
    public Hardware {
        gpus = List.copyOf(gpus);
        findings = List.copyOf(findings);
    }
}
