package dev.headroom.function.download;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The addresses that downloads may connect to: the public ones, and those of the networks that the operator named.
 *
 * @param networks the networks that are not public and may be reached all the same
 */
record AllowedAddresses(List<IpSubnetFilterRule> networks) {

    static final String SETTING = "headroom.references.allowed-networks";

    /** IANA's registry of special addresses, and the address at which Azure serves its virtual machines. */
    private static final List<IpSubnetFilterRule> NOT_PUBLIC = known(
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

    /** The only part of IPv6 whose addresses are public. */
    private static final IpSubnetFilterRule GLOBAL = known("2000::/3").getFirst();

    /** IPv4 addresses behind a gateway. In a cluster with IPv6 alone every IPv4 host has one of these. */
    private static final IpSubnetFilterRule NAT64 = known("64:ff9b::/96").getFirst();

    /**
     * Reads the operator's list.
     *
     * @throws ConfigurationException when an entry is no network
     */
    static AllowedAddresses of(List<String> entries) {
        return new AllowedAddresses(entries.stream()
                .map(entry -> network(entry)
                        .orElseThrow(() -> new ConfigurationException(
                                "%s has the entry '%s': write a network such as 10.0.0.0/8 or fd00::/8."
                                        .formatted(SETTING, entry))))
                .toList());
    }

    /** True if an address of a host that is allowed in this way may be connected to. */
    boolean permits(InetAddress address, AllowedHosts.Match match) {
        InetAddress plain = unmapped(address);
        return isPublic(plain)
                || match == AllowedHosts.Match.NAMED && networks.stream().anyMatch(network -> contains(network, plain));
    }

    private static boolean isPublic(InetAddress address) {
        if (contains(NAT64, address)) {
            return isPublic(carried(address));
        }
        boolean special = NOT_PUBLIC.stream().anyMatch(network -> contains(network, address));
        return !special && (address.getAddress().length == 4 || contains(GLOBAL, address));
    }

    /** The IPv4 address in the last four bytes. */
    private static InetAddress carried(InetAddress address) {
        return of(Arrays.copyOfRange(address.getAddress(), 12, 16));
    }

    /** The address, as IPv4 where it is an IPv4-mapped address of IPv6. */
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

    /** A network such as 10.0.0.0/8 or fd00::/8, or one address alone; empty for anything else. */
    private static Optional<IpSubnetFilterRule> network(String text) {
        String[] parts = text.strip().split("/", 2);
        return HostName.literal(parts[0].contains(":") ? "[" + parts[0] + "]" : parts[0])
                .flatMap(address -> {
                    int most = address.getAddress().length * Byte.SIZE;
                    String bits = parts.length == 1 ? Integer.toString(most) : parts[1];
                    return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= most
                            ? Optional.of(
                                    new IpSubnetFilterRule(address, Integer.parseInt(bits), IpFilterRuleType.ACCEPT))
                            : Optional.empty();
                });
    }

    private static boolean contains(IpSubnetFilterRule network, InetAddress address) {
        return network.matches(new InetSocketAddress(address, 0));
    }

    private static List<IpSubnetFilterRule> known(String... networks) {
        return Stream.of(networks)
                .map(network -> network(network).orElseThrow())
                .toList();
    }
}
