package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.plan.Table;
import java.util.List;
import java.util.stream.Stream;

/**
 * A device as a whole: what holds its memory.
 *
 * @param totalBytes its memory, or the limit that was set where that is less
 * @param modelsBytes the most that models and their batches may take
 * @param othersBytes what other processes hold of it, as last read; 0 where that is not told
 * @param heldBytes what the open models hold without batches
 * @param leftBytes what they leave for batches and further models
 * @param models all models of the folder
 */
public record CardReport(
        long totalBytes, long modelsBytes, long othersBytes, long heldBytes, long leftBytes, List<ModelStatus> models) {

    /** The report of a device with these models. */
    static CardReport of(long totalBytes, long modelsBytes, long othersBytes, List<ModelStatus> models) {
        long held = models.stream().mapToLong(ModelStatus::heldBytes).sum();
        return new CardReport(totalBytes, modelsBytes, othersBytes, held, Math.max(0, modelsBytes - held), models);
    }

    /** The report as the log prints it. */
    String text() {
        List<List<String>> rows = Stream.concat(
                        Stream.of(List.of(
                                "memory",
                                Bytes.text(modelsBytes),
                                "for models of %s; others hold %s"
                                        .formatted(Bytes.text(totalBytes), Bytes.text(othersBytes)))),
                        models.stream()
                                .map(model -> List.of(
                                        model.name(),
                                        Bytes.text(model.baseBytes()),
                                        model.reason().isEmpty()
                                                ? model.state().toString()
                                                : "%s: %s".formatted(model.state(), model.reason()))))
                .toList();
        return new Table(rows).text();
    }
}
