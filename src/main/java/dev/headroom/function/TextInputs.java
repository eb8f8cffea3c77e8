package dev.headroom.function;

import com.fasterxml.jackson.databind.JsonNode;
import dev.headroom.function.body.JsonFields;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.task.Input;
import dev.headroom.task.NamedModel;
import dev.headroom.task.Options;
import dev.headroom.task.Pipeline;
import java.util.ArrayList;
import java.util.List;

/**
 * The inputs of a request, in a protocol where they have no names.
 *
 * @param field the field that holds them, which names them in the log
 */
public record TextInputs(String field, List<Input> inputs) {

    /**
     * Reads texts or token ids: a text, an array of token ids, or an array of these.
     *
     * @throws RequestFailedException when it is none of them
     */
    public static TextInputs read(String field, JsonNode value, InputReader reader) {
        if (value.isTextual() || isTokens(value)) {
            return new TextInputs(field, List.of(input(field, value, reader)));
        }
        if (!value.isArray()) {
            throw JsonFields.wrong(
                    field, "is %s; send a text, an array of texts, or token ids.", JsonFields.kind(value));
        }
        reader.checkCount(field, value.size());
        List<Input> inputs = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            inputs.add(input(field + "[" + inputs.size() + "]", element, reader));
        }
        return new TextInputs(field, inputs);
    }

    private static boolean isTokens(JsonNode value) {
        return value.isArray() && value.path(0).isNumber();
    }

    /** One text, or one array of token ids. */
    public static Input input(String name, JsonNode value, InputReader reader) {
        if (!value.isArray()) {
            return new Input.Text(reader.text(name, value));
        }
        long[] ids = new long[value.size()];
        for (int i = 0; i < ids.length; i++) {
            JsonNode id = value.get(i);
            if (!id.isIntegralNumber() || !id.canConvertToLong()) {
                throw JsonFields.wrong(name + "[" + i + "]", "is %s; send token ids alone.", JsonFields.kind(id));
            }
            ids[i] = id.longValue();
        }
        return new Input.Tokens(ids);
    }

    /**
     * Starts on the inputs.
     *
     * @throws RequestFailedException when they are not admitted
     */
    public RunningRequest run(NamedModel model, Options options, Urgency urgency) {
        List<Pipeline.Entry> entries = new ArrayList<>(inputs.size());
        for (int i = 0; i < inputs.size(); i++) {
            entries.add(new Pipeline.Entry(field + "[" + i + "]", inputs.get(i)));
        }
        return new RunningRequest(model.run(entries, options, urgency));
    }
}
