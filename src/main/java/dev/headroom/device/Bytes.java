package dev.headroom.device;

import java.util.Locale;

/** Writes counts of bytes for people to read. */
public final class Bytes {

    private Bytes() {}

    /** A count of bytes in the largest binary unit that keeps it at 1 or above, such as {@code 23.4 GiB}. */
    public static String text(long bytes) {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (Math.abs(value) >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }

    /** A count of bytes in whole MiB, or from 1 GiB on in GiB, rounded down: {@code 512 MiB}, {@code 2.0 GiB}. */
    static String floor(long bytes) {
        long mebibytes = bytes >> 20;
        long tenths = mebibytes * 10 / 1024;
        return mebibytes < 1024 ? mebibytes + " MiB" : tenths / 10 + "." + tenths % 10 + " GiB";
    }
}
