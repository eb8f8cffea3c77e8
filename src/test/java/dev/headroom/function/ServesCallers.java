package dev.headroom.function;

import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import dev.headroom.template.calls.CallTemplates;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Serves small Llamas of random weights, whose templates write calls of tools in one way each, and none. */
public class ServesCallers implements QuarkusTestProfile {

    private static final Map<String, String> TEMPLATES = Map.of(
            "tagged", CallTemplates.TAGGED,
            "listed", CallTemplates.LISTED,
            "bare", CallTemplates.BARE,
            "coder", CallTemplates.CODER,
            "paired", CallTemplates.PAIRED,
            "numbered", CallTemplates.NUMBERED,
            "odd", CallTemplates.QUOTED_ARGUMENTS,
            "deaf", "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% endfor %}");

    @Override
    public Map<String, String> getConfigOverrides() {
        Path models = Path.of("target/calling-models").toAbsolutePath();
        TEMPLATES.forEach((name, template) -> write(models.resolve(name), template));
        return Map.of("headroom.models", models.toString(), "headroom.calibration", "off");
    }

    private static void write(Path folder, String template) {
        TinyLlama.write(folder, LlamaForm.SHARED, 1, 64);
        try {
            Files.writeString(folder.resolve("chat_template.jinja"), template);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
