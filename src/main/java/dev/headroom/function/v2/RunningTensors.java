package dev.headroom.function.v2;

import dev.headroom.function.RunningRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A request for tensors under way.
 *
 * @param running an item for each row, in their order
 * @param outputs the wanted outputs in their order, once every row has its outcome; fails with a {@link
 *     dev.headroom.request.RequestFailedException} when one row has failed, because a tensor has no place for that
 */
public record RunningTensors(RunningRequest running, CompletableFuture<List<OutputRows>> outputs) {}
