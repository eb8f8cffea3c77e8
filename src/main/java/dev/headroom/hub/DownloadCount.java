package dev.headroom.hub;

import dev.headroom.device.Bytes;
import java.util.Locale;

/** Counts the bytes of a model's downloads. Used by one thread at a time. */
public final class DownloadCount {

    private final String model;
    private final int files;
    private final long total;
    private final long start = System.nanoTime();
    private long received;

    /** Nothing yet of so many files and bytes. */
    public DownloadCount(String model, int files, long total) {
        this.model = model;
        this.files = files;
        this.total = total;
    }

    /** Adds bytes that have come; fewer than 0 if as many were of no use. */
    public void add(long bytes) {
        received += bytes;
    }

    /** The model's name. */
    public String model() {
        return model;
    }

    /** The bytes of all files. */
    public long total() {
        return total;
    }

    /** The part that is here, from 0 to 1. */
    public double share() {
        return total <= 0 ? 0 : Math.clamp((double) received / total, 0, 1);
    }

    /** The bytes and files to come, in words. */
    public String planned() {
        return "%s in %d %s".formatted(Bytes.text(total), files, files == 1 ? "file" : "files");
    }

    /** The bytes that came, and how fast, in words. */
    public String text() {
        double seconds = Math.max(0.001, (System.nanoTime() - start) / 1e9);
        return String.format(
                Locale.ROOT,
                "%s of %s in %.1f s, %s a second",
                Bytes.text(Math.max(0, received)),
                Bytes.text(total),
                seconds,
                Bytes.text((long) (Math.max(0, received) / seconds)));
    }
}
