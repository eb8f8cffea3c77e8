package dev.headroom.gate;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Whether a device is lost to this process, and who is told of it. Any thread may call; it takes no lock. */
final class DeviceLoss {

    private static final Logger LOG = Logger.getLogger(DeviceLoss.class);

    private final String device;
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicReference<String> reason = new AtomicReference<>();

    /** A device that serves, by its name for people. */
    DeviceLoss(String device) {
        this.device = device;
    }

    /** Marks the device as lost, and tells the listeners on the calling thread; the first reason stays. */
    void lose(String why) {
        if (reason.compareAndSet(null, why)) {
            LOG.errorf("%s is lost to this process, which has to be restarted for it: %s", device, why);
            listeners.forEach(listener -> tell(listener, why));
        }
    }

    /** Tells one listener; a failure of one does not keep the others from hearing. */
    private static void tell(Consumer<String> listener, String why) {
        try {
            listener.accept(why);
        } catch (RuntimeException | Error e) {
            LOG.error("The loss of the device was not dealt with", e);
        }
    }

    /** The reason; empty while the device serves. */
    Optional<String> reason() {
        return Optional.ofNullable(reason.get());
    }

    /** Has a listener told of the loss, at once where it has happened; returns a task that ends this. */
    Runnable whenLost(Consumer<String> listener) {
        listeners.add(listener);
        reason().ifPresent(listener);
        return () -> listeners.remove(listener);
    }
}
