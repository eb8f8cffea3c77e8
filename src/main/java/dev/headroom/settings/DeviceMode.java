package dev.headroom.settings;

/** The kind of device on which the operator wants the models to run. */
public enum DeviceMode {
    /** On a GPU that works, else on the CPU, with the reason in the log and the plan. */
    AUTO,
    /** On a GPU, or the start is refused. */
    GPU,
    /** On the CPU, whatever GPUs there are. */
    CPU
}
