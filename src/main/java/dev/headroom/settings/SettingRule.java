package dev.headroom.settings;

import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * The rule for one setting.
 *
 * @param name the name of the system property
 * @param values the values that it takes
 * @param optional true if it may be empty, so that its value is derived
 */
record SettingRule(String name, TakenValues values, boolean optional) {

    private static final int LONGEST_SHOWN = 100;

    /** Says in one sentence what is wrong with a value; empty where nothing is. */
    Optional<String> refusal(ConfigValue set) {
        if (set.getRawValue() == null || holds(set)) {
            return Optional.empty();
        }
        return Optional.of("%s is %s: set it to %s, or leave it out."
                .formatted(asWritten(name, set), shown(set.getRawValue()), values.described()));
    }

    private boolean holds(ConfigValue set) {
        String value = set.getValue();
        if (isUnresolved(set)) {
            return false;
        }
        return value == null || value.isBlank() ? optional : values.hold(value);
    }

    /** True if the value refers to a setting that does not exist, as {@code ${OTHER}} does. */
    private static boolean isUnresolved(ConfigValue set) {
        return set instanceof io.smallrye.config.ConfigValue known && known.hasProblems();
    }

    /** The value on one line, without any part of a key. */
    private String shown(String value) {
        if (name.equals("headroom.auth.api-keys")) {
            return "a secret that names what is not set, as ${...}";
        }
        if (name.endsWith("headers")) {
            return "a secret that is not written as it should be";
        }
        String line = value.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        if (line.isEmpty()) {
            return "empty";
        }
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }

    /** The name as the operator wrote it: of the environment or of a system property. */
    static String asWritten(String name, ConfigValue set) {
        return isOfTheEnvironment(set) ? inEnvironment(name) : name;
    }

    static boolean isOfTheEnvironment(ConfigValue set) {
        return String.valueOf(set.getSourceName()).startsWith("EnvConfigSource");
    }

    /** The name of the environment variable. */
    static String inEnvironment(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
