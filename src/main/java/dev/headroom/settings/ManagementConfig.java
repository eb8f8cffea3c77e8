package dev.headroom.settings;

import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** A port for operators. */
public interface ManagementConfig {

    /**
     * The port of the page, {@code /plan}, {@code /q/metrics} and {@code /q/openapi}, which the other port then answers
     * 404; health is on both. Set it if callers should not see them.
     *
     * @return unless set, all are on the one port
     */
    OptionalInt port();

    /** The address on which this port opens. */
    @WithDefault("0.0.0.0")
    String host();
}
