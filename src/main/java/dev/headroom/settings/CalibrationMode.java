package dev.headroom.settings;

/** When models are measured on their device. */
public enum CalibrationMode {
    /** Never; what an earlier start has measured is not used either. */
    OFF,
    /** Before the first call is taken. */
    STARTUP,
    /** After the start, while nobody calls. */
    BACKGROUND
}
