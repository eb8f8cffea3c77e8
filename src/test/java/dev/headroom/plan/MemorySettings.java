package dev.headroom.plan;

import dev.headroom.settings.AuthConfig;
import dev.headroom.settings.BatchConfig;
import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.Configs;
import dev.headroom.settings.CudaGraphsMode;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.EventsConfig;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.InputConfig;
import dev.headroom.settings.ManagementConfig;
import dev.headroom.settings.MemoryConfig;
import dev.headroom.settings.PageMode;
import dev.headroom.settings.PrecisionMode;
import dev.headroom.settings.PrefixCacheMode;
import dev.headroom.settings.QueueConfig;
import dev.headroom.settings.ReferencesConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The configuration, of which only the memory is set. */
record MemorySettings(Optional<MemorySize> limit, Optional<MemorySize> reserved, double target)
        implements HeadroomConfig, MemoryConfig, BatchConfig, QueueConfig, EventsConfig {

    @Override
    public String toString() {
        return "limit %s, reserved %s, target %s"
                .formatted(limit.map(MemorySize::asLongValue), reserved.map(MemorySize::asLongValue), target);
    }

    @Override
    public List<String> models() {
        return List.of("models");
    }

    @Override
    public Optional<Duration> idle() {
        return Optional.empty();
    }

    @Override
    public Optional<Path> stateDir() {
        return Optional.empty();
    }

    @Override
    public CalibrationMode calibration() {
        return CalibrationMode.BACKGROUND;
    }

    @Override
    public Duration deviceWait() {
        return Duration.ZERO;
    }

    @Override
    public DeviceMode device() {
        return DeviceMode.AUTO;
    }

    @Override
    public CudaGraphsMode cudaGraphs() {
        return CudaGraphsMode.OFF;
    }

    @Override
    public PrecisionMode precision() {
        return PrecisionMode.AUTO;
    }

    @Override
    public AuthConfig auth() {
        return Configs.of().auth();
    }

    @Override
    public ManagementConfig management() {
        return Configs.of().management();
    }

    @Override
    public InputConfig input() {
        return Configs.of().input();
    }

    @Override
    public BatchConfig batch() {
        return this;
    }

    @Override
    public QueueConfig queue() {
        return this;
    }

    @Override
    public ReferencesConfig references() {
        return Configs.of().references();
    }

    @Override
    public MemoryConfig memory() {
        return this;
    }

    @Override
    public OptionalInt prefetch() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt workers() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt lanes() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalInt fetches() {
        return OptionalInt.empty();
    }

    @Override
    public PrefixCacheMode prefixCache() {
        return PrefixCacheMode.ON;
    }

    @Override
    public PageMode page() {
        return PageMode.ON;
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.empty();
    }

    @Override
    public OptionalInt maxItems() {
        return OptionalInt.empty();
    }

    @Override
    public OptionalLong maxElements() {
        return OptionalLong.empty();
    }

    @Override
    public Optional<Duration> maxWindow() {
        return Optional.empty();
    }

    @Override
    public Optional<MemorySize> maxBytes() {
        return Optional.empty();
    }

    @Override
    public EventsConfig events() {
        return this;
    }

    @Override
    public Duration duplicateWindow() {
        return Duration.ZERO;
    }

    @Override
    public Optional<MemorySize> duplicateBytes() {
        return Optional.empty();
    }
}
