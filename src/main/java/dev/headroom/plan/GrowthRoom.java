package dev.headroom.plan;

import dev.headroom.measured.GrownBatch;
import java.util.Optional;

/**
 * How far the batches of a model go on growing under load, because time ended its calibration.
 *
 * @param items the most items of a batch
 * @param elements the most padded elements of a batch
 * @param reached the batch that growth has reached before; empty where nothing has grown yet
 */
public record GrowthRoom(int items, long elements, Optional<GrownBatch> reached) {}
