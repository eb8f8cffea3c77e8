package dev.headroom.function.v2;

import dev.headroom.function.body.JsonFields;
import dev.headroom.function.v2.json.V2Parameters;
import java.util.Map;
import java.util.OptionalInt;

/**
 * An output that is wanted.
 *
 * @param name the model's name for it
 * @param parameters {@code binary_data}, {@code classification}, and what is not known here
 */
public record WantedOutput(String name, Map<String, Object> parameters) {

    private static final String CLASSIFICATION = "classification";

    /** How many of the highest values are wanted of each row, as strings; empty for the values themselves. */
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

    /** Whether it is wanted as bytes after the JSON. */
    public boolean binary(boolean unlessSaid) {
        return V2Parameters.flag(parameters, "binary_data", unlessSaid);
    }
}
