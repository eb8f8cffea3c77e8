package dev.headroom.serving;

import dev.headroom.session.DeviceThread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The threads of a device: one for each lane, the first of which makes every call that is no batch. Any thread may ask;
 * one at a time starts or ends them.
 */
public final class DeviceThreads implements AutoCloseable {

    private final int number;
    private final List<DeviceThread> threads;

    /** The threads of the device with this number; the first is started now. */
    public DeviceThreads(int number) {
        this.number = number;
        threads = new CopyOnWriteArrayList<>(List.of(new DeviceThread(Integer.toString(number))));
    }

    int number() {
        return number;
    }

    public DeviceThread first() {
        return threads.getFirst();
    }

    /** The first threads of the device, started where there were fewer. */
    List<DeviceThread> lanes(int count) {
        while (threads.size() < count) {
            threads.add(new DeviceThread(number + "-" + threads.size()));
        }
        return List.copyOf(threads).subList(0, count);
    }

    /** True while all run their tasks. */
    boolean alive() {
        return threads.stream().allMatch(DeviceThread::alive);
    }

    /** Ends them. */
    @Override
    public void close() {
        close(() -> {});
    }

    /**
     * Ends them.
     *
     * @param last the last task of the first thread, once the others have ended: it closes the sessions, which would
     *     crash the JVM under a thread that still runs one
     */
    void close(Runnable last) {
        List<DeviceThread> all = List.copyOf(threads);
        List<DeviceThread> others = all.subList(1, all.size());
        others.forEach(DeviceThread::close);
        boolean ended = others.stream().noneMatch(DeviceThread::alive);
        first().close(ended ? last : () -> {});
    }
}
