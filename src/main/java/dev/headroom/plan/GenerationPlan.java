package dev.headroom.plan;

import dev.headroom.device.Bytes;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import dev.headroom.settings.PrefixCacheMode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The numbers that the generation of text follows, for one model on one device.
 *
 * @param memory most bytes of the device that the model and its sequences take
 * @param cache bytes for keys and values
 * @param kept most bytes of them that sequences keep when they have ended, for others that begin alike
 * @param tokens tokens whose keys and values fit into them at a time
 * @param context most tokens of a sequence, prompt and answer together
 * @param rows most sequences that are continued at a time
 * @param chunk most tokens of a prompt that are read at a time
 */
public record GenerationPlan(
        Setting memory, Setting cache, Setting kept, Setting tokens, Setting context, Setting rows, Setting chunk) {

    private static final int CHUNK = 512;

    /** Activations of a token that is read, as a multiple of its keys and values. */
    private static final int ACTIVATIONS = 4;

    /** A shorter sequence is of no use to anybody. */
    private static final int LEAST_TOKENS = 32;

    private static final int MOST_ROWS_OF_GPU = 256;
    private static final int MOST_ROWS_OF_CPU = 32;

    /**
     * The terms for all models of a device.
     *
     * @param target the share of what a model's weights leave that keys and values and the reading of prompts may fill
     * @param keeps false if nothing of a sequence is used for another one
     */
    public record Terms(double target, boolean gpu, boolean keeps) {

        /** The terms that follow from the settings. */
        public static Terms of(HeadroomConfig config, boolean gpu) {
            return new Terms(config.memory().target(), gpu, config.prefixCache() == PrefixCacheMode.ON);
        }
    }

    /**
     * Plans the memory of a model.
     *
     * @param bytes most bytes that the model may take of the device
     * @throws PlanRefusedException when not even a short sequence fits; the message gives the numbers and the remedy
     */
    public static GenerationPlan of(GenerationDemand model, long bytes, Terms terms) {
        long rest = Math.max(0, (long) (terms.target * (bytes - model.baseBytes())));
        long activations = ACTIVATIONS * model.bytesPerToken();
        long ofRow = model.scoreBytes() + activations;
        long ofToken = model.scoresAll() ? ofRow : activations;
        int most = Math.min(CHUNK, model.contextLength());
        int chunk = Math.clamp(rest / 4 / ofToken, Math.min(LEAST_TOKENS, most), most);
        int mostRows = Math.clamp(rest / 4 / ofRow, 1, terms.gpu ? MOST_ROWS_OF_GPU : MOST_ROWS_OF_CPU);
        long lastScores = model.scoresAll() ? 0 : model.scoreBytes();
        long run = Math.max(chunk * ofToken + lastScores, mostRows * ofRow);
        long cache = rest - run;
        long tokens = Math.max(0, cache / (model.copies() * model.bytesPerToken()));
        if (tokens < Math.min(LEAST_TOKENS, model.contextLength())) {
            throw new PlanRefusedException(
                    "The model %s cannot generate text here: of %s it takes %s itself, and what is left holds the keys and values of %d tokens; take a device with more memory, or raise headroom.memory.limit where it is set."
                            .formatted(model.name(), Bytes.text(bytes), Bytes.text(model.baseBytes()), tokens));
        }
        return new GenerationPlan(
                Setting.derived(bytes, "bytes", "what other models leave of the device"),
                Setting.derived(
                        cache,
                        "bytes",
                        "%.2f x (%s - %s of the model) - %s to read %d tokens of a prompt, of which %s scored, or one of each of %d sequences"
                                .formatted(
                                        terms.target,
                                        Bytes.text(bytes),
                                        Bytes.text(model.baseBytes()),
                                        Bytes.text(run),
                                        chunk,
                                        model.scoresAll() ? "all are" : "only the last is",
                                        mostRows)),
                terms.keeps
                        ? Setting.derived(
                                cache, "bytes", "what sequences that go on leave of the cache; others take it back")
                        : new Setting(0, "bytes", Source.SET, "headroom.prefix-cache is off"),
                Setting.derived(
                        tokens,
                        "tokens",
                        "cache / %s of a token%s"
                                .formatted(
                                        Bytes.text(model.copies() * model.bytesPerToken()),
                                        model.copies() > 1 ? ", which are there twice while a step runs" : "")),
                context(model, tokens),
                Setting.derived(
                        Math.clamp(tokens / LEAST_TOKENS, 1, mostRows),
                        "sequences",
                        "as many as fit with %d tokens each, at most %d, whose scores take at most a quarter of what the model leaves"
                                .formatted(LEAST_TOKENS, mostRows)),
                Setting.derived(
                        chunk, "tokens", "at most a quarter of what the model leaves, and %d".formatted(CHUNK)));
    }

    private static Setting context(GenerationDemand model, long tokens) {
        return tokens < model.contextLength()
                ? Setting.derived(
                        tokens,
                        "tokens",
                        "the cache holds no more; the model could read %,d".formatted(model.contextLength()))
                : Setting.derived(model.contextLength(), "tokens", "stated by the model's folder");
    }

    /** The same plan where sequences cannot help others, for this reason. */
    public GenerationPlan keepingNothing(String reason) {
        return new GenerationPlan(memory, cache, Setting.derived(0, "bytes", reason), tokens, context, rows, chunk);
    }

    /** The same plan where sequences run one at a time, for this reason. */
    public GenerationPlan oneAtATime(String reason) {
        return new GenerationPlan(memory, cache, kept, tokens, context, Setting.derived(1, "sequences", reason), chunk);
    }

    /** The settings by the name under which {@code GET /plan}, the log and {@code headroom_plan} show them. */
    public Map<String, Setting> settings() {
        Map<String, Setting> settings = new LinkedHashMap<>();
        settings.put("memory", memory);
        settings.put("cache", cache);
        settings.put("prefix-cache", kept);
        settings.put("cache-tokens", tokens);
        settings.put("context", context);
        settings.put("rows", rows);
        settings.put("chunk", chunk);
        return settings;
    }
}
