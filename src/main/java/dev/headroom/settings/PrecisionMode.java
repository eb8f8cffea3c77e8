package dev.headroom.settings;

/** The precision in which the operator wants the models to be served. */
public enum PrecisionMode {
    /** In half precision, else in bfloat16, where the folder has a file for it and the device is a GPU that suits it, else in full. */
    AUTO,
    /** In full precision, or the start is refused. */
    FULL,
    /** In half precision on any device, or the start is refused. */
    HALF,
    /** In bfloat16 on a GPU that suits it, or the start is refused. */
    BFLOAT16
}
