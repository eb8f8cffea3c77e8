package dev.headroom.settings;

/** Where the operator wants the models to run. */
public enum DeviceMode {
    /** A GPU that works, else the CPU, with the reason in the log and the plan. */
    AUTO,
    /** A GPU or no start at all. */
    GPU,
    /** The CPU, whatever else is there. */
    CPU
}
