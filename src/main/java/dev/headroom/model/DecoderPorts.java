package dev.headroom.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.model.onnx.Attention;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.DecoderGraph.CachePort;
import dev.headroom.model.onnx.DecoderGraph.Geometry;
import dev.headroom.model.onnx.DecoderGraph.Inputs;
import dev.headroom.model.onnx.DecoderGraph.Port;
import dev.headroom.model.onnx.GraphPort;
import dev.headroom.model.onnx.OnnxFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads the ports of a {@link DecoderGraph} from a graph's file. Their names are those of Hugging Face's exporters, or what
 * genai_config.json says.
 *
 * @param folder the model's folder, for messages
 * @param file the graph's file
 * @param config config.json
 * @param genai genai_config.json's decoder; missing where there is none
 */
record DecoderPorts(Path folder, OnnxFile file, ConfigJson config, JsonNode genai) {

    private static final String PAST = "past_key_values.";
    private static final int BOOL = 9;
    private static final Set<Integer> WHOLE = Set.of(DecoderGraph.INT32, DecoderGraph.INT64);

    /** True if the graph continues keys and values, and gives scores. */
    static boolean isDecoder(List<GraphPort> inputs, List<GraphPort> outputs) {
        return inputs.stream().anyMatch(input -> input.name().startsWith(PAST))
                && outputs.stream().anyMatch(output -> output.name().startsWith("present"))
                && outputs.stream().anyMatch(output -> output.name().equals("logits"));
    }

    /**
     * The ports.
     *
     * @throws BrokenModelException when the graph has an input that is not known, lacks one, or has keys and values of
     *     different sizes
     */
    DecoderGraph read() {
        Inputs inputs = new Inputs(
                input("input_ids").orElseThrow(() -> broken("has no input input_ids", inputNames())),
                input("attention_mask"),
                input("position_ids"),
                port("use_cache_branch", file.inputs(), Set.of(BOOL)),
                port("num_logits_to_keep", file.inputs(), WHOLE));
        List<CachePort> cache = cache();
        checkAllKnown(inputs, cache);
        String logits = named("outputs", "logits", "logits");
        GraphPort scores = find(logits, file.outputs())
                .orElseThrow(() -> broken("has no output " + logits, names(file.outputs())));
        if (!scores.isFloat()) {
            throw broken("has the output %s, which holds no floating-point numbers".formatted(scores), "logits");
        }
        Attention attention = Attention.read(
                file, inputs.mask().map(Port::name), inputs.positions().map(Port::name));
        if (attention.shared() && inputs.mask().isEmpty()) {
            throw broken("tells GroupQueryAttention no lengths: it has no input attention_mask", inputNames());
        }
        return new DecoderGraph(inputs, logits, cache, geometry(cache), attention, file.mixesRows());
    }

    private Optional<Port> input(String usual) {
        return port(named("inputs", usual, usual), file.inputs(), WHOLE);
    }

    private Optional<Port> port(String name, List<GraphPort> among, Set<Integer> types) {
        return find(name, among).map(port -> {
            if (!types.contains(port.type())) {
                throw broken("has the input %s, whose type is not served".formatted(port), "int64 or int32");
            }
            return new Port(name, port.type(), port.sizes().size());
        });
    }

    private List<CachePort> cache() {
        int layers = (int) IntStream.iterate(0, layer -> layer + 1)
                .takeWhile(layer -> find(past("key", layer), file.inputs()).isPresent())
                .count();
        List<CachePort> cache = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            for (String kind : List.of("key", "value")) {
                CachePort port = new CachePort(past(kind, layer), present(kind, layer));
                if (find(port.past(), file.inputs()).isEmpty()
                        || find(port.present(), file.outputs()).isEmpty()) {
                    throw broken(
                            "lacks the input %s or the output %s".formatted(port.past(), port.present()),
                            "keys and values of each layer");
                }
                cache.add(port);
            }
        }
        if (cache.isEmpty()) {
            throw broken("has no input " + past("key", 0), inputNames());
        }
        return cache;
    }

    private String past(String kind, int layer) {
        return named("inputs", "past_%s_names".formatted(kind), "past_key_values.%d." + kind)
                .replace("%d", Integer.toString(layer));
    }

    private String present(String kind, int layer) {
        return named("outputs", "present_%s_names".formatted(kind), "present.%d." + kind)
                .replace("%d", Integer.toString(layer));
    }

    private String named(String ports, String field, String usual) {
        return genai.path(ports).path(field).asText(usual);
    }

    /** A model reads more than a caller can say here where it has further inputs: images, states, an encoder's answer. */
    private void checkAllKnown(Inputs inputs, List<CachePort> cache) {
        Set<String> known = Stream.concat(
                        inputs.all().stream().map(Port::name), cache.stream().map(CachePort::past))
                .collect(Collectors.toSet());
        Set<String> other =
                new TreeSet<>(file.inputs().stream().map(GraphPort::name).toList());
        other.removeAll(known);
        if (!other.isEmpty()) {
            throw broken(
                    "has the inputs %s, which are not served".formatted(String.join(", ", other)),
                    "input_ids, attention_mask, position_ids and keys and values");
        }
        inputs.positions().filter(port -> port.rank() > 2).ifPresent(port -> {
            throw broken("has position_ids of %d dimensions".formatted(port.rank()), "2");
        });
    }

    private Geometry geometry(List<CachePort> cache) {
        List<Geometry> all = cache.stream()
                .map(port -> geometry(find(port.past(), file.inputs()).orElseThrow()))
                .distinct()
                .toList();
        if (all.size() > 1) {
            throw broken("keeps keys and values of different sizes, %s".formatted(all), "one size for all layers");
        }
        return all.getFirst();
    }

    private Geometry geometry(GraphPort past) {
        if (!past.isFloat() || past.sizes().size() != 4) {
            throw broken("has the input %s".formatted(past), "floating-point numbers of 4 dimensions");
        }
        int attention = said("num_attention_heads", "num_attention_heads", 0);
        int width = attention > 0 ? said("hidden_size", "hidden_size", 0) / attention : 0;
        return new Geometry(
                past.type(),
                size(past, 1, said("num_key_value_heads", "num_key_value_heads", attention)),
                size(past, 3, said("head_size", "head_dim", width)));
    }

    /** What genai_config.json or else config.json says; its builder writes no config.json. */
    private int said(String genaiField, String configField, int otherwise) {
        return genai.path(genaiField).asInt(config.text(configField).asInt(otherwise));
    }

    private int size(GraphPort past, int dimension, int otherwise) {
        long declared = past.sizes().get(dimension);
        if (declared < 1 && otherwise < 1) {
            throw broken(
                    "leaves sizes of %s open, and neither genai_config.json nor config.json tells them".formatted(past),
                    "both sizes");
        }
        return declared > 0 ? Math.toIntExact(declared) : otherwise;
    }

    private Optional<GraphPort> find(String name, List<GraphPort> among) {
        return among.stream().filter(port -> port.name().equals(name)).findFirst();
    }

    private String inputNames() {
        return names(file.inputs());
    }

    private static String names(List<GraphPort> ports) {
        return ports.stream().map(GraphPort::name).collect(Collectors.joining(", "));
    }

    private BrokenModelException broken(String problem, String wanted) {
        return new BrokenModelException(
                "%s: the graph %s %s, so that it cannot generate text (%s); export it with onnxruntime-genai's builder or with optimum, or say 'task: tensors' in model.yaml."
                        .formatted(folder, file.path().getFileName(), problem, wanted));
    }
}
