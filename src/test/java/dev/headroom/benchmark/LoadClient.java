package dev.headroom.benchmark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a load on a server and prints what it came to in one line. A process of its own with one thread, because it
 * shares the cores with what it measures. A request's time counts from when it should have been sent, so that a server
 * that stalls is not spared the requests it kept from being sent.
 */
final class LoadClient {

    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long MILLI = 1_000_000;

    /** A selector waits whole milliseconds; what is left is waited for in parts of this size. */
    private static final long NAP_NANOS = 100_000;

    private final LoadOrder order;
    private final List<ByteBuffer> requests;
    private final Selector selector = Selector.open();
    private final Deque<Connection> free = new ArrayDeque<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final Arrivals arrivals;
    private final LoadTally tally;
    private int connections;
    private int inFlight;
    private long sent;

    private LoadClient(LoadOrder order) throws IOException {
        this.order = order;
        requests = Files.readAllLines(order.bodies()).stream()
                .map(body -> AnswerParser.request(order.path(), order.header(), body.getBytes(StandardCharsets.UTF_8)))
                .toList();
        long start = System.nanoTime();
        arrivals = Arrivals.of(order.demand(), start);
        tally = new LoadTally(order, requests.size(), start);
    }

    public static void main(String... arguments) throws IOException {
        System.out.println(put(LoadOrder.parse(arguments)).line());
    }

    /** Puts a load on a server from this process. */
    static LoadResult put(LoadOrder order) throws IOException {
        return new LoadClient(order).run();
    }

    private LoadResult run() throws IOException {
        while (tally.open(arrivals.next(System.nanoTime()))) {
            sendDue();
            await();
        }
        long end = System.nanoTime();
        while (inFlight > 0 && System.nanoTime() - end < PATIENCE_NANOS) {
            selector.select(this::serve, 100);
        }
        return tally.result(sent, inFlight);
    }

    private void sendDue() throws IOException {
        long now = System.nanoTime();
        for (long due = arrivals.next(now); due <= now && tally.open(due); due = arrivals.next(now)) {
            Connection connection = connection();
            if (connection == null) {
                return;
            }
            arrivals.taken();
            send(connection, due);
        }
    }

    /** One that is free; null where all that there may be are in use. */
    private Connection connection() throws IOException {
        if (free.isEmpty() && connections < arrivals.connections()) {
            connections++;
            return new Connection(order.port(), selector);
        }
        return free.poll();
    }

    private void send(Connection connection, long due) {
        inFlight++;
        try {
            connection.send(requests.get((int) (sent++ % requests.size())), due);
        } catch (IOException _) {
            broken(connection);
        }
    }

    private void await() throws IOException {
        boolean canSend = !free.isEmpty() || connections < arrivals.connections();
        long now = System.nanoTime();
        long left = canSend ? arrivals.next(now) - now : 10 * MILLI;
        if (left >= MILLI) {
            selector.select(this::serve, left / MILLI);
        } else {
            if (left > 0) {
                LockSupport.parkNanos(Math.min(left, NAP_NANOS));
            }
            selector.selectNow(this::serve);
        }
    }

    private void serve(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (key.isWritable()) {
                connection.write();
            }
            if (key.isReadable() && connection.read(buffer)) {
                inFlight--;
                tally.answered(connection.status(), connection.intendedNanos(), System.nanoTime());
                free.add(connection);
            }
        } catch (IOException _) {
            broken(connection);
        }
    }

    private void broken(Connection connection) {
        connection.close();
        connections--;
        if (!free.remove(connection)) {
            inFlight--;
            tally.broken(connection.intendedNanos());
        }
    }
}
