package dev.headroom.function.download;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The addresses that downloads may connect to: the public ones, and those of the networks that the operator named.
 *
 * @param networks what is not public and may be reached all the same
 */
record AllowedAddresses(List<Network> networks) {

    static final String SETTING = "headroom.references.allowed-networks";

    /** IANA's registry of special addresses, and the one at which Azure's hosts serve their machines. */
    private static final List<Network> NOT_PUBLIC = known(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    /** Of IPv6 only this is given to hosts that anybody may reach. */
    private static final Network GLOBAL = known("2000::/3").getFirst();

    /** An address of IPv4, behind a gateway: where a cluster has IPv6 only every host of IPv4 is seen as one of these. */
    private static final Network NAT64 = known("64:ff9b::/96").getFirst();

    /**
     * Reads the operator's list.
     *
     * @throws ConfigurationException when an entry is no network
     */
    static AllowedAddresses of(List<String> entries) {
        return new AllowedAddresses(entries.stream()
                .map(entry -> Network.of(entry)
                        .orElseThrow(() -> new ConfigurationException(
                                "%s has the entry '%s': write a network such as 10.0.0.0/8 or fd00::/8."
                                        .formatted(SETTING, entry))))
                .toList());
    }

    /** Whether an address may be connected to by a host that is allowed in this way. */
    boolean permits(InetAddress address, AllowedHosts.Match match) {
        InetAddress plain = unmapped(address);
        return isPublic(plain)
                || match == AllowedHosts.Match.NAMED && networks.stream().anyMatch(network -> network.contains(plain));
    }

    private static boolean isPublic(InetAddress address) {
        if (NAT64.contains(address)) {
            return isPublic(carried(address));
        }
        boolean special = NOT_PUBLIC.stream().anyMatch(network -> network.contains(address));
        return !special && (address.getAddress().length == 4 || GLOBAL.contains(address));
    }

    /** The last four bytes. */
    private static InetAddress carried(InetAddress address) {
        return of(Arrays.copyOfRange(address.getAddress(), 12, 16));
    }

    /** An address of IPv4 that is written as one of IPv6 is of IPv4. */
    private static InetAddress unmapped(InetAddress address) {
        return of(address.getAddress());
    }

    private static InetAddress of(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e); // for a length that no address has
        }
    }

    private static List<Network> known(String... networks) {
        return Stream.of(networks)
                .map(network -> Network.of(network).orElseThrow())
                .toList();
    }
}
