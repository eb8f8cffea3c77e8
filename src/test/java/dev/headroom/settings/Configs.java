package dev.headroom.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;

/** The real configuration, from pairs of name and value, without a container. */
public final class Configs {

    private Configs() {}

    public static HeadroomConfig of(String... namesAndValues) {
        return raw(namesAndValues).getConfigMapping(HeadroomConfig.class);
    }

    /** The same as it was written. */
    public static SmallRyeConfig raw(String... namesAndValues) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .withMapping(HeadroomConfig.class)
                .withConverter(Duration.class, 100, new DurationConverter())
                .withConverter(MemorySize.class, 100, new MemorySizeConverter());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            builder.withDefaultValue(namesAndValues[i], namesAndValues[i + 1]);
        }
        return builder.build();
    }
}
