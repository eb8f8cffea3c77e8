package dev.headroom.function.download;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The hosts from which inputs are downloaded, as the operator named them. */
record AllowedHosts(List<Rule> rules) {

    static final String SETTING = "headroom.references.allowed-hosts";

    private static final Set<Integer> USUAL_PORTS = Set.of(80, 443);
    private static final Pattern RULE = Pattern.compile("(\\*|(\\*\\.)?([^*]+?))(:([1-9][0-9]{0,4}))?");

    /** How a host came to be allowed. */
    enum Match {
        /** By its name, or that of its domain: its address may be in an allowed network. */
        NAMED,
        /** By the rule for all hosts: its address has to be public. */
        ANY,
        NONE
    }

    /** One entry of the list. */
    record Rule(String host, Set<Integer> ports) {

        private boolean matches(Reference reference) {
            String asked = reference.host();
            return ports.contains(reference.port())
                    && (any() || asked.equals(host) || host.startsWith("*.") && asked.endsWith(host.substring(1)));
        }

        private boolean any() {
            return host.equals("*");
        }
    }

    /**
     * Reads the operator's list.
     *
     * @throws ConfigurationException when an entry is no host
     */
    static AllowedHosts of(List<String> entries) {
        return new AllowedHosts(entries.stream().map(AllowedHosts::rule).toList());
    }

    /** How a reference's host and port are allowed; the entry that grants most decides. */
    Match match(Reference reference) {
        List<Rule> matching =
                rules.stream().filter(rule -> rule.matches(reference)).toList();
        if (matching.isEmpty()) {
            return Match.NONE;
        }
        return matching.stream().allMatch(Rule::any) ? Match.ANY : Match.NAMED;
    }

    private static Rule rule(String entry) {
        Matcher parts = RULE.matcher(entry.strip());
        if (!parts.matches()) {
            throw wrong(entry);
        }
        Set<Integer> ports = parts.group(5) == null ? USUAL_PORTS : Set.of(port(parts.group(5), entry));
        if (parts.group(3) == null) {
            return new Rule("*", ports);
        }
        String host = HostName.normal(parts.group(3)).orElseThrow(() -> wrong(entry));
        boolean domain = parts.group(2) != null;
        if (domain && HostName.literal(host).isPresent()) {
            throw wrong(entry);
        }
        return new Rule(domain ? "*." + host : host, ports);
    }

    private static int port(String digits, String entry) {
        int port = Integer.parseInt(digits);
        if (port > 65_535) {
            throw wrong(entry);
        }
        return port;
    }

    private static ConfigurationException wrong(String entry) {
        return new ConfigurationException(
                "%s has the entry '%s': write a host such as images.example.com, *.example.com, * or minio.storage.svc:9000, without a scheme or path."
                        .formatted(SETTING, entry));
    }
}
