package dev.headroom.serving;

import java.time.Duration;
import java.util.List;

/**
 * A model of the folder as protocols and {@code GET /plan} show it.
 *
 * @param name the name of its folder
 * @param graphs the names of its graphs, one or two
 * @param state its state
 * @param reason why it is not open; empty where it is
 * @param pinned true if it is never closed for others
 * @param baseBytes what it takes of a device without a batch, as far as is known
 * @param heldBytes what it holds of it now
 * @param batchBytes the most that its batches may take, in all lanes together; of a closed one if it were alone
 * @param openingMillis how long its last opening took; -1 before the first
 */
public record ModelStatus(
        String name,
        List<String> graphs,
        ModelState state,
        String reason,
        boolean pinned,
        long baseBytes,
        long heldBytes,
        long batchBytes,
        long openingMillis) {

    /** The model as it is now. */
    static ModelStatus of(HostedModel model) {
        return new ModelStatus(
                model.name(),
                model.graphs().stream().map(ServedModel::name).toList(),
                model.standing().state(),
                model.standing().reason(),
                model.residence().pinned(),
                model.footprint().baseBytes(),
                model.footprint().heldBytes(),
                model.footprint().batchBytes(),
                model.opening().map(Duration::toMillis).orElse(-1L));
    }
}
