package dev.headroom.function.download;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.ReferencesConfig;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.util.List;

/**
 * The rules of what may be downloaded, and from where.
 *
 * @param hosts the hosts that may be asked
 * @param addresses the addresses that may be connected to
 * @param settings the bounds of a download
 */
public record ReferenceRules(AllowedHosts hosts, AllowedAddresses addresses, ReferencesConfig settings) {

    /**
     * The rules as they are set.
     *
     * @throws ConfigurationException when a host or network is none; the message names it
     */
    static ReferenceRules of(ReferencesConfig set) {
        return new ReferenceRules(
                AllowedHosts.of(set.allowedHosts().orElse(List.of())),
                AllowedAddresses.of(set.allowedNetworks().orElse(List.of())),
                set);
    }

    /**
     * Checks the hosts and networks, where any are set, before anything is done with them.
     *
     * @throws ConfigurationException when a host or network is none; the message names it
     */
    public static void check(ReferencesConfig set) {
        if (set.allowedHosts().isPresent() || set.allowedNetworks().isPresent()) {
            of(set);
        }
    }

    /** True if nothing may be downloaded at all. */
    boolean closed() {
        return hosts.rules().isEmpty();
    }

    /**
     * Finds the rule by which a reference's host is allowed.
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
     * Checks all addresses of a host.
     *
     * @throws RequestFailedException when one of them may not be connected to
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
}
