package dev.headroom.plan;

import dev.headroom.settings.CalibrationMode;
import dev.headroom.settings.Configs;
import dev.headroom.settings.CudaGraphsMode;
import dev.headroom.settings.DeviceMode;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PageMode;
import dev.headroom.settings.PrecisionMode;
import dev.headroom.settings.PrefixCacheMode;
import io.quarkus.runtime.configuration.MemorySize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The configuration, of which only the memory is set. */
record MemorySettings(Optional<MemorySize> limit, Optional<MemorySize> reserved, double target)
        implements HeadroomConfig,
                HeadroomConfig.Memory,
                HeadroomConfig.Batch,
                HeadroomConfig.Queue,
                HeadroomConfig.Events {

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
    public Auth auth() {
        return Configs.of().auth();
    }

    @Override
    public Management management() {
        return Configs.of().management();
    }

    @Override
    public Input input() {
        return Configs.of().input();
    }

    @Override
    public Batch batch() {
        return this;
    }

    @Override
    public Queue queue() {
        return this;
    }

    @Override
    public References references() {
        return Configs.of().references();
    }

    @Override
    public Memory memory() {
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
    public Events events() {
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
