package dev.headroom.settings;

import java.util.Comparator;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;

/** Refuses names that begin like a setting and are none: a misspelt setting would otherwise be ignored in silence. */
final class SettingNames {

    private static final String OURS = "headroom.";

    private static final Set<String> KNOWN = SettingRules.all()
            .map(SettingRule::name)
            .filter(name -> name.startsWith(OURS))
            .collect(Collectors.toUnmodifiableSet());

    private static final Set<String> KNOWN_IN_ENVIRONMENT =
            KNOWN.stream().map(SettingRule::inEnvironment).collect(Collectors.toUnmodifiableSet());

    /** The variable that callers take their key from, in the documents and on the page. */
    private static final String KEY_OF_CALLERS = "HEADROOM_KEY";

    private SettingNames() {}

    /** A sentence for each name that is no setting. It never shows the value, which may be a secret. */
    static Stream<String> refusals(Config settings) {
        return StreamSupport.stream(settings.getPropertyNames().spliterator(), false)
                .filter(name -> name.startsWith(OURS) || name.startsWith("HEADROOM_"))
                .filter(name -> !KNOWN.contains(Environment.ofAList(name)))
                .sorted()
                .flatMap(name -> refusal(name, settings.getConfigValue(name)));
    }

    private static Stream<String> refusal(String name, ConfigValue set) {
        if (SettingRule.isOfTheEnvironment(set)) {
            String written = SettingRule.inEnvironment(name);
            return KNOWN_IN_ENVIRONMENT.contains(Environment.ofAList(written))
                            || Environment.isOfAService(written, String.valueOf(set.getRawValue()))
                    ? Stream.empty()
                    : Stream.of(refusal(written, nearest(written, KNOWN_IN_ENVIRONMENT)));
        }
        return set.getRawValue() == null ? Stream.empty() : Stream.of(refusal(name, nearest(name, KNOWN)));
    }

    private static String refusal(String name, String nearest) {
        if (name.equals(KEY_OF_CALLERS)) {
            return "HEADROOM_KEY is set, which callers send and the service does not read: write HEADROOM_AUTH_API_KEYS if every caller is to need this key, or leave it out.";
        }
        return "%s is set, and there is no such setting: write %s if that is meant, or leave it out."
                .formatted(name, nearest);
    }

    /** A name that goes on where this one ends, if there is one; else the one that is spelt most alike. */
    private static String nearest(String name, Set<String> known) {
        return known.stream()
                .min(Comparator.comparing((String one) -> !one.startsWith(name))
                        .thenComparing(one -> Spelling.distance(name, one))
                        .thenComparing(one -> one))
                .orElseThrow();
    }
}
