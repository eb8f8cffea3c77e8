package dev.headroom.hub;

import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The time that a server asks to wait before the next try. */
final class RetryAfter {

    /** The Hub's rate limit, whose {@code t} is the seconds until it begins anew. */
    private static final Pattern RATE_LIMIT = Pattern.compile(".*;\\s*t=(\\d{1,6}).*");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

    private RetryAfter() {}

    /** Reads Retry-After, else the Hub's RateLimit; zero where neither tells. */
    static Duration of(HttpHeaders headers) {
        Optional<Duration> asked = headers.firstValue("Retry-After")
                .flatMap(RetryAfter::read)
                .or(() -> headers.firstValue("RateLimit")
                        .map(RATE_LIMIT::matcher)
                        .filter(Matcher::matches)
                        .map(limit -> Duration.ofSeconds(Long.parseLong(limit.group(1)))));
        return asked.orElse(Duration.ZERO);
    }

    private static Optional<Duration> read(String text) {
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
        }
        try {
            Instant time = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
            return Optional.of(Duration.between(Instant.now(), time)).filter(Duration::isPositive);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
