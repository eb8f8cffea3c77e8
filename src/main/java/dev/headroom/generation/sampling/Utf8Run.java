package dev.headroom.generation.sampling;

/** Whether tokens of single bytes make whole characters: the bytes of UTF-8 that may come next. */
record Utf8Run(int missing, int least, int most) {

    /** Between characters. */
    static final Utf8Run WHOLE = new Utf8Run(0, 0, 0);

    /** True if a byte may come next. */
    boolean allows(int next) {
        return missing == 0 ? next < 0x80 || next >= 0xC2 && next <= 0xF4 : next >= least && next <= most;
    }

    /** The run after a byte that is allowed. The first byte says how many follow, and bounds the second. */
    Utf8Run after(int next) {
        if (missing > 1) {
            return new Utf8Run(missing - 1, 0x80, 0xBF);
        }
        if (missing == 1 || next < 0x80) {
            return WHOLE;
        }
        int following = next < 0xE0 ? 1 : next < 0xF0 ? 2 : 3;
        return new Utf8Run(
                following,
                next == 0xE0 ? 0xA0 : next == 0xF0 ? 0x90 : 0x80,
                next == 0xED ? 0x9F : next == 0xF4 ? 0x8F : 0xBF);
    }
}
