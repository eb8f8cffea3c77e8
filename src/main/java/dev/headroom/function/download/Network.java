package dev.headroom.function.download;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The addresses that begin with the same bits.
 *
 * @param first any address of the network
 * @param bits how many bits are the same
 */
record Network(InetAddress first, int bits) {

    /** A network such as 10.0.0.0/8 or fd00::/8, or one address alone; empty for anything else. */
    static Optional<Network> of(String text) {
        String[] parts = text.strip().split("/", 2);
        Optional<InetAddress> address = HostName.literal(parts[0].contains(":") ? "[" + parts[0] + "]" : parts[0]);
        return address.flatMap(first -> {
            int most = first.getAddress().length * Byte.SIZE;
            if (parts.length == 1) {
                return Optional.of(new Network(first, most));
            }
            return Optional.of(parts[1])
                    .filter(bits -> bits.matches("[0-9]{1,3}"))
                    .map(Integer::parseInt)
                    .filter(bits -> bits <= most)
                    .map(bits -> new Network(first, bits));
        });
    }

    /** Whether an address is one of them. */
    boolean contains(InetAddress address) {
        int length = first.getAddress().length;
        if (address.getAddress().length != length) {
            return false;
        }
        int rest = length * Byte.SIZE - bits;
        return number(first).shiftRight(rest).equals(number(address).shiftRight(rest));
    }

    private static BigInteger number(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }
}
