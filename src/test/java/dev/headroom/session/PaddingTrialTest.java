package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.session.ExecutionProvider.Cpu;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A graph that takes padding for tokens is found out when it is opened. */
class PaddingTrialTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void onlyPlacesThatTheWidthTellsForbidPadding(LlamaForm form) {
        try (Decoder decoder = Decoder.open(TinyLlama.write(folder, form), new Cpu(1))) {
            Optional<String> reason = decoder.mayNotPad();
            assertEquals(form == LlamaForm.PLACES_BY_WIDTH, reason.isPresent());
        }
    }
}
