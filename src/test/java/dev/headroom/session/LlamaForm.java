package dev.headroom.session;

/** The forms in which exporters write a graph that continues keys and values. */
public enum LlamaForm {
    /** GroupQueryAttention, as onnxruntime-genai's builder writes it: lengths are taken from the mask. */
    SHARED,
    /** The same in half precision. */
    SHARED_HALF,
    /** The same with int32 tokens and mask. */
    SHARED_INT32,
    /** The same whose layers see {@link #WINDOW} tokens. */
    WINDOWED,
    /** The same whose layers would also keep the keys and values of these alone, as newer builders write it. */
    SLIDING,
    /** The same as shared with other rotations for sequences of more than {@link #ORIGINAL_CONTEXT} tokens (LongRoPE). */
    LONG_ROPE,
    /** Those other rotations alone. */
    LONG,
    /** Plain operators, as optimum writes them: places of tokens are an input, and keys and values are concatenated. */
    CONCATENATED,
    /** The same without places, which the graph counts by the mask. */
    PLACES_BY_MASK,
    /** The same without places, which the graph takes from the width of the memory, as optimum's Gemma does. */
    PLACES_BY_WIDTH,
    /** The same as concatenated with a branch for prompts, which {@code use_cache_branch} chooses. */
    MERGED,
    /** The same with scores of the last tokens alone. */
    LAST_LOGITS,
    /** The same as concatenated, with operators behind the head that treat each score alone. */
    SCALED,
    /** The same as concatenated, with states that are quantised when the graph runs, those of all rows together. */
    QUANTISED,
    /** The same as concatenated, with a head that multiplies the tokens of all rows in one dimension. */
    FLATTENED;

    /** Tokens that a layer sees where it does not see all. */
    public static final int WINDOW = 24;

    /** The most tokens of a sequence that has the usual rotations. */
    public static final int ORIGINAL_CONTEXT = 60;

    /** True if the keys and values of a step lie in the memory of those before it. */
    public boolean shared() {
        return ordinal() < CONCATENATED.ordinal();
    }

    /** True if the place of each token is an input. */
    boolean placed() {
        return !shared() && this != PLACES_BY_MASK && this != PLACES_BY_WIDTH;
    }

    boolean windowed() {
        return this == WINDOWED || this == SLIDING;
    }

    boolean half() {
        return this == SHARED_HALF;
    }

    int whole() {
        return this == SHARED_INT32 ? GraphWriter.INT32 : OnnxWriter.INT64;
    }
}
