package dev.headroom.function.tools;

import dev.headroom.generation.form.ElementShape;
import dev.headroom.generation.form.JsonShape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the value of one parameter may be, as a text between marks: a string stands there as it is, and any other value as JSON.
 *
 * @param name the parameter's
 */
record ElementContent(ElementParameters parameters, String name) {

    private static final Map<String, String> PYTHON = Map.of("true", "True", "false", "False", "null", "None");

    ElementShape.Content of(JsonShape shape) {
        List<JsonShape> all = new ArrayList<>();
        addAlternatives(shape, all);
        List<String> words =
                all.stream().flatMap(ElementContent::words).distinct().toList();
        List<JsonShape> nested = new ArrayList<>(
                all.stream().filter(ElementContent::isNested).distinct().toList());
        List<String> structures =
                words.stream().filter(ElementContent::isStructure).toList();
        if (!structures.isEmpty()) {
            nested.add(new JsonShape.Words(structures));
        }
        nested.forEach(one -> checkMarks(one, new HashSet<>()));
        List<String> scalars = words.stream().filter(word -> !isStructure(word)).toList();
        boolean text = all.stream().anyMatch(JsonShape.Text.class::isInstance);
        if (text) {
            checkBesideText(scalars);
        }
        new ElementSamples(parameters, name).check(all);
        if (text) {
            return new ElementShape.Content(
                    nested.isEmpty() ? ElementShape.Text.ANY : ElementShape.Text.UNBRACKETED,
                    List.of(),
                    List.of(),
                    nested);
        }
        return new ElementShape.Content(
                ElementShape.Text.NONE,
                scalars.stream().flatMap(this::written).distinct().toList(),
                all.stream()
                        .filter(JsonShape.Number.class::isInstance)
                        .distinct()
                        .toList(),
                nested);
    }

    private static void addAlternatives(JsonShape shape, List<JsonShape> to) {
        switch (shape) {
            case JsonShape.AnyOf(List<JsonShape> shapes) -> shapes.forEach(one -> addAlternatives(one, to));
            case JsonShape.Named named -> addAlternatives(named.shape().get(), to);
            case JsonShape.AnyObject _,
                    JsonShape.Text _,
                    JsonShape.Number _,
                    JsonShape.Words _,
                    JsonShape.Members _,
                    JsonShape.Elements _ -> to.add(shape);
        }
    }

    private static Stream<String> words(JsonShape shape) {
        return shape instanceof JsonShape.Words(List<String> texts) ? texts.stream() : Stream.empty();
    }

    private static boolean isNested(JsonShape shape) {
        return shape instanceof JsonShape.AnyObject
                || shape instanceof JsonShape.Members
                || shape instanceof JsonShape.Elements;
    }

    /** True if a value, written as JSON, is an object or an array. */
    static boolean isStructure(String word) {
        return "[{".indexOf(word.charAt(0)) >= 0;
    }

    /** Any text may say true or a number, which is then read as such: so all of these have to be admitted, or none. */
    private void checkBesideText(List<String> words) {
        boolean some = words.contains("true") != words.contains("false")
                || words.stream().anyMatch(word -> "-0123456789".indexOf(word.charAt(0)) >= 0);
        if (some) {
            throw parameters.wrong(
                    name,
                    "admits any text beside numbers or a boolean in enum or const, which is not enforced, %s; leave one out",
                    ElementParameters.ELEMENT);
        }
    }

    /** The texts of a value that is no object and no array. */
    private Stream<String> written(String word) {
        String json = new ElementValue(word, Set.of()).json(true);
        List<String> texts = word.startsWith("\"")
                ? List.of(JsonText.unquoted(word))
                : parameters.frame().json() || !PYTHON.containsKey(word)
                        ? List.of(word)
                        : List.of(word, PYTHON.get(word));
        for (String text : texts) {
            if (!parameters.isReadAs(name, text, json)) {
                throw parameters.wrong(
                        name,
                        "has %s in enum or const, which would be read otherwise, %s; leave it out",
                        json,
                        ElementParameters.ELEMENT);
            }
            parameters.checkSpelled(name, text);
        }
        return texts.stream();
    }

    /** Refuses names and values within JSON that hold the mark behind the value. */
    private void checkMarks(JsonShape shape, Set<JsonShape> seen) {
        switch (shape) {
            case JsonShape.Named named -> {
                if (seen.add(named)) {
                    checkMarks(named.shape().get(), seen);
                }
            }
            case JsonShape.AnyOf(List<JsonShape> shapes) -> shapes.forEach(one -> checkMarks(one, seen));
            case JsonShape.Elements elements -> checkMarks(elements.shape(), seen);
            case JsonShape.Members(List<JsonShape.Member> all) ->
                all.forEach(member -> {
                    checkMarks(new JsonShape.Words(member.names()), seen);
                    checkMarks(member.shape(), seen);
                });
            case JsonShape.Words(List<String> texts) -> texts.forEach(this::checkMark);
            case JsonShape.AnyObject _, JsonShape.Text _, JsonShape.Number _ -> {}
        }
    }

    private void checkMark(String word) {
        if (word.contains(parameters.frame().closingMark())) {
            throw parameters.wrong(
                    name, "has %s, which would be read as the end, %s; leave it out", word, ElementParameters.ELEMENT);
        }
    }
}
