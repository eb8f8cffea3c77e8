/**
 * Forms batches from waiting items, runs them, halves those that do not fit, and learns the limits.
 *
 * <p>Begin with Batcher, then BatchQueue, HalvingExecutor and AdaptiveLimit. The way of a batch through the threads:
 *
 * <pre>
 *   callers' threads           replica's thread            lane's thread               virtual threads
 *   (any number)               (1 for each device)         (1 or more for each device)
 *
 *   admit
 *   submit --> BatchQueue ---> await an item
 *     |        (its inbox)     Gate.enter: wait for a lane
 *     |                        close: wait for the window
 *     |                          |
 *     | a lane is free and       | batch and permit
 *     | a batch closes now       v
 *     +---- batch and permit --> Permit.run -------------> HalvingExecutor
 *                                                            |  out of memory: becomeAlone
 *                                                            +-- output ---------------> Delivery reads it,
 *                                                            |                           ends the items
 *                              BatchQueue <---- closeNow ----+  (here if no other batch waits and it is small)
 *                                                            |
 *                                                          Permit.leave
 * </pre>
 *
 * <p>Where a device has one lane, a {@code Preparer} has a thread of its own beside the lane's. It leaves the next batch in
 * the queue, where the threads above find it.
 *
 * <p>Items also end on the threads of {@link dev.headroom.request.Deadlines}, of callers that leave, and of whoever calls
 * {@link Batcher#reject}, {@link Batcher#close} or {@link dev.headroom.gate.Gate#lose}. No thread holds the lock of the
 * queue or of the lanes when it ends an item, so code that follows an outcome may call the batcher.
 *
 * <p>Locks: {@code Growth} has one, under which only the limits' are taken. {@code BatchQueue} has one; under it a thread
 * takes, one at a time, those of the limit, the admission, the pace and the device's lanes. Under the admission's a thread
 * may take the pace's, never the reverse; the others are leaves. So there is no cycle. Permits: a thread that holds one
 * waits for nothing but the window, which ends by itself, the device, or all lanes
 * ({@link dev.headroom.gate.Permit#becomeAlone}). Whoever waits for all lanes gives its own up until the others have left
 * theirs, so two lanes never wait for each other.
 */
package dev.headroom.batch;
