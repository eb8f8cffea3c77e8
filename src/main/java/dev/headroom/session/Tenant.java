package dev.headroom.session;

/** A model that takes memory of a device and has a share of its time. */
public interface Tenant {

    /** The name under which requests ask for it. */
    String name();

    /** Its share of the device beside busy other models, as a ratio to their weights. */
    default int weight() {
        return 1;
    }

    /** Frees unused memory of the device's arena, as far as possible; called while nothing else runs. Never fails. */
    void shrink();
}
