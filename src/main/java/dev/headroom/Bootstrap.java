package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.Checkpoint.Restored;
import dev.headroom.StartTimes.Phase;
import dev.headroom.function.download.Downloads;
import dev.headroom.generation.TextModels;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.serving.DeviceMeters;
import dev.headroom.serving.Pipelines;
import dev.headroom.serving.PlanReport;
import dev.headroom.serving.ResidencyMeters;
import dev.headroom.serving.ServedModels;
import dev.headroom.serving.Watches;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.SettingRules;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Joins the models to Quarkus: takes the awakening over, serves its models, and closes them in the end. The one class
 * that sees every package.
 *
 * <p>Quarkus calls the observers one after the other; requests and scrapes call {@link #report} at any time.
 */
@Singleton
class Bootstrap {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** The longest time that the last answers take to be sent. */
    private static final Duration LONGEST_FAREWELL = Duration.ofSeconds(5);

    private final HeadroomConfig config;
    private final Config environment;
    private final Duration shutdown;
    private final Duration delay;
    private final Asked asked;
    private final Downloads downloads;
    private volatile Optional<ServedModels> models = Optional.empty();
    private volatile Optional<Watches> watches = Optional.empty();
    private volatile Optional<StartCalibration> calibration = Optional.empty();

    /** Refuses wrong settings before anything is done with them. */
    Bootstrap(HeadroomConfig config, Config environment, Downloads downloads) {
        SettingRules.refusal(environment).ifPresent(sentence -> {
            throw new ConfigurationException(sentence);
        });
        this.config = config;
        this.environment = environment;
        this.downloads = downloads;
        this.shutdown = duration(environment, "quarkus.shutdown.timeout");
        this.delay = duration(environment, "quarkus.shutdown.delay");
        this.asked = Asked.of(config, environment);
    }

    private static Duration duration(Config settings, String name) {
        return settings.getOptionalValue(name, Duration.class).orElse(Duration.ZERO);
    }

    void start(@Observes StartupEvent event, Pipelines pipelines, TextModels texts, MeterRegistry registry) {
        try {
            Optional<Restored> restored = restored();
            StartTimes times = restored.map(process -> new StartTimes(Phase.RESTORE, process.begun()))
                    .orElseGet(StartTimes::new);
            Asked now = restored.map(Restored::asked).orElse(asked);
            restored.ifPresent(process -> EarlyStart.begin(process::asked)); // which a signal may end
            Awakening awake = EarlyStart.take(now).orElseGet(() -> new Awakening(now));
            ServedModels opened = awake.models();
            models = Optional.of(opened);
            times.beside(awake.times());
            times.ended(Phase.WAIT);
            serve(opened, registry);
            times.ended(Phase.SERVE);
            endOnceLost(opened, pipelines);
            if (config.calibration() == CalibrationMode.STARTUP) {
                StartCalibration.beforeCalls(opened);
                times.ended(Phase.CALIBRATE);
            }
            pipelines.open(opened);
            texts.open(opened.generating().byName());
            ProcessEnd.waitForAnswers(delay.plus(shutdown));
            times.bindTo(registry);
            LOG.info(times.text());
            calibration = Optional.of(StartCalibration.inTheFirstLull(opened, config.calibration()));
        } catch (BrokenModelException | PlanRefusedException e) {
            // FailedStart tells the message of this exception alone
            throw new ConfigurationException(e.getMessage());
        } catch (LinkageError e) {
            throw new ConfigurationException(
                    "A native library cannot be loaded (%s). ONNX Runtime's is unpacked into the temporary folder (-Djava.io.tmpdir) unless -Donnxruntime.native.path names a folder that holds it, the tokeniser's into ~/.djl.ai (DJL_CACHE_DIR): make them writable, with 100 MB of room."
                            .formatted(rootMessage(e)));
        }
    }

    /** Rests where a checkpoint is wanted, and goes on in the process that is restored from it. */
    private Optional<Restored> restored() {
        return Checkpoint.wanted().map(checkpoint -> checkpoint.rest(asked, environment));
    }

    /** Ends the process with the last device of a model, or with any during the start, which may wait for that for ever. */
    private static void endOnceLost(ServedModels models, Pipelines pipelines) {
        models.devices()
                .gates()
                .all()
                .forEach(gate -> gate.whenLost(reason -> {
                    if (models.defect().isPresent() || !pipelines.started()) {
                        ProcessEnd.soon();
                    }
                }));
    }

    private static String rootMessage(Throwable failure) {
        return failure.getCause() == null ? String.valueOf(failure.getMessage()) : rootMessage(failure.getCause());
    }

    /** The report that {@code GET /plan} shows; it is there before the port opens. */
    @Produces
    @Dependent
    PlanReport report() {
        return models.orElseThrow().report();
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event, Pipelines pipelines) {
        calibration.ifPresent(StartCalibration::interrupt);
        pipelines.drain();
        models.ifPresent(opened -> opened.generating().drain());
        CompletableFuture.runAsync(
                () -> {
                    pipelines.close();
                    models.ifPresent(opened -> opened.generating().close());
                },
                CompletableFuture.delayedExecutor(timeToDrain().toMillis(), TimeUnit.MILLISECONDS));
    }

    /** The time after which callers without an answer are told to try elsewhere, while there is time left to say so. */
    private Duration timeToDrain() {
        Duration aQuarter = shutdown.dividedBy(4);
        return delay.plus(shutdown).minus(aQuarter.compareTo(LONGEST_FAREWELL) < 0 ? aQuarter : LONGEST_FAREWELL);
    }

    void stop(@Observes ShutdownEvent event, Pipelines pipelines) {
        calibration.ifPresent(StartCalibration::end);
        pipelines.close();
        watches.ifPresent(Watches::close);
        models.ifPresent(ServedModels::close);
    }

    private void serve(ServedModels opened, MeterRegistry registry) {
        try {
            opened.serve(registry, downloads::resize);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new DeviceMeters(opened).bindTo(registry);
        new ResidencyMeters(opened).bindTo(registry);
        watches = Optional.of(new Watches(opened, registry));
        watches.get().start();
    }
}
