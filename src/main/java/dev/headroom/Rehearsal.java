package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.session.NativeHeap;
import dev.headroom.settings.PlanRefusedException;
import org.jboss.logging.Logger;

/**
 * Wakes the models up on the CPU and closes them again, so that the code of a start has run before the start that counts. Never
 * touches a GPU: what CUDA has begun cannot be restored in another process.
 */
final class Rehearsal {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** The first takes twice as long as those that follow. */
    private static final int ROUNDS = 3;

    private Rehearsal() {}

    /** Rehearses, and leaves little memory behind. A start that is refused here is not rehearsed: it may be sound elsewhere. */
    static void hold(Asked asked) {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                Awakening.rehearse(asked);
            }
        } catch (BrokenModelException | PlanRefusedException e) {
            LOG.warnf("The start could not be rehearsed, so that it takes longer once restored: %s", e.getMessage());
        }
        System.gc();
        NativeHeap.trim();
    }
}
