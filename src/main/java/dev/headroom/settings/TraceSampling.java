package dev.headroom.settings;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The choice of the requests that are traced.
 *
 * @param share of the requests whose caller has not decided, from 0 to 1
 * @param parentDecides true if a caller's {@code traceparent} says if its request is traced
 */
public record TraceSampling(double share, boolean parentDecides) {

    static final List<String> NAMES = List.of(
            "always_on",
            "always_off",
            "traceidratio",
            "parentbased_always_on",
            "parentbased_always_off",
            "parentbased_traceidratio");

    private static final String PARENT = "parentbased_";

    /** The sampling of this name in OpenTelemetry's settings; unless set, every request whose caller does not object. */
    static TraceSampling of(Optional<String> name, Optional<String> argument) {
        String sampler = name.orElse("parentbased_always_on").toLowerCase(Locale.ROOT);
        boolean parentDecides = sampler.startsWith(PARENT);
        String own = parentDecides ? sampler.substring(PARENT.length()) : sampler;
        double share = own.equals("traceidratio")
                ? argument.map(Double::parseDouble).orElse(1.0)
                : own.equals("always_on") ? 1 : 0;
        return new TraceSampling(share, parentDecides);
    }
}
