package dev.headroom.dispatcher;

import java.util.Iterator;
import java.util.concurrent.Semaphore;

/** Hands out no more than it has been opened for, so that what is to happen under load does. */
final class Tap<T> implements Iterator<T> {

    private final Iterator<T> all;
    private final Semaphore open = new Semaphore(0);

    Tap(Iterator<T> all) {
        this.all = all;
    }

    /** So many more may be had. */
    void open(int more) {
        open.release(more);
    }

    @Override
    public boolean hasNext() {
        return all.hasNext();
    }

    /** Waits until there may be another. */
    @Override
    public T next() {
        open.acquireUninterruptibly();
        return all.next();
    }
}
