package dev.headroom.device;

/** A source that knows the GPUs of this machine. */
interface GpuSource {

    /** The name it has in a {@link Finding}. */
    String name();

    /**
     * Asks. May hang, and is interrupted when that takes too long; people read the message of an exception.
     *
     * @param host gives its memory to a GPU without its own
     */
    Sighting look(Host host) throws Exception;
}
