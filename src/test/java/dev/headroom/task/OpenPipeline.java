package dev.headroom.task;

import dev.headroom.batch.Batcher;
import java.time.Duration;
import java.util.Optional;

/** Pipelines of models that are open, and stay so. */
final class OpenPipeline {

    private OpenPipeline() {}

    static Pipeline of(ModelTask task, Batcher batcher) {
        String name = task.model().name();
        Entrance entrance = new Entrance(name, new Entrance.Host() {
            @Override
            public void wanted() {}

            @Override
            public Optional<Duration> opening() {
                return Optional.empty();
            }

            @Override
            public long mostItems() {
                return batcher.mostItems();
            }
        });
        Pipeline pipeline = new Pipeline(name, task.spec(), entrance);
        pipeline.open(task, batcher);
        entrance.open();
        return pipeline;
    }
}
