package dev.headroom.serving;

import dev.headroom.session.DeviceThread;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The threads of a device: one for each lane, the first of which makes every call that is no batch. */
public final class DeviceThreads implements AutoCloseable {

    private final int number;
    private final List<DeviceThread> threads;

    /** Those of the device with this number; the first is started now. */
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

    /** So many of them, started where there were fewer. */
    List<DeviceThread> lanes(int count) {
        while (threads.size() < count) {
            threads.add(new DeviceThread(number + "-" + threads.size()));
        }
        return threads.subList(0, count);
    }

    /** Whether all run what they are given. */
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
     * @param last what the first does once the others have ended: it closes what they have used, which would crash the JVM
     *     under one that still runs
     */
    void close(Runnable last) {
        List<DeviceThread> others = threads.subList(1, threads.size());
        others.forEach(DeviceThread::close);
        boolean ended = others.stream().noneMatch(DeviceThread::alive);
        first().close(ended ? last : () -> {});
    }
}
