package dev.headroom.forecast;

import dev.headroom.plan.ServingDevice;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The prices and throughputs that the operator gives for the devices.
 *
 * @param prices the price of an hour
 * @param throughputs items a second
 */
record DeviceRates(DeviceAmounts prices, DeviceAmounts throughputs) {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");
    private static final Pattern THROUGHPUT = Pattern.compile("(" + NUMBER + ")\\s*/\\s*(s|min|h)");

    /**
     * Reads the options.
     *
     * @throws IllegalArgumentException when they do not go together or are no amounts; the message gives the remedy
     */
    static DeviceRates of(List<String> prices, List<String> throughputs, List<ServingDevice> devices) {
        DeviceRates rates = new DeviceRates(
                DeviceAmounts.of("--price", prices, devices, DeviceRates::price),
                DeviceAmounts.of("--throughput", throughputs, devices, DeviceRates::itemsPerSecond));
        if (rates.prices.isEmpty() && !rates.throughputs.isEmpty()) {
            throw new IllegalArgumentException(
                    "--throughput says what a price buys: give --price, too, such as 0.34 for an hour.");
        }
        return rates;
    }

    private static double price(String word) {
        double price = NUMBER.matcher(word).matches() ? Double.parseDouble(word) : 0;
        if (price <= 0) {
            throw new IllegalArgumentException(
                    "--price '%s' is no price: write it as 0.34, the price of an hour in any currency."
                            .formatted(word));
        }
        return price;
    }

    private static double itemsPerSecond(String word) {
        Matcher matcher = THROUGHPUT.matcher(word.toLowerCase(Locale.ROOT));
        double items = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
        if (items <= 0) {
            throw new IllegalArgumentException(
                    "--throughput '%s' is no throughput: write it as 400/min or 6.7/s, in items.".formatted(word));
        }
        return switch (matcher.group(3)) {
            case "s" -> items;
            case "min" -> items / 60;
            default -> items / 3600;
        };
    }

    /** The price and throughput of a device. */
    Rates of(ServingDevice device) {
        return new Rates(prices.of(device), throughputs.of(device));
    }
}
