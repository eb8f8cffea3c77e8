package dev.headroom.forecast;

import dev.headroom.hub.DownloadCount;
import dev.headroom.hub.Progress;
import java.io.PrintWriter;
import java.time.Duration;

/** Shows how far downloads are: as a bar on a terminal, elsewhere in lines. */
final class PullProgress implements Progress {

    private static final int BAR = 30;

    private static final Duration BAR_PERIOD = Duration.ofMillis(100);
    private static final Duration LINE_PERIOD = Duration.ofSeconds(5);

    /** Less is downloaded before anybody could read it. */
    private static final long LEAST_BYTES = 1 << 20;

    /** Moves to the beginning of the line, and clears it. */
    private static final String REWRITE = "\r\033[K";

    private final PrintWriter out;
    private final boolean terminal;
    private DownloadCount count = new DownloadCount("", 0, 0);
    private long last;

    /**
     * Progress that is written here.
     *
     * @param terminal true if the writer leads to a terminal
     */
    PullProgress(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public synchronized void begins(String model, int files, long bytes) {
        count = new DownloadCount(model, files, bytes);
        last = System.nanoTime();
        if (terminal) {
            bar();
        } else if (bytes >= LEAST_BYTES) {
            line("%s: %s".formatted(model, count.planned()));
        }
    }

    @Override
    public synchronized void received(long bytes) {
        count.add(bytes);
        if (System.nanoTime() - last >= (terminal ? BAR_PERIOD : LINE_PERIOD).toNanos()) {
            last = System.nanoTime();
            if (terminal) {
                bar();
            } else {
                line("%s: %.0f %%, %s".formatted(count.model(), 100 * count.share(), count.text()));
            }
        }
    }

    @Override
    public synchronized void ends() {
        if (terminal) {
            out.print(REWRITE);
        }
        if (count.total() >= LEAST_BYTES) {
            line("%s: %s".formatted(count.model(), count.text()));
        }
    }

    private void bar() {
        int full = (int) Math.round(BAR * count.share());
        out.print(REWRITE
                + "%s [%s%s] %3.0f %% %s"
                        .formatted(
                                count.model(),
                                "#".repeat(full),
                                "-".repeat(BAR - full),
                                100 * count.share(),
                                count.text()));
        out.flush();
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }
}
