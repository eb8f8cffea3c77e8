package dev.headroom.task;

import dev.headroom.calibration.Calibrator;
import dev.headroom.model.BrokenModelException;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Tokenizer.Tokens;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns texts into a text model's inputs. */
final class TextRows {

    /** A word of at least one token in any vocabulary. */
    private static final String LONG_TEXT = "warm ";

    private final TaskSpec.Text spec;
    private final List<String> inputs;
    private final Tokenizer tokenizer;
    private final Row longest;

    /**
     * Texts for a loaded model.
     *
     * @param inputs the model's inputs, in the order in which a row gives them
     * @throws BrokenModelException when the model has an input that no tokeniser fills
     */
    TextRows(TaskSpec.Text spec, Tokenizer tokenizer, List<String> inputs) {
        this.spec = spec;
        this.inputs = inputs;
        this.tokenizer = tokenizer;
        inputs.stream()
                .filter(input -> !List.of("input_ids", "attention_mask", "token_type_ids")
                        .contains(input))
                .findFirst()
                .ifPresent(input -> {
                    throw new BrokenModelException(
                            ("%s: the graph has the input %s, which no text model's tokeniser fills; export the model for"
                                            + " feature extraction, or serve it with the line 'task: tensors' in model.yaml.")
                                    .formatted(spec.tokenizer().getParent(), input));
                });
        longest = row(tokenizer.encode(LONG_TEXT.repeat(spec.maxLength())));
    }

    /**
     * The row of a text, of a pair or of tokens.
     *
     * @throws RequestFailedException when the input has no tokens, is too long and may not be cut, or is none of these
     */
    Row row(Input input, boolean truncate) {
        Tokens tokens =
                switch (input) {
                    case Input.Text(String text) -> tokenizer.encode(text);
                    case Input.Pair(String first, String second) -> tokenizer.encode(first, second);
                    case Input.Tokens(long[] ids) -> tokens(ids);
                    case Input.Image _, Input.Reference _, Input.Tensors _ -> throw Task.unfit(input, "texts");
                };
        if (tokens.ids().length == 0) {
            throw new RequestFailedException(
                    new Failure.Invalid("The text has no token of this model's; send one that is more than spaces."));
        }
        if (tokens.truncated() && !truncate) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The text has more than %d tokens, which is all that this model reads; shorten it, or ask for it to be truncated."
                            .formatted(spec.maxLength())));
        }
        return row(tokens);
    }

    /** The tokens of a prompt alone. */
    int promptLength(String prompt) {
        return tokenizer.promptLength(prompt);
    }

    private Tokens tokens(long[] ids) {
        for (long id : ids) {
            if (id < 0 || id >= tokenizer.vocabulary()) {
                throw new RequestFailedException(new Failure.Invalid(
                        "The token id %d is not in the model's vocabulary, whose ids are 0 to %d; tokenise with the model's own tokenizer, or send text."
                                .formatted(id, tokenizer.vocabulary() - 1)));
            }
        }
        if (ids.length == 0) {
            throw new RequestFailedException(
                    new Failure.Invalid("There is no token; send at least one, special tokens included."));
        }
        long[] kept = Arrays.copyOf(ids, Math.min(ids.length, spec.maxLength()));
        long[] mask = new long[kept.length];
        Arrays.fill(mask, 1);
        return new Tokens(kept, mask, new long[kept.length], kept.length < ids.length);
    }

    private Row row(Tokens tokens) {
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        for (String input : inputs) {
            tensors.add(Tensor.int64(
                    switch (input) {
                        case "input_ids" -> tokens.ids();
                        case "attention_mask" -> tokens.mask();
                        default -> tokens.types();
                    }));
        }
        return new Row(tensors);
    }

    /** Rows as of texts that were cut. */
    Calibrator.Rows rows() {
        return Calibrator.Rows.upTo(
                longest.elements(),
                tokens -> new Row(longest.inputs().stream()
                        .map(input -> input.first(Math.toIntExact(tokens)))
                        .toList()));
    }
}
