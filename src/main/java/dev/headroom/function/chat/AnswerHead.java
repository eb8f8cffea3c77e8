package dev.headroom.function.chat;

import dev.headroom.function.generate.Generation;
import java.time.Instant;
import java.util.UUID;

/**
 * The fields with which every answer, and every event of a stream, begins.
 *
 * @param id the answer's, in OpenAI's form
 * @param created when the request was read, in seconds since 1970
 */
record AnswerHead(String id, long created, String model) {

    static AnswerHead chat(Generation generation) {
        return of("chatcmpl-", generation);
    }

    static AnswerHead completion(Generation generation) {
        return of("cmpl-", generation);
    }

    private static AnswerHead of(String prefix, Generation generation) {
        return new AnswerHead(
                prefix + UUID.randomUUID().toString().replace("-", ""),
                Instant.now().getEpochSecond(),
                generation.model().name());
    }
}
