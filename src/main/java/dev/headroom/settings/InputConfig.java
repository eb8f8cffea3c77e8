package dev.headroom.settings;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Limits of one request and of all requests at a time. */
public interface InputConfig {

    /**
     * The most items of one request; more get 413.
     *
     * @return unless set, 65,536
     */
    OptionalInt maxItems();

    /** The most characters of one text, of which the model reads the beginning; more get 413. */
    @WithDefault("10000000")
    int maxCharacters();

    /**
     * The most pixels of one image; more get 413. The header tells them before the image is decoded. Raise it for
     * larger photographs, to 715,827,882 at most.
     */
    @WithDefault("40000000")
    long maxPixels();

    /**
     * The memory for all images that are decoded at a time; an image that alone needs more gets 413. A pixel takes 3
     * bytes (JPEG) to 11 (WebP), and 6 more in a progressive JPEG of three colours. An image that EXIF turns takes 3
     * more for each pixel.
     *
     * @return unless set, a quarter of the largest heap
     */
    Optional<MemorySize> imageMemory();

    /**
     * The memory for all requests that callers are sending or have sent, and for text that is generated for them;
     * beyond it they get 429. Requests of up to 64 KB may use half as much again. Raise it, or the heap, for many
     * large bodies or long texts at a time.
     *
     * @return unless set, an eighth of the largest heap
     */
    Optional<MemorySize> bodyMemory();

    /** The most elements of one request's tensors; more get 413. Raise it, and the body's size, for larger tensors. */
    @WithDefault("16777216")
    long maxElements();

    /**
     * The deepest that JSON may nest; deeper gets 400. Apart from tensors as nested arrays nothing that is served is
     * deeper than 10.
     */
    @WithDefault("64")
    int maxJsonDepth();

    /** The most characters of a number in JSON; more get 400. */
    @WithDefault("64")
    int maxNumberLength();

    /**
     * The longest that the head of a request may take to come, and then its body; later ones get 408, and the
     * connection closes. A caller has as long to read an answer. Raise it for callers on slow lines that send or ask
     * for much.
     */
    @WithDefault("30s")
    Duration readTimeout();
}
