package dev.headroom.forecast;

import dev.headroom.plan.ServingDevice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * An amount for all devices, or for each by its name: {@code 0.34}, or {@code RTX 4090=0.34,T4=0.20}.
 *
 * @param all the amount of every device that is not named; empty where there is none
 * @param named the amounts of the named devices
 */
record DeviceAmounts(OptionalDouble all, Map<String, Double> named) {

    /**
     * Reads the amounts of an option.
     *
     * @param option its name, for the messages
     * @param words the words of the option, separated by commas on the command line
     * @param devices the devices to plan for
     * @param read reads one amount
     * @throws IllegalArgumentException when an amount is for no device, or for one twice; the message gives the remedy
     */
    static DeviceAmounts of(
            String option, List<String> words, List<ServingDevice> devices, Function<String, Double> read) {
        Map<Optional<String>, Double> amounts = new HashMap<>();
        for (String word : words) {
            int equals = word.lastIndexOf('=');
            Optional<String> name = equals < 0
                    ? Optional.empty()
                    : Optional.of(planned(option, word.substring(0, equals).trim(), devices));
            if (amounts.put(name, read.apply(word.substring(equals + 1).trim())) != null) {
                throw new IllegalArgumentException("%s gives %s twice: give one amount, or NAME=AMOUNT for each GPU."
                        .formatted(option, name.orElse("all GPUs")));
            }
        }
        return new DeviceAmounts(
                Optional.ofNullable(amounts.get(Optional.<String>empty()))
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                amounts.entrySet().stream()
                        .filter(amount -> amount.getKey().isPresent())
                        .collect(Collectors.toMap(amount -> amount.getKey().orElseThrow(), Map.Entry::getValue)));
    }

    private static String planned(String option, String typed, List<ServingDevice> devices) {
        return DeviceCatalogue.named(typed)
                .or(() -> DeviceCatalogue.ofSize(typed))
                .map(ServingDevice::name)
                .filter(name ->
                        devices.stream().anyMatch(device -> device.name().equals(name)))
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s names '%s', which is none of the GPUs that are planned for: name it with --device or --vram, too."
                                .formatted(option, typed)));
    }

    /** The amount of a device; empty where none was given. */
    OptionalDouble of(ServingDevice device) {
        Double own = named.get(device.name());
        return own == null ? all : OptionalDouble.of(own);
    }

    /** True if the option was not given. */
    boolean isEmpty() {
        return all.isEmpty() && named.isEmpty();
    }
}
