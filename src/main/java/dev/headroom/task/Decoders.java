package dev.headroom.task;

import dev.headroom.batch.PreparationTime;
import dev.headroom.request.Priority;
import dev.headroom.task.image.ImageDecoder;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Decodes images in a queue of their own, in the order of their turn. Uses platform threads, because a virtual thread
 * would not yield its core while it decodes; and leaves one core to texts.
 */
public final class Decoders {

    private static final Duration IDLE = Duration.ofMinutes(1);

    /** Images may take so many times the estimate on a busy machine. */
    private static final int TIMES_LONGER = 4;

    private final ImageDecoder images;
    private final int most;
    private final Set<Place> line = new HashSet<>();
    private final ThreadPoolExecutor threads;
    private long joined;

    /**
     * Decoders, idle at first.
     *
     * @param workers the plan's number of workers
     * @param cores processors that this process may use
     */
    Decoders(ImageDecoder images, int workers, int cores) {
        this.images = images;
        this.most = Math.max(1, cores - 1);
        int atATime = atATime(workers);
        this.threads = new ThreadPoolExecutor(
                atATime,
                atATime,
                IDLE.toNanos(),
                TimeUnit.NANOSECONDS,
                new PriorityBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("headroom-decoder-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** How many images are decoded at a time. */
    int atATime() {
        return threads.getCorePoolSize();
    }

    /** How many images wait to be decoded. */
    int waiting() {
        return threads.getQueue().size();
    }

    private int atATime(int workers) {
        return Math.clamp(workers, 1, most);
    }

    /** Sets the plan's number of workers; running tasks go on. */
    void resize(int workers) {
        int atATime = atATime(workers);
        threads.setCorePoolSize(Math.min(atATime, threads.getMaximumPoolSize()));
        threads.setMaximumPoolSize(atATime);
        threads.setCorePoolSize(atATime);
    }

    /** The decoder that the threads use. */
    ImageDecoder images() {
        return images;
    }

    /** A place for an input, which has to {@link #join} the queue. */
    Place place(Input input, Priority priority) {
        return new Place(priority, estimate(input));
    }

    private Duration estimate(Input input) {
        return switch (input) {
            case Input.Image(byte[] file) -> images.estimate(file);
            case Input.Reference _ -> images.usualEstimate();
            case Input.Text _, Input.Pair _, Input.Tokens _, Input.Tensors _ -> Duration.ZERO;
        };
    }

    /**
     * Lets a request's images join the queue; each has to {@link Place#leave} it.
     *
     * @param longest the longest time to download and decode one of them in an empty queue
     * @return the time for the images before them, and for themselves
     */
    synchronized PreparationTime join(List<Place> places, Duration longest) {
        long now = System.nanoTime();
        Priority priority = places.getFirst().priority;
        Duration ahead = spread(line.stream()
                .filter(place -> place.isBefore(priority))
                .mapToLong(place -> place.leftNanos(now))
                .sum());
        Duration own = spread(places.stream().mapToLong(place -> place.nanos).sum());
        for (Place place : places) {
            place.number = joined++;
            line.add(place);
        }
        return new PreparationTime(ahead, own, longest.plus(ahead.plus(own).multipliedBy(TIMES_LONGER)));
    }

    private Duration spread(long nanos) {
        return Duration.ofNanos(nanos / atATime());
    }

    /** One image's place, from its arrival until it is decoded or its item is over. */
    final class Place implements Runnable, Comparable<Place> {

        private static final Comparator<Place> ORDER =
                Comparator.<Place>comparingLong(place -> place.turn).thenComparingLong(place -> place.number);

        private final Priority priority;
        private final long turn;
        private volatile long nanos;
        private volatile long startedNanos;
        private volatile boolean started;
        private long number;
        private Runnable decoding = () -> {};

        private Place(Priority priority, Duration estimate) {
            this.priority = priority;
            this.turn = priority.turn(System.nanoTime());
            this.nanos = estimate.toNanos();
        }

        /** The image has been downloaded. */
        void found(Input.Image image) {
            nanos = estimate(image).toNanos();
        }

        /** Runs the task when it is its turn. The task handles its own failures. */
        void decode(Runnable task) {
            decoding = task;
            threads.execute(this);
        }

        @Override
        public void run() {
            startedNanos = System.nanoTime();
            started = true;
            try {
                decoding.run();
            } finally {
                leave();
            }
        }

        /**
         * Gives the place up, because the item is over or decoded. Runs a waiting task now, which finds that its item
         * is over.
         */
        void leave() {
            synchronized (Decoders.this) {
                line.remove(this);
            }
            if (!started && threads.remove(this)) {
                decoding.run();
            }
        }

        private boolean isBefore(Priority other) {
            return started || priority == Priority.INTERACTIVE || other == Priority.BULK;
        }

        private long leftNanos(long now) {
            return started ? Math.max(0, nanos - (now - startedNanos)) : nanos;
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }
}
