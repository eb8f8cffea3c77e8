package dev.headroom.function.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.headroom.generation.form.JsonShape;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Values of each kind that a parameter admits, as they stand between marks. What the guide admits has to be what the reader reads.
 *
 * @param name the parameter's
 */
record ElementSamples(ElementParameters parameters, String name) {

    private static final List<String> WHOLE = List.of("0", "-12");
    private static final List<String> FRACTIONS = List.of("0.5", "1e-5");

    /** What a text may say that would be of another type. */
    private static final List<String> WORDS = List.of("true", "false", "null");

    /**
     * Passes where values of all alternatives are read back as values of one of them.
     *
     * @throws dev.headroom.request.RequestFailedException when the reader takes a value for one of another type
     */
    void check(List<JsonShape> alternatives) {
        alternatives.stream()
                .flatMap(ElementSamples::ofShape)
                .forEach(text -> require(text, new ElementValue(text, Set.of()).json(true)));
        if (alternatives.stream().anyMatch(JsonShape.Text.class::isInstance)) {
            Stream.of(WHOLE, FRACTIONS, WORDS)
                    .flatMap(List::stream)
                    .filter(text -> alternatives.stream().noneMatch(shape -> admits(shape, text)))
                    .forEach(text -> require(text, TextNode.valueOf(text).toString()));
        }
    }

    /** Samples of values that are no texts; other words are checked where their texts are. */
    private static Stream<String> ofShape(JsonShape shape) {
        return switch (shape) {
            case JsonShape.AnyObject _, JsonShape.Members _ -> Stream.of("{}");
            case JsonShape.Elements _ -> Stream.of("[]");
            case JsonShape.Number(boolean whole) ->
                whole ? WHOLE.stream() : Stream.concat(WHOLE.stream(), FRACTIONS.stream());
            case JsonShape.Words(List<String> words) -> words.stream().filter(ElementContent::isStructure);
            case JsonShape.Text _, JsonShape.AnyOf _, JsonShape.Named _ -> Stream.empty();
        };
    }

    private static boolean admits(JsonShape shape, String json) {
        return shape instanceof JsonShape.Words(List<String> texts)
                ? texts.contains(json)
                : ofShape(shape).anyMatch(json::equals);
    }

    private void require(String text, String json) {
        if (!parameters.isReadAs(name, text, json)) {
            throw parameters.wrong(
                    name,
                    "admits %s, which would be read otherwise, %s; write its type into the property",
                    json,
                    ElementParameters.ELEMENT);
        }
    }
}
