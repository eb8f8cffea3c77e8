package dev.headroom.session;

import static dev.headroom.session.GraphWriter.BOOL;
import static dev.headroom.session.GraphWriter.INT32;
import static dev.headroom.session.OnnxWriter.FLOAT;
import static dev.headroom.session.OnnxWriter.FLOAT16;
import static dev.headroom.session.OnnxWriter.INT64;

import dev.headroom.session.LlamaWeights.LayerWeights;
import dev.headroom.session.LlamaWeights.Sizes;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Writes the graph of a small Llama in one of the forms. */
final class LlamaGraph {

    private static final String IDS = "input_ids";
    private static final String MASK = "attention_mask";
    private static final String PLACES = "position_ids";
    private static final String CACHED = "use_cache_branch";
    private static final double SLOWER = 3; // long rotary factors
    private static final String KEEP = "num_logits_to_keep";

    private final GraphWriter graph = new GraphWriter();
    private final LlamaWeights weights;
    private final Sizes sizes;
    private final LlamaForm form;
    private final Attention attention;

    /** The part in which the forms differ. */
    private interface Attention {
        String of(int layer, String query, String key, String value);
    }

    private LlamaGraph(LlamaWeights weights, LlamaForm form) {
        this.weights = weights;
        this.sizes = weights.sizes();
        this.form = form;
        ports();
        attention = form.shared() ? new Grouped() : new Plain();
    }

    /** The file. */
    static byte[] of(LlamaWeights weights, LlamaForm form) {
        return new LlamaGraph(weights, form).write();
    }

    private void ports() {
        graph.input(IDS, form.whole(), "rows", "tokens");
        graph.input(MASK, form.whole(), "rows", "all");
        if (form.placed()) {
            graph.input(PLACES, INT64, "rows", "tokens");
        }
        if (form == LlamaForm.MERGED) {
            graph.input(CACHED, BOOL, 1);
        }
        if (form == LlamaForm.LAST_LOGITS) {
            graph.input(KEEP, INT64);
        }
        int type = form.half() ? FLOAT16 : FLOAT;
        graph.output("logits", type, "rows", "scored", sizes.vocabulary());
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (String kind : List.of("key", "value")) {
                graph.input(past(kind, layer), type, "rows", sizes.keyHeads(), "past", sizes.headSize());
                graph.output(present(kind, layer), type, "rows", sizes.keyHeads(), "all", sizes.headSize());
            }
        }
    }

    private static String past(String kind, int layer) {
        return "past_key_values.%d.%s".formatted(layer, kind);
    }

    private static String present(String kind, int layer) {
        return "present.%d.%s".formatted(layer, kind);
    }

    private String real(float[] values, long... dims) {
        return form.half() ? graph.halves(values, dims) : graph.floats(values, dims);
    }

    private String product(String left, float[] matrix, int rows) {
        return graph.node("MatMul", left, real(matrix, rows, matrix.length / rows));
    }

    private String normal(String state, float[] scale) {
        return graph.node(
                "SimplifiedLayerNormalization",
                List.of(state, real(scale, scale.length)),
                Map.of("epsilon", 1e-5f, "axis", -1, "stash_type", 1));
    }

    private byte[] write() {
        String state = graph.node("Gather", real(weights.tokens(), sizes.vocabulary(), sizes.width()), IDS);
        for (int layer = 0; layer < sizes.layers(); layer++) {
            LayerWeights of = weights.layers().get(layer);
            String in = normal(state, of.norm());
            String seen = attention.of(
                    layer,
                    product(in, of.query(), sizes.width()),
                    product(in, of.key(), sizes.width()),
                    product(in, of.value(), sizes.width()));
            state = graph.node("Add", state, product(seen, of.output(), sizes.heads() * sizes.headSize()));
            state = graph.node("Add", state, mlp(normal(state, of.normBeforeMlp()), of));
        }
        if (form == LlamaForm.LAST_LOGITS) {
            String first = graph.node("Neg", graph.node("Reshape", KEEP, graph.list(1)));
            state = graph.node("Slice", state, first, graph.list(Integer.MAX_VALUE), graph.list(1));
        }
        head(normal(state, weights.norm()), real(weights.head(), sizes.width(), sizes.vocabulary()));
        return graph.bytes();
    }

    private void head(String states, String head) {
        if (form == LlamaForm.SCALED) {
            String half = graph.node("Div", graph.node("MatMul", states, head), real(new float[] {2}));
            graph.nodes("Mul", List.of(real(new float[] {2}), cast(half, FLOAT)), List.of("logits"), Map.of());
        } else if (form == LlamaForm.QUANTISED) {
            List<String> small = List.of("quantised", "scale", "zero");
            graph.nodes("DynamicQuantizeLinear", List.of(states), small, Map.of());
            String about = graph.node("DequantizeLinear", small, Map.of());
            graph.nodes("MatMul", List.of(about, head), List.of("logits"), Map.of());
        } else if (form == LlamaForm.FLATTENED) {
            String flat = graph.node("Gemm", graph.node("Reshape", states, graph.list(-1, sizes.width())), head);
            String shape = graph.node("Concat", List.of(graph.node("Shape", IDS), graph.list(-1)), Map.of("axis", 0));
            graph.nodes("Reshape", List.of(flat, shape), List.of("logits"), Map.of());
        } else {
            graph.nodes("MatMul", List.of(states, head), List.of("logits"), Map.of());
        }
    }

    private String mlp(String in, LayerWeights of) {
        String gate = product(in, of.gate(), sizes.width());
        String open = graph.node("Mul", gate, graph.node("Sigmoid", gate));
        return product(graph.node("Mul", open, product(in, of.up(), sizes.width())), of.down(), sizes.hidden());
    }

    private String cast(String what, int type) {
        return graph.node("Cast", List.of(what), Map.of("to", type));
    }

    /** One operator, which rotates, writes behind the past, and masks by lengths. */
    private final class Grouped implements Attention {

        private final String lasts; // the place of each row's last token
        private final String total;
        private final String cosines;
        private final String sines;

        Grouped() {
            String one = graph.list(1);
            String sum = graph.node("ReduceSum", List.of(cast(MASK, INT64), one), Map.of("keepdims", 0));
            lasts = cast(graph.node("Sub", sum, one), INT32);
            String wide = graph.node("Gather", graph.node("Shape", MASK), graph.scalar(1));
            total = cast(wide, INT32);
            String isLong = graph.node("Greater", wide, graph.scalar(LlamaForm.ORIGINAL_CONTEXT));
            cosines = turns(true, isLong);
            sines = turns(false, isLong);
        }

        private String turns(boolean cos, String isLong) {
            return switch (form) {
                case LONG -> turns(cos, SLOWER);
                case LONG_ROPE ->
                    graph.node(
                            "If",
                            List.of(isLong),
                            Map.of(
                                    "then_branch", graph.branch("Identity", List.of(turns(cos, SLOWER)), Map.of()),
                                    "else_branch", graph.branch("Identity", List.of(turns(cos, 1)), Map.of())));
                default -> turns(cos, 1);
            };
        }

        private String turns(boolean cos, double slower) {
            return real(weights.rotations(cos, slower), sizes.longest(), sizes.headSize() / 2);
        }

        private Map<String, Object> attributes() {
            Map<String, Object> all =
                    new HashMap<>(Map.of("num_heads", sizes.heads(), "kv_num_heads", sizes.keyHeads(), "do_rotary", 1));
            if (form.windowed()) {
                all.put("local_window_size", LlamaForm.WINDOW);
                all.put("sliding_window_cache", form == LlamaForm.SLIDING ? 1 : 0);
            }
            return all;
        }

        @Override
        public String of(int layer, String query, String key, String value) {
            String output = "seen." + layer;
            graph.nodes(
                    "com.microsoft:GroupQueryAttention",
                    List.of(query, key, value, past("key", layer), past("value", layer), lasts, total, cosines, sines),
                    List.of(output, present("key", layer), present("value", layer)),
                    attributes());
            return output;
        }
    }

    /** Plain operators; a token sees those that the mask shows up to its own place. */
    private final class Plain implements Attention {

        private final String mask;
        private final String cosines;
        private final String sines;

        Plain() {
            String one = graph.scalar(1);
            String zero = graph.scalar(0);
            String fresh = graph.node("Gather", graph.node("Shape", IDS), one);
            String all = graph.node("Gather", graph.node("Shape", MASK), one);
            String keys = graph.node("Unsqueeze", graph.node("Range", zero, all, one), graph.list(0));
            String wide = graph.node("Range", graph.node("Sub", all, fresh), all, one);
            String tokens = graph.node("Unsqueeze", wide, graph.list(1));
            String shown = graph.node("Unsqueeze", cast(MASK, BOOL), graph.list(1, 2));
            String seen = graph.node("And", shown, graph.node("LessOrEqual", keys, tokens));
            mask = graph.node("Where", seen, real(new float[] {0}), real(new float[] {-1e9f}));
            String places =
                    switch (form) {
                        case PLACES_BY_WIDTH -> graph.node("Unsqueeze", wide, graph.list(0));
                        case PLACES_BY_MASK -> counted(fresh);
                        default -> PLACES;
                    };
            cosines = turns(true, places);
            sines = turns(false, places);
        }

        /** The tokens before each of the new ones. */
        private String counted(String fresh) {
            String counts = graph.node("Sub", graph.node("CumSum", MASK, graph.scalar(1)), graph.scalar(1));
            String first = graph.node("Unsqueeze", graph.node("Neg", fresh), graph.list(0));
            return graph.node("Slice", counts, first, graph.list(Integer.MAX_VALUE), graph.list(1));
        }

        private String turns(boolean cos, String places) {
            String table = real(weights.rotations(cos, 1), sizes.longest(), sizes.headSize() / 2);
            String half = graph.node("Gather", table, places);
            String whole = graph.node("Concat", List.of(half, half), Map.of("axis", -1));
            return graph.node("Unsqueeze", whole, graph.list(1));
        }

        @Override
        public String of(int layer, String query, String key, String value) {
            String keys = joined("key", layer, turned(heads(key, sizes.keyHeads())));
            String values = joined("value", layer, heads(value, sizes.keyHeads()));
            String turned = graph.node("Transpose", List.of(repeated(keys)), Map.of("perm", new int[] {0, 1, 3, 2}));
            String scores = graph.node("MatMul", turned(heads(query, sizes.heads())), turned);
            String scaled = graph.node("Mul", scores, real(new float[] {(float) (1 / Math.sqrt(sizes.headSize()))}));
            String shares = graph.node("Softmax", List.of(graph.node("Add", scaled, mask)), Map.of("axis", -1));
            String seen = graph.node("MatMul", shares, repeated(values));
            String rows = graph.node("Transpose", List.of(seen), Map.of("perm", new int[] {0, 2, 1, 3}));
            return graph.node("Reshape", rows, graph.list(0, 0, (long) sizes.heads() * sizes.headSize()));
        }

        private String heads(String flat, int heads) {
            String rows = graph.node("Reshape", flat, graph.list(0, 0, heads, sizes.headSize()));
            return graph.node("Transpose", List.of(rows), Map.of("perm", new int[] {0, 2, 1, 3}));
        }

        private String turned(String heads) {
            long half = sizes.headSize() / 2;
            String last = graph.list(3);
            String first = graph.node("Slice", heads, graph.list(0), graph.list(half), last);
            String second = graph.node("Slice", heads, graph.list(half), graph.list(2 * half), last);
            String across = graph.node("Concat", List.of(graph.node("Neg", second), first), Map.of("axis", 3));
            return graph.node("Add", graph.node("Mul", heads, cosines), graph.node("Mul", across, sines));
        }

        private String joined(String kind, int layer, String fresh) {
            List<String> both = List.of(past(kind, layer), fresh);
            String output = present(kind, layer);
            if (form == LlamaForm.MERGED) {
                Map<String, Object> branches = Map.of(
                        "then_branch", graph.branch("Concat", both, Map.of("axis", 2)),
                        "else_branch", graph.branch("Identity", List.of(fresh), Map.of()));
                graph.nodes("If", List.of(CACHED), List.of(output), branches);
            } else {
                graph.nodes("Concat", both, List.of(output), Map.of("axis", 2));
            }
            return output;
        }

        /** Several heads of queries share each head of keys and values. */
        private String repeated(String heads) {
            int times = sizes.heads() / sizes.keyHeads();
            String each = graph.node("Unsqueeze", heads, graph.list(2));
            String copies = graph.node("Concat", Collections.nCopies(times, each), Map.of("axis", 2));
            String tokens =
                    graph.node("Slice", graph.node("Shape", heads), graph.list(2), graph.list(3), graph.list(0));
            String shape = graph.node(
                    "Concat",
                    Stream.of(graph.list(0), graph.list(sizes.heads()), tokens, graph.list(sizes.headSize()))
                            .toList(),
                    Map.of("axis", 0));
            return graph.node("Reshape", copies, shape);
        }
    }
}
