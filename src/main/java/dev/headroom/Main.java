package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.plan.HeadroomConfig;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.quarkus.runtime.configuration.QuarkusConfigBuilderCustomizer;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;

/** The service, or where there are arguments a command, for which the service does not start. */
@QuarkusMain
public final class Main {

    private Main() {}

    /** Serves until it is stopped, or runs the command and ends with its status. */
    public static void main(String... args) {
        if (args.length == 0) {
            ProcessEnd.heedSignals();
            EarlyStart.begin(Main::asked);
            Quarkus.run(args);
            return;
        }
        PrintWriter out = writer(System.out);
        PrintWriter err = writer(System.err);
        int status = new PlanCommand(Main::config, out, err).run(args);
        boolean lost = out.checkError(); // a full disk, or nobody who reads
        err.flush();
        System.exit(lost && status == 0 ? 1 : status);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, false, stream.charset());
    }

    private static Asked asked() {
        SmallRyeConfig settings = settings();
        return Asked.of(settings.getConfigMapping(HeadroomConfig.class), settings);
    }

    private static HeadroomConfig config() {
        return settings().getConfigMapping(HeadroomConfig.class);
    }

    /** The settings that the service would see: environment, system properties and application.properties. */
    private static SmallRyeConfig settings() {
        return new SmallRyeConfigBuilder()
                .withCustomizers(new QuarkusConfigBuilderCustomizer())
                .addDefaultInterceptors()
                .addDefaultSources()
                .addDiscoveredSources()
                .withConverter(Duration.class, 100, new DurationConverter())
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withMapping(HeadroomConfig.class)
                .withValidateUnknown(false)
                .build();
    }
}
