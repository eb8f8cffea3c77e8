package dev.headroom.worker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.IntSupplier;
import org.jboss.logging.Logger;

/** A queue of RabbitMQ. Its thread connects again, after pauses that double, whenever the connection has ended. */
final class RabbitFeed implements Feed {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Duration GLANCE = Duration.ofSeconds(1);

    /** A connection that ends sooner has failed, so that the pauses go on to double. */
    private static final Duration LASTED = Duration.ofSeconds(10);

    /** RabbitMQ's prefetch has 16 bits. */
    private static final int MOST_PREFETCH = 65_535;

    private final RabbitSettings settings;
    private final Work work;
    private final IntSupplier plan;
    private final Pauses reconnects = new Pauses();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("headroom-rabbitmq").unstarted(this::run);
    private volatile Optional<RabbitSession> session = Optional.empty();
    private volatile String trouble = "The connection to RabbitMQ is being made.";

    /**
     * A feed that is not started yet.
     *
     * @param plan the prefetch of the live plan
     */
    RabbitFeed(RabbitSettings settings, Work work, IntSupplier plan) {
        this.settings = settings;
        this.work = work;
        this.plan = plan;
    }

    @Override
    public String name() {
        return "rabbitmq";
    }

    @Override
    public void start() {
        thread.start();
    }

    private void run() {
        int failed = 0;
        while (!work.inFlight().draining()) {
            long begin = System.nanoTime();
            try (RabbitSession next = new RabbitSession(settings, work)) {
                follow(next);
            } catch (IOException | TimeoutException | RuntimeException e) {
                trouble = sentence(e);
            } catch (InterruptedException e) {
                return; // the process ends
            }
            session = Optional.empty();
            failed = System.nanoTime() - begin < LASTED.toNanos() ? failed + 1 : 1;
            if (!work.inFlight().draining()) {
                LOG.warnf("%s The worker connects again.", trouble);
                reconnects.pause(Pauses.after(failed, Optional.empty()));
            }
        }
    }

    /** Follows the plan until the connection or the feed has ended. */
    private void follow(RabbitSession open) throws IOException, InterruptedException {
        open.follow(prefetch());
        session = Optional.of(open);
        LOG.infof("Events are taken from RabbitMQ's queue %s, %d at a time.", settings.queue(), prefetch());
        while (!open.awaitEnd(GLANCE)) {
            open.follow(prefetch());
        }
        trouble = open.trouble().orElse("The connection to RabbitMQ has ended.");
    }

    @Override
    public Optional<String> trouble() {
        return session.map(RabbitSession::trouble).orElseGet(() -> Optional.of(trouble));
    }

    @Override
    public int inFlight() {
        return work.inFlight().count();
    }

    @Override
    public int prefetch() {
        return Math.clamp(plan.getAsInt(), 1, MOST_PREFETCH);
    }

    @Override
    public void drain() {
        work.drain();
        reconnects.end();
        session.ifPresent(open -> Thread.startVirtualThread(open::cancel));
    }

    @Override
    public void end(Duration most) {
        if (!work.inFlight().awaitNone(most)) {
            LOG.warnf("%d messages of RabbitMQ are not settled, and go back to their queue.", inFlight());
        }
        session.ifPresent(RabbitSession::close);
        thread.interrupt();
    }

    /** Ends the connection as a network does; for tests. */
    void breakConnection() {
        session.ifPresent(RabbitSession::close);
    }

    /** What the broker or the network says, without the address, which may hold a password. */
    static String sentence(Exception failure) {
        if (failure instanceof AuthenticationFailureException) {
            return "RabbitMQ refuses the user or the password of headroom.worker.rabbitmq.uri.";
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ShutdownSignalException signal && !(cause instanceof AlreadyClosedException)) {
                return "RabbitMQ closed the connection: %s.".formatted(reason(signal));
            }
        }
        return "RabbitMQ cannot be reached: %s.".formatted(failure);
    }

    private static String reason(ShutdownSignalException signal) {
        return switch (signal.getReason()) {
            case AMQP.Channel.Close close -> close.getReplyText();
            case AMQP.Connection.Close close -> close.getReplyText();
            case null, default -> String.valueOf(signal.getMessage());
        };
    }
}
