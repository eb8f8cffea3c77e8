package dev.headroom.forecast;

import dev.headroom.plan.Source;
import java.math.BigDecimal;
import java.math.MathContext;

/**
 * The cost of a million items on a device that is always busy.
 *
 * @param itemsPerSecond items that the device answers in a second
 * @param perMillion the cost of a million items, in the currency of the price
 * @param source the source of the throughput: set, or calibrated
 * @param reason the source in words, with the length of the items
 */
public record Cost(double itemsPerSecond, double perMillion, Source source, String reason) {

    private static final int SECONDS_OF_AN_HOUR = 3600;
    private static final MathContext DIGITS = new MathContext(3);

    static Cost of(double pricePerHour, double itemsPerSecond, Source source, String reason) {
        return new Cost(
                itemsPerSecond, pricePerHour / (itemsPerSecond * SECONDS_OF_AN_HOUR) * 1_000_000, source, reason);
    }

    /** The cost in words, without the price. */
    String words() {
        return "%s at %s items/s (%s)".formatted(text(perMillion), text(itemsPerSecond), reason);
    }

    /** A number with three significant digits. */
    static String text(double number) {
        return BigDecimal.valueOf(number).round(DIGITS).stripTrailingZeros().toPlainString();
    }
}
