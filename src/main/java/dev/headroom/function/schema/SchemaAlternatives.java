package dev.headroom.function.schema;

import dev.headroom.function.body.JsonFields;
import dev.headroom.generation.form.JsonShape;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks the alternatives of a schema: each is tried where a value begins.
 *
 * @param prefix the schema's path, for errors
 */
record SchemaAlternatives(String prefix) {

    /** The most alternatives of a value, with those of its alternatives. */
    private static final int MOST = 1000;

    /**
     * Passes where each value has an end, and few enough alternatives.
     *
     * @param byReference the shapes by the references to them
     * @param alternatives those of which there are several
     * @throws dev.headroom.request.RequestFailedException when there are more, or a shape leads to itself
     */
    void check(Map<String, JsonShape> byReference, List<JsonShape> alternatives) {
        byReference.forEach((reference, shape) -> {
            if (leadsTo(shape, shape, new HashSet<>())) {
                throw JsonFields.wrong(
                        prefix + "$ref",
                        "'%s' leads to itself without a value between; put an object or an array between.",
                        reference);
            }
        });
        for (JsonShape shape : alternatives) {
            if (left(shape, MOST) < 0) {
                throw JsonFields.wrong(
                        prefix + "anyOf",
                        "has more than %d alternatives, with those of its alternatives; send fewer.",
                        MOST);
            }
        }
    }

    private static boolean leadsTo(JsonShape from, JsonShape shape, Set<JsonShape> seen) {
        return switch (from) {
            case JsonShape.Named named -> {
                JsonShape next = named.shape().get();
                yield next == shape || seen.add(named) && leadsTo(next, shape, seen);
            }
            case JsonShape.AnyOf(List<JsonShape> shapes) -> shapes.stream().anyMatch(one -> leadsTo(one, shape, seen));
            case JsonShape.AnyObject _,
                    JsonShape.Text _,
                    JsonShape.Number _,
                    JsonShape.Words _,
                    JsonShape.Members _,
                    JsonShape.Elements _ -> false;
        };
    }

    /** The number that is left of so many alternatives after those of this shape; below 0 where they are not enough. */
    private static int left(JsonShape shape, int most) {
        return switch (shape) {
            case JsonShape.Named named -> most < 0 ? most : left(named.shape().get(), most - 1);
            case JsonShape.AnyOf(List<JsonShape> shapes) -> {
                int left = most - 1;
                for (JsonShape one : shapes) {
                    left = left < 0 ? left : left(one, left);
                }
                yield left;
            }
            case JsonShape.Words(List<String> texts) -> most - texts.size();
            case JsonShape.AnyObject _,
                    JsonShape.Text _,
                    JsonShape.Number _,
                    JsonShape.Members _,
                    JsonShape.Elements _ -> most - 1;
        };
    }
}
