package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The pooling that a family of published models was trained with, told from config.json.
 *
 * @param name the pattern of the names of its models, without their owner
 */
record PoolingFamily(Pattern name, Pooling pooling) {

    private static final Set<String> DECODERS = Set.of(
            "qwen2",
            "qwen3",
            "llama",
            "mistral",
            "gemma",
            "gemma2",
            "phi",
            "phi3",
            "gpt2",
            "gpt_neox",
            "opt",
            "falcon");

    /** The first that fits counts. */
    private static final List<PoolingFamily> FAMILIES = List.of(
            of("gte-(small|base|large)", Pooling.MEAN), // the first generation; later ones are cls
            of("(bge|gte|snowflake-arctic|arctic-embed|mxbai-embed-(2d-)?large|mxbai-embed-german)\\b.*", Pooling.CLS),
            of("((multilingual-)?e5|nomic|all|paraphrase|jina|embeddinggemma)\\b.*", Pooling.MEAN));

    private static PoolingFamily of(String name, Pooling pooling) {
        return new PoolingFamily(Pattern.compile(name), pooling);
    }

    /**
     * A pooling with its reason.
     *
     * @param reason the field of config.json that tells it
     */
    record Told(Pooling pooling, String reason) {}

    /** The pooling that config.json tells; empty where it does not. */
    static Optional<Told> of(JsonNode config) {
        String architecture = config.path("architectures").path(0).asText();
        String type = config.path("model_type").asText();
        boolean causal = config.path("is_causal").asBoolean(true)
                && !config.path("use_bidirectional_attention").asBoolean(false);
        boolean decoder = architecture.endsWith("ForCausalLM") || DECODERS.contains(type);
        if (decoder) {
            return causal
                    ? Optional.of(new Told(Pooling.LAST_TOKEN, "architectures " + architecture))
                    : Optional.empty(); // those that read in both directions differ
        }
        String path = config.path("_name_or_path").asText();
        return byName(path, "_name_or_path " + path)
                .or(() -> byName(architecture.replaceFirst("(Bert|Model|For|XLM).*", ""), architecture));
    }

    private static Optional<Told> byName(String path, String reason) {
        String name = path.replaceFirst("/+$", "").replaceFirst(".*/", "").toLowerCase(Locale.ROOT);
        return FAMILIES.stream()
                .filter(family -> family.name().matcher(name).matches())
                .findFirst()
                .map(family -> new Told(family.pooling(), reason));
    }
}
