package dev.headroom.function.generate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.function.Problem;
import dev.headroom.function.RequestEnd;
import dev.headroom.function.RequestGuard;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import io.netty.channel.EventLoop;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Writes what is told of a request's sequences as server-sent events. Any thread may tell, and never waits; the
 * connection's event loop writes, several events at a time where they wait. The head goes out with the first event or
 * comment: what fails before is answered with a status. A caller that takes nothing for too long loses the connection.
 */
final class EventStream implements Consumer<Told> {

    /** No more than so many bytes are made at once, so that other connections of the event loop have their turn. */
    private static final int PIECE = 64 << 10;

    private static final Buffer KEEP_ALIVE = Buffer.buffer(": keep-alive\n\n");

    private final RoutingContext context;
    private final HttpServerResponse response;
    private final EventLoop loop;
    private final StreamForm form;
    private final StreamLimits limits;
    private final ObjectMapper json;
    private final TextMemory memory;
    private final Queue<Told> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();
    private final SlowReader reader;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    // Only the event loop uses these.
    private int left;
    private boolean quiet = true;

    private EventStream(RoutingContext context, Form form, StreamLimits limits) {
        this.context = context;
        this.response = context.response();
        this.loop = RequestEnd.loop(context);
        this.form = form.stream;
        this.left = form.sequences;
        this.json = form.json;
        this.memory = form.memory;
        this.limits = limits;
        this.reader = new SlowReader(context, limits.longestUnread(), this::schedule);
    }

    /**
     * The form in which a stream is written.
     *
     * @param stream the protocol's form of it
     * @param sequences how many sequences it tells of
     * @param json writes its events
     * @param memory has what was told until it is written
     */
    record Form(StreamForm stream, int sequences, ObjectMapper json, TextMemory memory) {}

    /** Begins a stream, which ends with the request. */
    static EventStream begin(RoutingContext context, Form form, StreamLimits limits) {
        EventStream stream = new EventStream(context, form, limits);
        long pause = limits.keepAlive().toMillis();
        Future<?> ticks = stream.loop.scheduleWithFixedDelay(stream::tick, pause, pause, TimeUnit.MILLISECONDS);
        RequestEnd.follow(context, () -> ticks.cancel(false));
        return stream;
    }

    @Override
    public void accept(Told told) {
        waiting.add(told);
        if (waitingCount.incrementAndGet() > limits.mostWaiting()) {
            onLoop(reader::cut);
        } else {
            schedule();
        }
    }

    private void schedule() {
        if (scheduled.compareAndSet(false, true)) {
            onLoop(this::write);
        }
    }

    /** An event loop that has ended has closed its connections, too. */
    private void onLoop(Runnable step) {
        try {
            loop.execute(step);
        } catch (RejectedExecutionException e) {
            waiting.clear();
        }
    }

    private void write() {
        scheduled.set(false);
        if (RequestEnd.isOver(context)) {
            waiting.clear();
            return;
        }
        if (response.writeQueueFull()) {
            reader.await();
            return;
        }
        EventBytes events = new EventBytes(json);
        try {
            if (tellWaiting(events)) {
                send(events);
            }
        } catch (RuntimeException | Error e) {
            fail(new Failure.Internal("The answer could not be written.", e), new EventBytes(json));
        }
        if (!waiting.isEmpty()) {
            schedule();
        }
    }

    /** False if the request has failed meanwhile. */
    private boolean tellWaiting(EventBytes events) {
        while (events.bytes().length() < PIECE && waiting.poll() instanceof Told told) {
            waitingCount.decrementAndGet();
            if (told instanceof Told.Failed(int _, Failure failure)) {
                fail(failure, events);
                return false;
            }
            form.tell(told, events);
            switch (told) {
                case Told.Text text -> memory.written(text, form.keepsText());
                case Told.Ended _ -> left--;
                case Told.Failed _ -> {}
            }
        }
        return true;
    }

    private void send(EventBytes events) {
        if (left == 0) {
            form.end(events);
            begin();
            response.end(events.bytes());
        } else if (events.bytes().length() > 0) {
            write(events.bytes());
        }
    }

    private void write(Buffer bytes) {
        begin();
        quiet = false;
        response.write(bytes);
    }

    /** Prepares the head, which goes out with the first bytes. */
    private void begin() {
        if (!response.headWritten()) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream; charset=utf-8")
                    .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                    .putHeader("X-Accel-Buffering", "no") // nginx would hold events back
                    .setChunked(true);
        }
    }

    private void fail(Failure failure, EventBytes events) {
        waiting.clear();
        if (!response.headWritten()) {
            context.fail(new RequestFailedException(failure));
            return;
        }
        Problem problem = Problem.logged(failure);
        RequestGuard.outcome(context, Integer.toString(problem.status()));
        form.fail(failure, problem, events);
        response.end(events.bytes());
    }

    private void tick() {
        if (quiet && !RequestEnd.isOver(context) && !response.writeQueueFull()) {
            write(KEEP_ALIVE.copy());
        }
        quiet = true;
    }
}
