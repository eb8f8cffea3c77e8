package dev.headroom.device;

/** Somebody who knows the GPUs of this machine. */
interface GpuSource {

    /** The name it has in a {@link Finding}. */
    String name();

    /**
     * Asks. May hang, and is interrupted when that takes too long; the message of what it throws is told to people.
     *
     * @param host whose memory a GPU without its own has
     */
    Sighting look(Host host) throws Exception;
}
