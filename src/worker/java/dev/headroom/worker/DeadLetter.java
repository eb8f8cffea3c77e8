package dev.headroom.worker;

import dev.headroom.function.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Why a message is given up.
 *
 * @param code the kind of failure in a word, such as {@code invalid}
 * @param detail the cause and the remedy
 * @param tries how often the message was tried
 */
record DeadLetter(String code, String detail, int tries) {

    static final String REASON = "headroom-reason";
    static final String DETAIL = "headroom-detail";
    static final String TRIES = "headroom-tries";

    static DeadLetter of(Problem problem, int tries) {
        return new DeadLetter(problem.code(), problem.detail(), tries);
    }

    /** A message that came back again and again, because workers ended while they had it. */
    static DeadLetter worn(int deliveries) {
        return new DeadLetter(
                "tries",
                "It was taken %d times without an end, because its workers ended first; see their logs."
                        .formatted(deliveries),
                deliveries);
    }

    /** An answer that no queue takes. */
    static DeadLetter unroutable(String detail, int tries) {
        return new DeadLetter("unroutable", detail, tries);
    }

    /** The headers that say so. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(REASON, code);
        headers.put(DETAIL, detail);
        headers.put(TRIES, Integer.toString(tries));
        return headers;
    }
}
