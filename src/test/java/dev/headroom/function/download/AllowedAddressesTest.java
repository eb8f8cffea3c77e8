package dev.headroom.function.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.download.AllowedHosts.Match;
import io.quarkus.runtime.configuration.ConfigurationException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedAddressesTest {

    private static final AllowedAddresses PUBLIC_ONLY = AllowedAddresses.of(List.of());

    private static boolean isPublic(String address) {
        return PUBLIC_ONLY.permits(InetAddress.ofLiteral(address), Match.NAMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "168.63.129.15",
                "168.63.129.17",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.0.3.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "198.51.99.255",
                "198.51.101.0",
                "203.0.112.255",
                "203.0.114.0",
                "223.255.255.255",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2001:db7::1",
                "2001:db9::1",
                "2003::1",
                "2606:4700:4700::1111",
                "3ffe::1",
                "64:ff9b::8.8.8.8",
            })
    void whatAnybodyMayReachIsConnectedTo(String address) {
        assertTrue(isPublic(address), address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.0",
                "10.255.255.255",
                "100.64.0.0",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.255",
                "168.63.129.16",
                "169.254.0.0",
                "169.254.169.254",
                "169.254.170.2",
                "172.16.0.0",
                "172.31.255.255",
                "192.0.0.0",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.0",
                "192.168.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::127.0.0.1",
                "::8.8.8.8",
                "64:ff9b::10.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::8.8.8.8",
                "100::1",
                "2001::1",
                "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                "2001:2::1",
                "2001:10::1",
                "2001:1ff:ffff::1",
                "2001:db8::1",
                "2002:7f00:1::1",
                "2002:808:808::1",
                "3fff::1",
                "4000::1",
                "5f00::1",
                "fc00::1",
                "fd00:ec2::254",
                "fe80::1",
                "fec0::1",
                "ff02::1",
            })
    void whatOnlyThisProcessMayReachIsNot(String address) {
        assertFalse(isPublic(address), address);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, false", "10.1.2.3, false", "169.254.169.254, false", "8.8.8.8, true"})
    void anAddressOfTheOldKindIsNoOtherForBeingWrittenAsOneOfTheNew(String inside, boolean open) throws Exception {
        assertEquals(open, PUBLIC_ONLY.permits(mapped(inside), Match.NAMED));
        assertTrue(AllowedAddresses.of(List.of(inside)).permits(mapped(inside), Match.NAMED));
    }

    /** As the JDK makes no such address from text. */
    private static InetAddress mapped(String inside) throws UnknownHostException {
        byte[] bytes = new byte[16];
        bytes[10] = (byte) 0xff;
        bytes[11] = (byte) 0xff;
        System.arraycopy(InetAddress.ofLiteral(inside).getAddress(), 0, bytes, 12, 4);
        return Inet6Address.getByAddress("mapped", bytes, -1);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 192.168.0.1, false",
        "10.0.0.0/8, 127.0.0.1, false",
        "10.20.30.40/8, 10.1.1.1, true",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.4, false",
        "10.1.2.3/31, 10.1.2.2, true",
        "10.1.2.3/31, 10.1.2.4, false",
        "192.168.1.128/25, 192.168.1.127, false",
        "0.0.0.0/0, 10.1.2.3, true",
        "0.0.0.0/0, fd00::1, false",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fc12::1, false",
        "::1/128, ::1, true",
        "::1/128, ::2, false",
    })
    void aNetworkThatIsNamedMayBeReached(String network, String address, boolean open) {
        AllowedAddresses addresses = AllowedAddresses.of(List.of(network));
        assertEquals(open, addresses.permits(InetAddress.ofLiteral(address), Match.NAMED));
    }

    @Test
    void butNotByAHostThatNobodyNamed() {
        AllowedAddresses addresses = AllowedAddresses.of(List.of("10.0.0.0/8"));
        assertFalse(addresses.permits(InetAddress.ofLiteral("10.0.0.1"), Match.ANY));
        assertTrue(addresses.permits(InetAddress.ofLiteral("8.8.8.8"), Match.ANY));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0.0/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/8/8",
                "010.0.0.0/8",
                "fd00::/129",
                "::ffff:10.0.0.0/104",
                "fe80::1%eth0/64",
                "example.com/8",
            })
    void whatIsNoNetworkIsRefusedWithTheNameOfTheSetting(String network) {
        ConfigurationException e =
                assertThrows(ConfigurationException.class, () -> AllowedAddresses.of(List.of(network)));
        assertTrue(
                e.getMessage().startsWith("headroom.references.allowed-networks has the entry '" + network + "'"),
                e.getMessage());
    }
}
