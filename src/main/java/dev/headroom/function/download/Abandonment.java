package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;

/** The end of a download that nobody waits for any more, which an interrupt tells of. */
final class Abandonment {

    private Abandonment() {}

    /** To be thrown where an interrupt was caught; whoever is on the way out still sees it. */
    static RequestFailedException of(Reference reference) {
        Thread.currentThread().interrupt();
        return new RequestFailedException(
                new Failure.Abandoned(reference.name() + " is no longer waited for, and not downloaded."));
    }
}
