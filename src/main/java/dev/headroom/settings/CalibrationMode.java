package dev.headroom.settings;

/** When models are measured on their device. */
public enum CalibrationMode {
    /** Never; measurements of earlier starts are not used either. */
    OFF,
    /** Before the first call is admitted. */
    STARTUP,
    /** After the start, while nobody calls. */
    BACKGROUND
}
