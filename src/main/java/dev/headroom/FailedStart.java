package dev.headroom;

import dev.headroom.settings.SettingRules;
import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.config.ConfigValidationException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Tells why the service did not start: in one sentence where the operator can help it, else with the stack trace. Both
 * threads of the start may call; the first is heard, and the other waits until it has spoken.
 */
final class FailedStart {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final Pattern CONVERTED = Pattern.compile(
            "(?s)The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst being converted (.*)");

    private static final Pattern EMPTY =
            Pattern.compile("(?s)The config property (\\S+) is defined as the empty String .*");

    private static boolean told;

    private FailedStart() {}

    /** Tells why, and ends the process at once: for a start that has not begun to do anything yet. */
    static void end(Throwable failure, Config settings) {
        tell(failure, settings);
        Runtime.getRuntime().halt(1);
    }

    /**
     * Tells why, unless somebody has asked the process to end, which a start that is under way meets as a failure.
     *
     * @param settings the settings as they were written, readable or not
     */
    static synchronized void tell(Throwable failure, Config settings) {
        if (told || ProcessEnd.asked()) {
            return;
        }
        told = true;
        Optional<String> sentence = sentence(failure, settings);
        if (sentence.isPresent()) {
            System.err.println(sentence.get());
            return;
        }
        if (!InitialConfigurator.DELAYED_HANDLER.isActivated()) {
            InitialConfigurator.DELAYED_HANDLER.setHandlers(new Handler[] {InitialConfigurator.createDefaultHandler()});
        }
        EarlyLog.release();
        LOG.error("The service could not start.", failure);
    }

    /** The remedy for the operator; a wrong setting comes first, because the failure may follow from it. */
    static Optional<String> sentence(Throwable failure, Config settings) {
        return SettingRules.refusal(settings)
                .or(() -> causes(failure)
                        .map(cause -> known(cause, settings))
                        .flatMap(Optional::stream)
                        .findFirst());
    }

    private static Stream<Throwable> causes(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
    }

    private static Optional<String> known(Throwable cause, Config settings) {
        return Optional.ofNullable(
                switch (cause) {
                    case ConfigurationException wrong -> wrong.getMessage();
                    case ConfigValidationException wrong ->
                        unreadable(wrong.getProblem(0).getMessage());
                    case PreventFurtherStepsException asked -> asked.getMessage();
                    case QuarkusBindException taken -> taken(taken, settings);
                    case UnknownHostException unknown -> unknown(unknown, settings);
                    case InvalidPathException path ->
                        "The path %s has characters that this locale has not: set the variable LC_ALL to C.UTF-8."
                                .formatted(path.getInput());
                    case OutOfMemoryError none
                    when String.valueOf(none.getMessage()).contains("native thread") ->
                        "No more threads can be made: raise the most processes or threads of this container or user (pids limit, ulimit -u), or its memory.";
                    default ->
                        String.valueOf(cause.getMessage()).matches("(?s)SRCFG\\d+: .*")
                                ? unreadable(cause.getMessage())
                                : null;
                });
    }

    private static String taken(BindException failure, Config settings) {
        return "quarkus.http.port is %s and quarkus.http.host is %s, where it cannot be opened (%s): set another, or end the process that has it."
                .formatted(
                        settings.getConfigValue("quarkus.http.port").getValue(),
                        settings.getConfigValue("quarkus.http.host").getValue(),
                        failure.getMessage().replaceFirst(".*: ", ""));
    }

    /** The host is the server's where its name is in the message: no other host is looked up in the start. */
    private static String unknown(UnknownHostException failure, Config settings) {
        String host = settings.getConfigValue("quarkus.http.host").getValue();
        return host == null || !String.valueOf(failure.getMessage()).contains(host)
                ? null
                : "quarkus.http.host is %s, which is the name of no address: set it to an address of this machine, such as 0.0.0.0."
                        .formatted(host);
    }

    /**
     * Tells of a setting of Quarkus's that {@link SettingRules} does not know, in SmallRye's words without their codes.
     */
    private static String unreadable(String problem) {
        String words = problem.replaceFirst("^[\\w.]+(Exception|Error): ", "").replaceAll("SRCFG\\d+: ", "");
        Matcher converted = CONVERTED.matcher(words);
        if (converted.matches()) {
            return "%s is %s, which cannot be read (%s): correct it, or leave it out."
                    .formatted(converted.group(1), converted.group(2), converted.group(3));
        }
        Matcher empty = EMPTY.matcher(words);
        return empty.matches() ? "%s is empty: give it a value, or leave it out.".formatted(empty.group(1)) : words;
    }
}
