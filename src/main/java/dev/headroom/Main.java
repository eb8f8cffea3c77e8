package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.forecast.Commands;
import dev.headroom.function.access.AccessSettings;
import dev.headroom.function.download.ReferenceRules;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.SettingRules;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.quarkus.runtime.configuration.QuarkusConfigBuilderCustomizer;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Starts the service, or runs a command where there are arguments. */
@QuarkusMain
public final class Main {

    private Main() {}

    /** Serves until it is stopped, once a checkpoint is taken where one is wanted; or runs the command and ends with its status. */
    public static void main(String... args) {
        if (args.length == 0) {
            EarlyStart.begin(Main::asked);
            serve();
        } else if (args.length == 2 && args[0].equals(Checkpoint.COMMAND)) {
            Checkpoint.want(Path.of(args[1]));
            serve();
        } else {
            run(args);
        }
    }

    private static void serve() {
        ProcessEnd.heedSignals();
        Quarkus.run(null, Main::end);
    }

    private static void run(String... args) {
        PrintWriter out = writer(System.out);
        PrintWriter err = writer(System.err);
        int status = new Commands(Main::config, out, err).run(args);
        boolean lost = out.checkError(); // a full disk, or a reader that has gone
        err.flush();
        System.exit(lost && status == 0 ? 1 : status);
    }

    /** Quarkus calls this when the service has ended or could not start; only this tells why. */
    private static void end(int status, Throwable failure) {
        if (failure != null) {
            FailedStart.tell(failure, sources().build());
            Logger.getLogger("").setLevel(Level.OFF); // what still runs would log behind the failure
        }
        System.exit(status);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, false, stream.charset());
    }

    /** Reads the settings of the start; ends the process where one is wrong, before Quarkus meets it. */
    private static Asked asked() {
        try {
            SmallRyeConfig settings = settings();
            SettingRules.check(settings);
            HeadroomConfig config = settings.getConfigMapping(HeadroomConfig.class);
            AccessSettings.check(config, settings);
            ReferenceRules.check(config.references());
            return Asked.of(config, settings);
        } catch (ConfigValidationException | ConfigurationException | PlanRefusedException e) {
            FailedStart.end(e, sources().build());
            throw e;
        }
    }

    /**
     * The settings of a command.
     *
     * @throws PlanRefusedException when one is wrong; the message names it
     */
    private static HeadroomConfig config() {
        SettingRules.check(sources().build());
        return settings().getConfigMapping(HeadroomConfig.class);
    }

    /** The settings, read anew but for the environment, which the JVM has read once. */
    static SmallRyeConfig settings() {
        return sources()
                .withConverter(Duration.class, 100, new DurationConverter())
                .withConverter(MemorySize.class, 100, new MemorySizeConverter())
                .withMapping(HeadroomConfig.class)
                .withValidateUnknown(false)
                .build();
    }

    /** The sources that the service would see: environment, system properties and application.properties. */
    private static SmallRyeConfigBuilder sources() {
        return new SmallRyeConfigBuilder()
                .withCustomizers(new QuarkusConfigBuilderCustomizer())
                .addDefaultInterceptors()
                .addDefaultSources()
                .addDiscoveredSources();
    }
}
