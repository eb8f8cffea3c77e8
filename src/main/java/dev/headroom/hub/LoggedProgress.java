package dev.headroom.hub;

import java.time.Duration;
import org.jboss.logging.Logger;

/** Logs how far downloads are: when they begin and end, and now and then between. */
public final class LoggedProgress implements Progress {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** Less is downloaded before anybody could read it. */
    private static final long LEAST_BYTES = 1 << 20;

    private DownloadCount count = new DownloadCount("", 0, 0);
    private long last;

    @Override
    public synchronized void begins(String model, int files, long bytes) {
        count = new DownloadCount(model, files, bytes);
        last = System.nanoTime();
        if (bytes >= LEAST_BYTES) {
            LOG.infof("Downloading %s: %s", model, count.planned());
        }
    }

    @Override
    public synchronized void received(long bytes) {
        count.add(bytes);
        if (System.nanoTime() - last >= PERIOD.toNanos()) {
            last = System.nanoTime();
            LOG.infof("Downloading %s: %s", count.model(), count.text());
        }
    }

    @Override
    public synchronized void ends() {
        if (count.total() >= LEAST_BYTES) {
            LOG.infof("Downloaded %s: %s", count.model(), count.text());
        }
    }
}
