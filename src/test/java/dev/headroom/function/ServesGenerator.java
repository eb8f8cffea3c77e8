package dev.headroom.function;

import dev.headroom.session.LlamaForm;
import dev.headroom.session.TinyLlama;
import io.quarkus.test.junit.QuarkusTestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Serves a small Llama of random weights with a chat template, beside the embedded model. */
public class ServesGenerator implements QuarkusTestProfile {

    private static final String TEMPLATE =
            "{% for m in messages %}<{{ m.role }}>{{ m.content }}{% if m.content == 'no' %}{{ raise_exception('not no') }}{% endif %}{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}";

    @Override
    public Map<String, String> getConfigOverrides() {
        Path models = Path.of("target/generating-models").toAbsolutePath();
        try {
            TinyLlama.write(models.resolve("llama"), LlamaForm.SHARED);
            Files.writeString(models.resolve("llama/chat_template.jinja"), TEMPLATE);
            TinyLlama.write(models.resolve("plain"), LlamaForm.CONCATENATED);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.of(
                "headroom.models",
                models + "," + Path.of("models/all-minilm-l6-v2").toAbsolutePath(),
                "headroom.calibration",
                "off");
    }
}
