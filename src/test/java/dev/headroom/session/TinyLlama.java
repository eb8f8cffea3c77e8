package dev.headroom.session;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.LlamaWeights.Sizes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small Llama of random weights as a folder that exporters write, so that tests need no model. Its text is nonsense, and the
 * same for the same seed.
 */
public final class TinyLlama {

    /** The token that ends a text. */
    public static final int END = LlamaWeights.END;

    /** Bytes of a token's keys and values in full precision: 2 layers x 2 x 2 heads x 16 numbers. */
    public static final long TOKEN_BYTES = 2 * 2 * 2 * 16 * 4;

    /** The most tokens of a sequence. */
    public static final int LONGEST = Sizes.TINY.longest();

    /** The tokens that are scored. */
    public static final int VOCABULARY = Sizes.TINY.vocabulary();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 17;
    private static final int BYTES = 256;

    private TinyLlama() {}

    /** Writes the smallest one into a folder, and returns the model. */
    public static ModelSpec write(Path folder, LlamaForm form) {
        return write(folder, form, LlamaWeights.random(Sizes.TINY, SEED));
    }

    /**
     * Writes one that takes a while to run.
     *
     * @param width numbers of a token's state; its heads are of 64
     */
    public static ModelSpec write(Path folder, LlamaForm form, int layers, int width) {
        Sizes sizes = new Sizes(2000, width, 3 * width, layers, width / 64, width / 64, 64, 2048);
        return write(folder, form, LlamaWeights.random(sizes, SEED));
    }

    static ModelSpec write(Path folder, LlamaForm form, LlamaWeights weights) {
        try {
            Files.createDirectories(folder);
            Files.write(folder.resolve("model.onnx"), LlamaGraph.of(weights, form));
            Sizes sizes = weights.sizes();
            write(folder, "config.json", config(sizes));
            write(folder, "generation_config.json", Map.of("eos_token_id", LlamaWeights.END));
            if (form.shared()) {
                write(folder, "genai_config.json", genai(sizes));
            }
            write(folder, "tokenizer.json", tokenizer(sizes.vocabulary()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ModelRepository.graphs(folder).getFirst();
    }

    private static void write(Path folder, String file, Object content) throws IOException {
        JSON.writeValue(folder.resolve(file).toFile(), content);
    }

    private static Map<String, Object> config(Sizes sizes) {
        return Map.of(
                "model_type", "llama",
                "architectures", List.of("LlamaForCausalLM"),
                "vocab_size", sizes.vocabulary(),
                "hidden_size", sizes.width(),
                "num_attention_heads", sizes.heads(),
                "num_key_value_heads", sizes.keyHeads(),
                "head_dim", sizes.headSize(),
                "max_position_embeddings", sizes.longest());
    }

    private static Map<String, Object> genai(Sizes sizes) {
        Map<String, Object> inputs =
                Map.of("past_key_names", "past_key_values.%d.key", "past_value_names", "past_key_values.%d.value");
        return Map.of("model", Map.of("context_length", sizes.longest(), "decoder", Map.of("inputs", inputs)));
    }

    /** A token for each byte behind the two special ones, and words that no text has. */
    private static Map<String, Object> tokenizer(int vocabulary) {
        Map<String, Integer> tokens = new LinkedHashMap<>();
        tokens.put("<s>", 0);
        tokens.put("</s>", LlamaWeights.END);
        for (int id = 0; tokens.size() < Math.min(vocabulary, BYTES + 2); id++) {
            tokens.put(Character.toString(visible(id)), tokens.size());
        }
        while (tokens.size() < vocabulary) {
            tokens.put("word" + tokens.size(), tokens.size());
        }
        Map<String, Object> bytes =
                Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", true);
        return Map.of(
                "version",
                "1.0",
                "added_tokens",
                List.of(special("<s>", 0), special("</s>", LlamaWeights.END)),
                "pre_tokenizer",
                bytes,
                "decoder",
                bytes,
                "model",
                Map.of("type", "BPE", "vocab", tokens, "merges", List.of()));
    }

    /** GPT-2's letter for a byte: the byte itself where it is visible, else one from U+0100 on. */
    private static int visible(int value) {
        int hidden = 0;
        for (int each = 0; each < value; each++) {
            hidden += isVisible(each) ? 0 : 1;
        }
        return isVisible(value) ? value : BYTES + hidden;
    }

    private static boolean isVisible(int value) {
        return value > ' ' && value <= '~' || value >= 0xA1 && value != 0xAD;
    }

    private static Map<String, Object> special(String content, int id) {
        return Map.of(
                "id",
                id,
                "content",
                content,
                "single_word",
                false,
                "lstrip",
                false,
                "rstrip",
                false,
                "normalized",
                false,
                "special",
                true);
    }
}
