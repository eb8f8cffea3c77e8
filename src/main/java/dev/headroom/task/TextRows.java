package dev.headroom.task;

import dev.headroom.calibration.CalibrationRows;
import dev.headroom.model.TaskSpec;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Turns texts into a text model's inputs. */
final class TextRows {

    /** A word of at least one token in any vocabulary. */
    private static final String LONG_TEXT = "warm ";

    /** Words of several languages for made-up texts. */
    private static final List<String> WORDS = List.of(
            ("a the of and to in is was for on with as by at from it that this which are be has its not or an river 1984"
                            + " 3.14 water capital mountain yesterday quickly therefore, although: however; question? answer! city"
                            + " model energy government doctor children language music animal winter international university"
                            + " electromagnetic Shakespeare Berlin Müller straße garçon niño año привет мир 東京 水 مرحبا"
                            + " code return null http://example.com 100% $5 don't re-use (see below) \"quoted\"")
                    .split(" "));

    private final TaskSpec.Text spec;
    private final TokenTensors tensors;
    private final Tokenizer tokenizer;
    private final Tokens longest;

    /**
     * Texts for a loaded model.
     *
     * @param ports the model's inputs, in the order in which a row gives them
     * @throws BrokenModelException when the model has an input that nothing fills
     */
    TextRows(TaskSpec.Text spec, Tokenizer tokenizer, Ports ports) {
        this.spec = spec;
        this.tokenizer = tokenizer;
        tensors = new TokenTensors(spec, ports);
        longest = tokenizer.encode(LONG_TEXT.repeat(spec.maxLength()));
    }

    /** The names of the tasks that the model is adapted to; empty for a model without them. */
    List<String> adapters() {
        return tensors.adapters();
    }

    /** The treatment of a text that is too long, with the model's side where the request names none. */
    Truncation resolved(Truncation asked) {
        if (asked != Truncation.USUAL) {
            return asked;
        }
        return spec.cutsBeginning() ? Truncation.LEFT : Truncation.RIGHT;
    }

    /** The row of an input for a model without adapters. */
    Row row(Input input, Truncation truncation) {
        return row(input, truncation, OptionalLong.empty());
    }

    /**
     * The row of a text, of a pair or of tokens.
     *
     * @param adapter the number of the task that the model is adapted to
     * @throws RequestFailedException when the input has no tokens, is too long and may not be cut, or is none of these
     */
    Row row(Input input, Truncation truncation, OptionalLong adapter) {
        boolean left = resolved(truncation) == Truncation.LEFT;
        Tokens tokens =
                switch (input) {
                    case Input.Text(String text) -> left ? tokenizer.encodeEnd(text) : tokenizer.encode(text);
                    case Input.Pair(String first, String second) -> tokenizer.encode(first, second);
                    case Input.Tokens(long[] ids) -> tokens(ids, left);
                    case Input.Image _, Input.Reference _, Input.Tensors _ -> throw Task.unfit(input, "texts");
                };
        if (tokens.ids().length == 0) {
            throw new RequestFailedException(
                    new Failure.Invalid("The text has no token of this model's; send one that is more than spaces."));
        }
        if (tokens.truncated() && tokens.ids().length < spec.maxLength()) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The text has fewer than %d tokens in the %d characters for each that are read, and goes on behind them; leave out its long blanks, and words that are no language."
                            .formatted(spec.maxLength(), Tokenizer.MOST_CHARACTERS)));
        }
        if (tokens.truncated() && left && input instanceof Input.Pair) {
            throw new RequestFailedException(new Failure.Invalid(
                    "The pair has more than %d tokens, and a pair is cut at its end alone; set truncation_direction to Right, or shorten it."
                            .formatted(spec.maxLength())));
        }
        if (tokens.truncated() && truncation == Truncation.NONE) {
            throw new RequestFailedException(new Failure.TooLong(
                    "The text has more than %d tokens, which is all that this model reads; shorten it, or ask for it to be truncated."
                            .formatted(spec.maxLength())));
        }
        return tensors.row(tokens, adapter);
    }

    /** The tokens of a prompt alone. */
    int promptLength(String prompt) {
        return tokenizer.promptLength(prompt);
    }

    /** The model's tokeniser. */
    Tokenizer tokenizer() {
        return tokenizer;
    }

    private Tokens tokens(long[] ids, boolean left) {
        check(ids);
        if (ids.length == 0) {
            throw new RequestFailedException(
                    new Failure.Invalid("There is no token; send at least one, special tokens included."));
        }
        if (!tokenizer.isWhole(ids)) {
            throw new RequestFailedException(
                    new Failure.Invalid(
                            "The token ids lack the special tokens that each text of this model begins or ends with; send those of /tokenize, or send text."));
        }
        long[] kept = tokenizer.truncated(ids, left);
        return new Tokens(kept, new long[kept.length], kept.length < ids.length);
    }

    /**
     * Checks that all ids are in the vocabulary.
     *
     * @throws RequestFailedException when one is not
     */
    void check(long[] ids) {
        for (long id : ids) {
            if (id < 0 || id >= tokenizer.vocabulary()) {
                throw new RequestFailedException(new Failure.Invalid(
                        "The token id %d is not in the model's vocabulary, whose ids are 0 to %d; tokenise with the model's own tokenizer, or send text."
                                .formatted(id, tokenizer.vocabulary() - 1)));
            }
        }
    }

    /**
     * The row of a made-up text, or of a pair of them, that was cut.
     *
     * @param number texts of other numbers have other words
     * @param tokens its length, at most that of the longest text
     */
    Row sample(int number, int tokens, boolean pair) {
        List<String> words = new ArrayList<>();
        Random random = new Random(number);
        for (int word = 0; word < tokens; word++) {
            words.add(WORDS.get(random.nextInt(WORDS.size())));
        }
        String text = String.join(" ", words);
        Tokens made =
                pair ? tokenizer.encode(String.join(" ", words.subList(0, tokens / 2)), text) : tokenizer.encode(text);
        return tensors.row(made.first(Math.min(tokens, made.ids().length)), anyAdapter());
    }

    private OptionalLong anyAdapter() {
        return adapters().isEmpty() ? OptionalLong.empty() : OptionalLong.of(0);
    }

    /** Rows as of texts that were cut. */
    CalibrationRows rows() {
        OptionalLong adapter = anyAdapter();
        return tensors.padded()
                ? CalibrationRows.like(tensors.row(longest, adapter))
                : CalibrationRows.upTo(
                        longest.ids().length, tokens -> tensors.row(longest.first(Math.toIntExact(tokens)), adapter));
    }
}
