package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What may be downloaded, from where.
 *
 * @param hosts the hosts that are asked
 * @param addresses the addresses that are connected to
 * @param limits how much of it
 */
record ReferenceRules(AllowedHosts hosts, AllowedAddresses addresses, Limits limits) {

    private static final int MOST_BYTES_BITS = 30;
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * How much of it.
     *
     * @param maxBytes of one input
     * @param timeout of one download
     * @param maxRedirects that one download follows
     */
    record Limits(long maxBytes, Duration timeout, int maxRedirects) {}

    /**
     * The rules as they are set.
     *
     * @throws ConfigurationException when one makes no sense; the message names it
     */
    static ReferenceRules of(HeadroomConfig.References set) {
        require(set.maxBytes().asBigInteger().bitLength() <= MOST_BYTES_BITS, "max-bytes", "at most 1 GiB");
        require(
                set.timeout().isPositive() && set.timeout().compareTo(LONGEST) <= 0,
                "timeout",
                "between 1 ms and 1 day");
        require(set.maxRedirects() >= 0, "max-redirects", "0 or more");
        return new ReferenceRules(
                AllowedHosts.of(set.allowedHosts().orElse(List.of())),
                AllowedAddresses.of(set.allowedNetworks().orElse(List.of())),
                new Limits(set.maxBytes().asLongValue(), set.timeout(), set.maxRedirects()));
    }

    /** Whether anything may be downloaded at all. */
    boolean closed() {
        return hosts.rules().isEmpty();
    }

    /**
     * How a reference's host comes to be allowed.
     *
     * @throws RequestFailedException when it is not
     */
    AllowedHosts.Match check(Reference reference) {
        AllowedHosts.Match match = hosts.match(reference);
        if (match == AllowedHosts.Match.NONE) {
            throw refused("%s is on a host or port that is not allowed; have %s name it, or send the input itself."
                    .formatted(reference.name(), AllowedHosts.SETTING));
        }
        return match;
    }

    /**
     * Refuses a host that has an address which may not be connected to, even beside others.
     *
     * @throws RequestFailedException when it has one
     */
    void check(Reference reference, AllowedHosts.Match match, List<InetAddress> found) {
        if (!found.stream().allMatch(address -> addresses.permits(address, match))) {
            throw refused("%s has a host whose address is not public; have %s set to its network, and %s to its name."
                    .formatted(reference.name(), AllowedAddresses.SETTING, AllowedHosts.SETTING));
        }
    }

    private static RequestFailedException refused(String detail) {
        return new RequestFailedException(new Failure.Invalid(detail));
    }

    private static void require(boolean good, String setting, String range) {
        if (!good) {
            throw new ConfigurationException(
                    "headroom.references.%s makes no sense: set it to %s, or leave it out.".formatted(setting, range));
        }
    }
}
