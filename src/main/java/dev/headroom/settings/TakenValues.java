package dev.headroom.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The values that a setting takes, as they are written.
 *
 * @param words the values in words, made when a value is refused: a start reads all rules and formats none
 * @param test true for a text that is one of them; may throw the exceptions of the JDK's parsers
 */
record TakenValues(Supplier<String> words, Predicate<String> test) {

    TakenValues(String described, Predicate<String> test) {
        this(() -> described, test);
    }

    /** The values in words, to stand behind "set it to". */
    String described() {
        return words.get();
    }

    /** True if a text that is not empty is one of them. */
    boolean hold(String text) {
        try {
            return test.test(text.strip());
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            return false;
        }
    }

    /** Any text; the class that uses the setting checks it. */
    static TakenValues any(String described) {
        return new TakenValues(described, text -> true);
    }

    /** Texts with commas between them, of which at least one is not blank; the class that uses the setting checks each. */
    static TakenValues list(String described) {
        return new TakenValues(described, text -> Arrays.stream(text.split(",")).anyMatch(one -> !one.isBlank()));
    }

    /** A folder, in whose path nothing stands for the home directory: only shells know of that. */
    static TakenValues folder() {
        return new TakenValues(
                "a folder that can be written, with its path written out where ~ stands",
                text -> !text.startsWith("~"));
    }

    static TakenValues count(long least, long most) {
        return new TakenValues(
                () -> String.format(Locale.ROOT, "a whole number from %,d to %,d", least, most), text -> {
                    long count = Long.parseLong(text);
                    return count >= least && count <= most;
                });
    }

    /** Sizes from the least, in bytes, to the most. */
    static TakenValues size(long least, String most) {
        BigInteger largest = bytes(most);
        return new TakenValues(() -> "a size from %d to %s, such as 64K, 512M or 2G".formatted(least, most), text -> {
            BigInteger size = bytes(text);
            return size.compareTo(BigInteger.valueOf(least)) >= 0 && size.compareTo(largest) <= 0;
        });
    }

    private static BigInteger bytes(String text) {
        return new MemorySizeConverter().convert(text).asBigInteger();
    }

    static TakenValues time(String least, String most) {
        Duration shortest = duration(least);
        Duration longest = duration(most);
        return new TakenValues(() -> "a time from %s to %s, such as 500ms, 30s or 10m".formatted(least, most), text -> {
            Duration time = duration(text);
            return time.compareTo(shortest) >= 0 && time.compareTo(longest) <= 0;
        });
    }

    private static Duration duration(String text) {
        return new DurationConverter().convert(text);
    }

    /** A share above 0 and at most 1. */
    static TakenValues share() {
        return new TakenValues("a share above 0 and at most 1, such as 0.80", text -> {
            double share = Double.parseDouble(text);
            return share > 0 && share <= 1;
        });
    }

    /** The words of a choice. */
    static TakenValues word(Enum<?>... choice) {
        List<String> words = Arrays.stream(choice)
                .map(one -> one.name().toLowerCase(Locale.ROOT))
                .toList();
        return new TakenValues(
                () -> String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast(),
                text -> words.contains(text.toLowerCase(Locale.ROOT)));
    }

    static TakenValues webAddress(String example) {
        return new TakenValues("an address of the web, such as " + example, text -> {
            URI address = URI.create(text);
            return address.getHost() != null
                    && List.of("https", "http")
                            .contains(String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT));
        });
    }
}
