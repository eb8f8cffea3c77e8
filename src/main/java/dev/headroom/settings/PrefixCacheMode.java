package dev.headroom.settings;

/** Whether what was read of one sequence is used for others that begin alike. */
public enum PrefixCacheMode {
    /** Each prompt is read as a whole. */
    OFF,
    /** Only what is new of a prompt is read, as far as the memory allows. */
    ON
}
