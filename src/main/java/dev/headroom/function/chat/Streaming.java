package dev.headroom.function.chat;

import dev.headroom.function.body.JsonFields;

/**
 * If and how an answer is streamed.
 *
 * @param on true if it is
 * @param usage true if the stream ends with the tokens that the request took
 */
record Streaming(boolean on, boolean usage) {

    /** The most sequences of a prompt, as at OpenAI. */
    private static final int MOST_CHOICES = 128;

    /**
     * Reads the fields for it.
     *
     * @throws dev.headroom.request.RequestFailedException when one is not as it should be
     */
    static Streaming read(JsonFields body) {
        boolean on = body.flag("stream").orElse(false);
        if (!body.json().hasNonNull("stream_options")) {
            return new Streaming(on, false);
        }
        JsonFields options = body.within("stream_options", "an object with include_usage, or leave it out");
        if (!on) {
            throw JsonFields.wrong("stream_options", "is there without stream; set stream to true, or leave it out.");
        }
        return new Streaming(true, options.flag("include_usage").orElse(false));
    }

    /** How many sequences continue each prompt. */
    static int choices(JsonFields body) {
        return (int) body.whole("n", 1, MOST_CHOICES).orElse(1);
    }
}
