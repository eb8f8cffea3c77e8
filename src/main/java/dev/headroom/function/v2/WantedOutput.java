package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A wanted output.
 *
 * @param name the model's name for it
 * @param parameters {@code binary_data}, {@code classification}, and others, which are ignored
 */
public record WantedOutput(String name, Map<String, Object> parameters) {

    private static final String CLASSIFICATION = "classification";

    /** The number of highest values that are wanted of each row, as strings; empty for the values themselves. */
    public OptionalInt classes() {
        return switch (parameters.get(CLASSIFICATION)) {
            case null -> OptionalInt.empty();
            case Long most when most > 0 -> OptionalInt.of((int) Math.min(most, Integer.MAX_VALUE));
            case Object other ->
                throw JsonFields.invalid(
                        "The parameter classification of the output '%s' is %s; send how many classes are wanted, 1 or more.",
                        name, other);
        };
    }

    /** True if it is wanted as bytes after the JSON. */
    public boolean binary(boolean unlessSaid) {
        return flag(parameters, "binary_data", unlessSaid);
    }

    /** A parameter that is true or false. */
    public static boolean flag(Map<String, Object> parameters, String name, boolean unlessSaid) {
        return switch (parameters.get(name)) {
            case null -> unlessSaid;
            case Boolean said -> said;
            case Object other -> throw JsonFields.invalid("The parameter %s is %s; send true or false.", name, other);
        };
    }
}
