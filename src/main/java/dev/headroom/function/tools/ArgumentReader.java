package dev.headroom.function.tools;

import dev.headroom.generation.form.CallForm;
import dev.headroom.template.calls.CallFrame;

/** Makes JSON of the arguments of one call, character by character. One thread at a time may call. */
sealed interface ArgumentReader permits JsonArguments, ElementArguments {

    /**
     * Before the arguments of a call, whose beginning is told at once.
     *
     * @param none true if the call has no arguments, and is whole
     * @param to gets the JSON
     */
    static ArgumentReader begin(CallFrame frame, CallForm.Tool tool, boolean none, StringBuilder to) {
        if (none) {
            to.append("{}");
            return new JsonArguments();
        }
        to.append('{');
        return frame.elements()
                .<ArgumentReader>map(elements -> new ElementArguments(elements, tool.types()))
                .orElseGet(JsonArguments::begun);
    }

    /** Reads a further character, and adds the JSON that is known by it. */
    void read(char c, StringBuilder to);

    /** True once the JSON is whole. */
    boolean whole();
}
