package dev.headroom.task;

import dev.headroom.settings.InputConfig;
import dev.headroom.task.image.ImageDecoder;
import dev.headroom.task.image.ImageLimits;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * Prepares items for the device, for all models.
 *
 * @param workers the threads that tokenise
 * @param decoders the threads that decode images
 * @param answers the heap of large answers
 */
public record Preparation(Workers workers, Decoders decoders, AnswerMemory answers) {

    private static final int SHARE_FOR_ANSWERS = 8;

    private static final int SHARE_OF_HEAP = 4;

    /**
     * A preparation by so many workers, within these limits.
     *
     * @param cores processors that this process may use
     */
    public static Preparation by(int workers, int cores, InputConfig limits) {
        long bytes = limits.imageMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return by(workers, cores, new ImageLimits(limits.maxPixels(), bytes));
    }

    static Preparation by(int workers, int cores, ImageLimits limits) {
        return new Preparation(
                new Workers(workers),
                new Decoders(new ImageDecoder(limits), workers, cores),
                new AnswerMemory(Runtime.getRuntime().maxMemory() / SHARE_FOR_ANSWERS));
    }

    /** Sets the number of workers; running tasks go on. */
    public void resize(int otherWorkers) {
        workers.resize(otherWorkers);
        decoders.resize(otherWorkers);
    }
}
