package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.session.ExecutionProvider.Cpu;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A graph whose sequences would change each other's tokens is found out when it is opened. */
class PaddingTrialTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void onlyPlacesByTheWidthAndQuantisedStatesHaveSequencesRunAlone(LlamaForm form) {
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, form), new Cpu(1))) {
            Optional<String> reason = decoder.runsAlone();
            boolean alone = form == LlamaForm.PLACES_BY_WIDTH || form == LlamaForm.QUANTISED;
            assertEquals(alone, reason.isPresent());
        }
    }
}
