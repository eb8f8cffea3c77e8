package dev.headroom.function.tgi;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.headroom.function.Problem;
import dev.headroom.function.generate.EventBytes;
import dev.headroom.function.generate.StreamForm;
import dev.headroom.function.generate.Told;
import dev.headroom.function.tgi.TgiAnswer.Token;
import dev.headroom.generation.sampling.Choice;
import dev.headroom.request.Failure;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;

/**
 * A stream of {@code /generate_stream}: an event for each token, and a last one with all the text. That one has a special
 * token without text, which clients pass over, because an event for a token goes out before it is known to be the last.
 */
final class TgiStream implements StreamForm {

    private final TgiForm form;
    private final StringBuilder text = new StringBuilder();
    private int told;
    private int last;

    TgiStream(TgiForm form) {
        this.form = form;
    }

    /** An event; {@code topTokens} is left out where it is null. */
    @RegisterForReflection
    record Event(
            int index,
            Token token,

            @JsonProperty("top_tokens") @JsonInclude(JsonInclude.Include.NON_NULL)
            List<Token> topTokens,

            @JsonProperty("generated_text") String generatedText,
            End details) {}

    /** How the text came about. */
    @RegisterForReflection
    record End(
            @JsonProperty("finish_reason") String finishReason,
            @JsonProperty("generated_tokens") int generatedTokens,
            @JsonProperty("input_length") int inputLength,
            Long seed) {}

    @Override
    public void tell(Told event, EventBytes to) {
        switch (event) {
            case Told.Text more -> add(more, to);
            case Told.Ended ended -> {
                End end = new End(
                        TgiAnswer.word(ended.reason(), ended.usage(), told),
                        ended.usage().generated(),
                        ended.usage().prompt(),
                        form.seed());
                Token empty = new Token(last, "", 0, true);
                to.json(new Event(told + 1, empty, null, form.request().prefix() + text, end));
            }
            case Told.Failed _ -> {}
        }
    }

    /** Text that comes with no token is the rest of the last token's. */
    private void add(Told.Text more, EventBytes to) {
        text.append(more.text());
        List<Choice> choices = more.tokens();
        if (choices.isEmpty() && !more.text().isEmpty()) {
            to.json(new Event(told, new Token(last, more.text(), 0, false), null, null, null));
        }
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            told++;
            last = choice.token();
            Token token = Token.of(choice, i == choices.size() - 1 ? more.text() : "");
            List<Token> top = choice.top().isEmpty()
                    ? null
                    : TgiAnswer.top(form.generation().model(), choice);
            to.json(new Event(told, token, top, null, null));
        }
    }

    @Override
    public boolean keepsText() {
        return true;
    }

    @Override
    public void end(EventBytes to) {
        // the last event has said it
    }

    @Override
    public void fail(Failure failure, Problem problem, EventBytes to) {
        to.json(TgiError.of(problem));
    }
}
