package dev.headroom.function;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * An event that happens once, and its followers, each of which is told once. It takes less memory than a future with
 * its stages. Any thread may call; no lock is held while a follower runs.
 *
 * @param <T> how it happened
 */
public final class Once<T> {

    private static final Logger LOG = Logger.getLogger(Once.class);

    private List<Consumer<? super T>> followers = new ArrayList<>(4); // null once it has happened
    private T how;

    /** Tells the follower when it happens, on the thread that learns of it; or at once if it has happened. */
    public void follow(Consumer<? super T> follower) {
        synchronized (this) {
            if (followers != null) {
                followers.add(follower);
                return;
            }
        }
        tell(follower, how);
    }

    /** It has happened: tells all followers, the latest first, unless they have been told. */
    public void happen(T itsHow) {
        List<Consumer<? super T>> told;
        synchronized (this) {
            if (followers == null) {
                return;
            }
            told = followers;
            followers = null;
            how = itsHow;
        }
        for (int i = told.size() - 1; i >= 0; i--) {
            tell(told.get(i), itsHow);
        }
    }

    private void tell(Consumer<? super T> follower, T itsHow) {
        try {
            follower.accept(itsHow);
        } catch (RuntimeException | Error e) {
            LOG.error("The end of a request was not followed.", e);
        }
    }
}
