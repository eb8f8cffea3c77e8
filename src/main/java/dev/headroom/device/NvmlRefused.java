package dev.headroom.device;

/** A function of NVML returned an error status. */
final class NvmlRefused extends Exception {

    /** Status: the device does not have this; for memory, that it has none of its own. */
    static final int NOT_SUPPORTED = 3;

    /** Status: the driver is older than the function. */
    static final int FUNCTION_NOT_FOUND = 13;

    private static final long serialVersionUID = 1;

    private final int status;

    NvmlRefused(String function, int status, String text) {
        super(function + ": " + text + " (" + status + ")");
        this.status = status;
    }

    int status() {
        return status;
    }
}
