package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Host;
import dev.headroom.plan.Planner;
import dev.headroom.plan.ServingDevice;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * The device as it is now, and the planner for it: what is free of its memory, what other processes hold more than at the
 * start, and the lanes that stay.
 *
 * <p>Any thread may read. Only {@link LivePlan} changes it, while it holds its lock.
 */
final class CurrentDevice {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** Memory that others take or give back by this share of the device changes the plan. */
    private static final double CLEARLY = 0.1;

    private final ServingDevice started;
    private volatile Planner planner;

    /** The device as the planner of the start knows it. */
    CurrentDevice(Planner planner) {
        this.started = planner.device();
        this.planner = planner;
    }

    /** Plans for the device as it is now. */
    Planner planner() {
        return planner;
    }

    /** Bytes that each session takes beside the arena: workspaces on a GPU. */
    long bytesOfASession() {
        return planner.availableBytes(0) - planner.availableBytes(1);
    }

    /** The lanes stay as many as they are. */
    void keepLanes(int lanes) {
        planner = planner.keep(lanes);
    }

    /**
     * Reads what is free of a CPU's memory.
     *
     * @param heldBytes memory of the arena that the open models hold
     */
    void readFree(long heldBytes) {
        if (!started.gpu()) {
            planner = planner.free(Host.read().freeBytes() + heldBytes);
        }
    }

    /**
     * Follows what other processes hold of a GPU, where that has changed by a tenth of the device.
     *
     * @param grownBytes what they hold more than at the start
     * @param sessions sessions that are open, or about to be
     * @param replan plans anew; returns false where there is no such plan, and the device counts as before then
     * @return true if the plan has changed
     */
    boolean follow(long grownBytes, int sessions, BooleanSupplier replan) {
        Planner before = planner;
        Planner now = before.on(started.free(started.freeBytes() - grownBytes));
        long more = now.availableBytes(sessions) - before.availableBytes(sessions);
        if (!started.gpu() || Math.abs(more) < CLEARLY * before.totalBytes()) {
            return false;
        }
        planner = now;
        if (!replan.getAsBoolean()) {
            planner = before;
            return false;
        }
        LOG.warnf(
                "Other processes hold %s of the device than before: models may take %s of it now, and the plan follows",
                more < 0 ? "more" : "less", Bytes.text(now.availableBytes(sessions)));
        return true;
    }
}
