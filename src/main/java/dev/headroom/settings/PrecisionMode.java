package dev.headroom.settings;

/** In which precision the operator wants the models to be served. */
public enum PrecisionMode {
    /** In half precision where the folder has a file for it and the device is a GPU that suits it, else in full. */
    AUTO,
    /** In full precision, or no start at all. */
    FULL,
    /** In half precision, on whatever device, or no start at all. */
    HALF
}
