package dev.headroom.function.tei;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.InputReader;
import dev.headroom.function.PendingAnswer;
import dev.headroom.function.TextInputs;
import dev.headroom.function.body.JsonFields;
import dev.headroom.function.body.RequestMemory;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.serving.Pipelines;
import dev.headroom.task.Input;
import dev.headroom.task.Pipeline;
import dev.headroom.task.TextToken;
import dev.headroom.task.Tokenization;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code /tokenize} and {@code /decode}: texts to tokens and back, without a device. */
@Singleton
class TeiTokenizer {

    /** Bytes of heap and native memory that the tokeniser's library takes for a character of a text that is not usual, while it reads. */
    private static final long CHARACTER = 160;

    /** Bytes of a token as an object and as JSON. */
    private static final long TOKEN = 240;

    private final Pipelines pipelines;
    private final InputReader reader;

    TeiTokenizer(Pipelines pipelines, InputReader reader) {
        this.pipelines = pipelines;
        this.reader = reader;
    }

    /**
     * The tokens of each text.
     *
     * @param memory the request's, of which the answer takes a part
     * @throws RequestFailedException when the body holds no texts, or the model reads none, or there is no memory for all tokens
     */
    PendingAnswer<?> tokenize(JsonNode body, Urgency urgency, RequestMemory.Share memory) {
        JsonFields fields = TeiRequest.fields(body, "inputs", "model", "add_special_tokens", "prompt_name");
        JsonNode inputs = body.path("inputs");
        List<String> texts = inputs.isTextual()
                ? List.of(reader.text("inputs", inputs))
                : TeiRequest.texts("inputs", inputs, reader);
        boolean special = fields.flag("add_special_tokens").orElse(true);
        Optional<String> prompt = fields.text("prompt_name");
        return each(fields, urgency, texts, (tokenization, text) -> {
            long reading = CHARACTER * text.length();
            memory.takeForAnswer(reading);
            List<TextToken> tokens = tokenization.tokens(text, special, prompt);
            memory.giveBack(reading);
            memory.takeForAnswer(TOKEN * tokens.size());
            return tokens;
        });
    }

    /**
     * The text of each array of token ids.
     *
     * @throws RequestFailedException when the body holds no ids, or the model reads no text
     */
    PendingAnswer<?> decode(JsonNode body, Urgency urgency) {
        JsonFields fields = TeiRequest.fields(body, "ids", "model", "skip_special_tokens");
        boolean withoutSpecial = fields.flag("skip_special_tokens").orElse(true);
        if (!body.path("ids").isArray()) {
            throw JsonFields.wrong(
                    "ids",
                    "is %s; send an array of token ids, or an array of these.",
                    JsonFields.kind(body.path("ids")));
        }
        List<long[]> ids = new ArrayList<>();
        for (Input input : TextInputs.read("ids", body.path("ids"), reader).inputs()) {
            if (!(input instanceof Input.Tokens(long[] tokens))) {
                throw JsonFields.wrong("ids", "holds a string; send an array of token ids, or an array of these.");
            }
            ids.add(tokens);
        }
        return each(fields, urgency, ids, (tokenization, tokens) -> tokenization.text(tokens, withoutSpecial));
    }

    /** Reads an input; fails with a {@link RequestFailedException} for one that cannot be read. */
    private interface Reading<T> {

        Object read(Tokenization tokenization, T input);
    }

    private <T> PendingAnswer<?> each(JsonFields fields, Urgency urgency, List<T> inputs, Reading<T> reading) {
        Pipeline pipeline = pipelines.named(fields.text("model")).forTexts();
        if (!(pipeline.spec() instanceof TaskSpec.OfText)) {
            throw Tokenization.none();
        }
        Function<Tokenization, List<Object>> all = tokenization ->
                inputs.stream().map(input -> reading.read(tokenization, input)).toList();
        return PendingAnswer.knowing(pipeline, urgency, left -> PendingAnswer.of(pipeline.tokenized(all)));
    }
}
