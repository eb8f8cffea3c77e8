package dev.headroom.serving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.measured.LearnedLimit;
import dev.headroom.measured.LearnedLimits;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LimitKeeperTest {

    private static final StateKey KEY = new StateKey("m", "f", 256, "a GPU", 24L << 30, "550", 4, 1, "1.29.0");

    @TempDir
    Path temporary;

    private LimitKeeper keeper(long availableBytes) {
        Optional<Path> folder = Optional.of(temporary.resolve("state"));
        return new LimitKeeper(StateStore.limits(folder), KEY, availableBytes);
    }

    private static Optional<LearnedLimits> learned(long elements, long availableBytes) {
        return learned(new LearnedLimit(elements, 64), availableBytes);
    }

    private static Optional<LearnedLimits> learned(LearnedLimit elements, long availableBytes) {
        return Optional.of(new LearnedLimits(Instant.now(), availableBytes, Optional.of(elements), Optional.empty()));
    }

    private OptionalLong recalled(long availableBytes) {
        return keeper(availableBytes)
                .recall()
                .flatMap(LearnedLimits::elements)
                .map(limit -> OptionalLong.of(limit.most()))
                .orElse(OptionalLong.empty());
    }

    @Test
    void theNextStartKnowsWhatThisOneLearned() {
        LimitKeeper keeper = keeper(1000);
        keeper.recall();
        keeper.keep(learned(512, 1000));
        assertEquals(OptionalLong.of(512), recalled(1000));
        keeper.keep(Optional.empty());
        assertEquals(OptionalLong.empty(), recalled(1000));
    }

    @Test
    void theNextStartKnowsHowOftenTheSameLimitWasFound() {
        LimitKeeper keeper = keeper(1000);
        keeper.keep(learned(new LearnedLimit(512, 64), 1000));
        keeper.keep(learned(new LearnedLimit(512, 256), 1000));
        assertEquals(
                Optional.of(new LearnedLimit(512, 256)), keeper(1000).recall().flatMap(LearnedLimits::elements));
    }

    @Test
    void whereClearlyMoreIsThereItIsNotInForce() {
        LimitKeeper keeper = keeper(1000);
        keeper.recall();
        keeper.keep(learned(512, 600)); // others had taken the rest
        assertEquals(OptionalLong.of(512), recalled(700));
        assertEquals(OptionalLong.empty(), recalled(1000));
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenAtLast() throws IOException {
        Path folder = temporary.resolve("state");
        LimitKeeper keeper = keeper(1000);
        keeper.recall();
        Files.writeString(folder, "a file in its place");
        keeper.keep(learned(512, 1000));
        Files.delete(folder);
        keeper.keep(learned(512, 1000));
        assertEquals(OptionalLong.empty(), recalled(1000), "it is not tried once a second");
        keeper.keepAtLast(learned(512, 1000));
        assertEquals(OptionalLong.of(512), recalled(1000));
    }
}
