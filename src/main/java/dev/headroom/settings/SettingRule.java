package dev.headroom.settings;

import java.util.Locale;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigValue;

/**
 * What one setting may be.
 *
 * @param name as a system property has it
 * @param values what it takes
 * @param optional whether it may be empty, for what is then derived
 */
record SettingRule(String name, TakenValues values, boolean optional) {

    private static final int LONGEST_SHOWN = 100;

    /** What is wrong with a value, in one sentence; empty where nothing is. */
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

    /** Whether it names another setting, as {@code ${OTHER}}, that there is not. */
    private static boolean isUnresolved(ConfigValue set) {
        return set instanceof io.smallrye.config.ConfigValue known && known.hasProblems();
    }

    /** On one line; what is part of a key is for nobody's eyes. */
    private String shown(String value) {
        if (name.equals("headroom.auth.api-keys")) {
            return "a secret that names what is not set, as ${...}";
        }
        String line = value.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        if (line.isEmpty()) {
            return "empty";
        }
        return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
    }

    /** A setting's name where it was set. */
    static String asWritten(String name, ConfigValue set) {
        return isOfTheEnvironment(set) ? inEnvironment(name) : name;
    }

    static boolean isOfTheEnvironment(ConfigValue set) {
        return String.valueOf(set.getSourceName()).startsWith("EnvConfigSource");
    }

    /** A name as the environment has it. */
    static String inEnvironment(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
