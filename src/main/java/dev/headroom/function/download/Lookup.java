package dev.headroom.function.download;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Turns a host's name into addresses. */
@FunctionalInterface
interface Lookup {

    /** All addresses of a host, in the order in which they should be tried. */
    InetAddress[] addresses(String host) throws UnknownHostException;
}
