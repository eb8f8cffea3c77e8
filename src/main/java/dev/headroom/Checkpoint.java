package dev.headroom;

import dev.headroom.Awakening.Asked;
import dev.headroom.device.NativeEnvironment;
import dev.headroom.device.VisibleDevices;
import dev.headroom.settings.Environment;
import dev.headroom.settings.PlanRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * The place in a start where CRIU takes the checkpoint of the process, and where each process that is restored from it goes on:
 * Quarkus has started, and the start is rehearsed, but no port is open, no device was asked, and no state or key was read.
 *
 * <p>The image's {@code serve} (src/main/image) makes the checkpoint and restores it. It writes the environment of the restored
 * process into a file, which is the sign to go on. Where the surroundings are others the process ends with {@link #START_ANEW}.
 */
final class Checkpoint {

    /** The command; the file follows it. */
    static final String COMMAND = "checkpoint";

    /** The status that asks for another start, without the checkpoint: {@code EX_TEMPFAIL}. */
    static final int START_ANEW = 75;

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    /** A look at a file costs some microseconds, and a process looks only just before and after its checkpoint. */
    private static final long BETWEEN_LOOKS_MILLIS = 1;

    private static final Path OWN = Path.of("/proc/self/environ");

    private static volatile Optional<Path> wanted = Optional.empty();

    private final Path file;

    private Checkpoint(Path file) {
        this.file = file;
    }

    /** Asks for a checkpoint in this start; the file will hold the environment of the restored process. */
    static void want(Path file) {
        wanted = Optional.of(file);
    }

    /** The checkpoint of this start, if one is wanted. */
    static Optional<Checkpoint> wanted() {
        return wanted.map(Checkpoint::new);
    }

    /**
     * What is asked of the restored process, and when it began.
     *
     * @param asked the settings, with the devices that are visible where it is restored
     * @param begun when {@code serve} began to restore it
     */
    record Restored(Asked asked, Instant begun) {}

    /**
     * Rehearses the start and rests. Returns in the restored process; the one that was checkpointed is killed.
     *
     * @throws PlanRefusedException where the checkpoint would hold a secret
     */
    Restored rest(Asked asked, Config settings) {
        try {
            refuseSecrets(settings);
            Rehearsal.hold(asked);
            Surroundings before = Surroundings.of(Environment.read(OWN), Main.settings());
            Files.createFile(file.resolveSibling(file.getFileName() + ".rests"));
            while (!Files.exists(file)) {
                Thread.sleep(BETWEEN_LOOKS_MILLIS);
            }
            return goOn(asked, before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts a start", e);
        }
    }

    /** A checkpoint is a file of all memory, and part of an image. */
    private static void refuseSecrets(Config settings) {
        StreamSupport.stream(settings.getConfigSources().spliterator(), false)
                .filter(source -> source.getOrdinal() > 0) // what somebody has written
                .flatMap(source -> source.getProperties().entrySet().stream())
                .filter(setting ->
                        isCertificate(setting.getKey()) || Environment.isSecret(setting.getKey(), setting.getValue()))
                .findFirst()
                .ifPresent(setting -> {
                    throw new PlanRefusedException(
                            "%s is set, and a checkpoint would hold its secret: leave it out, and name a file of keys (headroom.auth.api-keys-file) or start without a checkpoint."
                                    .formatted(setting.getKey()));
                });
    }

    private static boolean isCertificate(String name) {
        String setting = name.toLowerCase(Locale.ROOT).replace('_', '.');
        return setting.startsWith("quarkus.tls.") || setting.startsWith("quarkus.http.ssl.certificate.");
    }

    private Restored goOn(Asked asked, Surroundings before) throws IOException {
        Instant begun = Files.getLastModifiedTime(file).toInstant();
        Environment environment = Environment.read(file);
        Files.delete(file);
        Surroundings.of(environment, Main.settings()).refusal(before).ifPresent(reason -> {
            LOG.warnf("Starts anew, without the checkpoint: %s.", reason);
            Runtime.getRuntime().halt(START_ANEW);
        });
        Environment.DEVICES.forEach(name -> NativeEnvironment.change(name, environment.value(name)));
        VisibleDevices visible = new VisibleDevices(
                environment.value("CUDA_VISIBLE_DEVICES").orElse(null),
                environment.value("NVIDIA_VISIBLE_DEVICES").orElse(null));
        return new Restored(new Asked(asked.config(), visible), begun);
    }
}
