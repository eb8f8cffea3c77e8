package dev.headroom.function.download;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Spells a host in one way, so that the host that is allowed is the host that is connected to. */
final class HostName {

    private static final int LONGEST = 253;
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
    private static final Pattern ADDRESS = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    /** A name whose last part starts with a letter: some resolvers take 2130706433 and 0x7f.1 for addresses. */
    private static final Pattern NAME = Pattern.compile("(" + LABEL + "\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private HostName() {}

    /** A name in lower case, or an address in its one spelling; empty for anything else. */
    static Optional<String> normal(String host) {
        if (host == null || host.length() > LONGEST) {
            return Optional.empty();
        }
        String lower = host.toLowerCase(Locale.ROOT);
        return NAME.matcher(lower).matches()
                ? Optional.of(lower)
                : literal(lower).map(HostName::spelled);
    }

    /** The address that a host is written as; empty for a name, or for neither. */
    static Optional<InetAddress> literal(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]") && !host.contains("%"); // no zones
        if (!bracketed && !ADDRESS.matcher(host).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(bracketed ? host.substring(1, host.length() - 1) : host));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String spelled(InetAddress address) {
        String text = address.getHostAddress();
        return text.contains(":") ? "[" + text + "]" : text;
    }
}
