package dev.headroom.task;

import dev.headroom.settings.HeadroomConfig;
import dev.headroom.task.image.ImageDecoder;
import dev.headroom.task.image.ImageLimits;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * What makes items ready for the device, for all models.
 *
 * @param workers tokenise, so many at a time
 * @param decoders decode images
 */
public record Preparation(Workers workers, Decoders decoders) {

    private static final int SHARE_OF_HEAP = 4;

    /**
     * Preparation by so many workers, of images within these limits.
     *
     * @param cores processors that this process may use
     */
    public static Preparation by(int workers, int cores, HeadroomConfig.Input limits) {
        long bytes = limits.imageMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return by(workers, cores, new ImageLimits(limits.maxPixels(), bytes));
    }

    static Preparation by(int workers, int cores, ImageLimits limits) {
        return new Preparation(new Workers(workers), new Decoders(new ImageDecoder(limits), workers, cores));
    }

    /** From now on so many workers; what runs already is not stopped. */
    public void resize(int otherWorkers) {
        workers.resize(otherWorkers);
        decoders.resize(otherWorkers);
    }
}
