package dev.headroom.function.download;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What turns a host's name into addresses. */
@FunctionalInterface
interface Lookup {

    /** All addresses of a host, those to be tried first at the front. */
    InetAddress[] addresses(String host) throws UnknownHostException;
}
