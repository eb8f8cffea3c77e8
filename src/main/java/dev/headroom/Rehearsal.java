package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.ServedModels;
import dev.headroom.session.NativeHeap;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.task.Input;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import dev.headroom.task.Pipeline.Entry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Wakes the models up on the CPU, has them answer, and closes them again, so that the code of a start and of a first call has
 * run before those that count. Never touches a GPU: what CUDA has begun cannot be restored in another process.
 */
final class Rehearsal {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** The first takes twice as long as those that follow. */
    private static final int ROUNDS = 3;

    /** Ten times as many gain nothing more. */
    private static final int TEXTS = 20;

    private Rehearsal() {}

    /** Rehearses, and leaves little memory behind. A start that is refused here is not rehearsed: it may be sound elsewhere. */
    static void hold(Asked asked) throws InterruptedException {
        try {
            for (int round = 0; round < ROUNDS; round++) {
                try (Awakening awake = Awakening.rehearsed(asked)) {
                    ask(awake.models());
                }
            }
        } catch (BrokenModelException | PlanRefusedException e) {
            LOG.warnf("The start could not be rehearsed, so that it takes longer once restored: %s", e.getMessage());
        }
        System.gc();
        NativeHeap.trim();
    }

    /** Has the models answer texts, which those for images and tensors refuse. Their meters are not those of the process. */
    private static void ask(ServedModels models) throws InterruptedException {
        models.serve(new SimpleMeterRegistry(), _ -> {});
        List<Pipeline> open = models.catalog().models().stream()
                .flatMap(model -> model.graphs().stream())
                .filter(graph -> graph.batcher().isPresent())
                .toList();
        for (int text = 0; text < TEXTS; text++) {
            open.forEach(Rehearsal::ask);
        }
        open.forEach(Pipeline::end);
    }

    private static void ask(Pipeline graph) {
        try {
            List<Entry> text = List.of(new Entry("rehearsal", new Input.Text("rehearsal")));
            graph.run(text, Options.USUAL, Urgency.INTERACTIVE)
                    .forEach(item -> item.outcome().join());
        } catch (RequestFailedException e) {
            LOG.debug("A text was refused", e);
        }
    }
}
