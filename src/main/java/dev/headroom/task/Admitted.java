package dev.headroom.task;

import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import java.util.List;
import java.util.function.Consumer;

/**
 * Items that are admitted, and not begun yet.
 *
 * @param items an item for each input, in their order
 * @param start begins on them
 * @param withdrawal gives them up instead, with this failure
 */
record Admitted(List<Item<Answer>> items, Runnable start, Consumer<Failure> withdrawal) {}
