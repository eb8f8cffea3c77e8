package dev.headroom.serving;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;

/** Opens and closes models for operators. Any thread may call, and never waits. */
@Singleton
public class ModelControl {

    private final Pipelines pipelines;

    ModelControl(Pipelines pipelines) {
        this.pipelines = pipelines;
    }

    /**
     * Opens a model, in its turn among those that requests wait for.
     *
     * @param name as that of {@link Pipelines#status}
     * @return completes once it is open; with a {@link RequestFailedException} when it cannot be opened
     * @throws RequestFailedException when there is none of this name, or nothing is served now
     */
    public CompletableFuture<Void> load(String name) {
        pipelines.checkServing();
        String folder = pipelines.status(name).name();
        return pipelines.openings().load(folder).thenAccept(reached -> {
            if (reached != ModelState.OPEN) {
                throw new RequestFailedException(new Failure.Unavailable(
                        "The model %s could not be opened: %s"
                                .formatted(folder, pipelines.status(name).reason()),
                        ModelState.PAUSE_AFTER_FAILURE));
            }
        });
    }

    /**
     * Closes a model, until it is loaded.
     *
     * @param name as that of {@link Pipelines#status}
     * @return completes once its requests are answered and it is closed
     * @throws RequestFailedException when there is none of this name, or nothing is served now
     */
    public CompletableFuture<Void> unload(String name) {
        pipelines.checkServing();
        String folder = pipelines.status(name).name();
        return pipelines.openings().unload(folder).thenAccept(reached -> {});
    }
}
