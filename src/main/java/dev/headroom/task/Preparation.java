package dev.headroom.task;

import dev.headroom.plan.HeadroomConfig;
import dev.headroom.task.image.ImageDecoder;
import io.quarkus.runtime.configuration.MemorySize;

/**
 * What makes items ready for the device, for all models.
 *
 * @param workers how many at a time
 * @param images decodes images
 */
public record Preparation(Workers workers, ImageDecoder images) {

    private static final int SHARE_OF_HEAP = 4;

    /** Preparation by so many workers, of images within these limits. */
    public static Preparation by(int workers, HeadroomConfig.Input limits) {
        long bytes = limits.imageMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
        return by(workers, new ImageDecoder.Limits(limits.maxPixels(), bytes));
    }

    static Preparation by(int workers, ImageDecoder.Limits limits) {
        return new Preparation(new Workers(workers), new ImageDecoder(limits));
    }
}
