package dev.headroom.generation.form;

import dev.headroom.template.calls.CallFrame;
import java.util.List;
import java.util.Optional;

/**
 * A text in which tools may be called. Where the model begins a call of one of them, its arguments are of their shape.
 *
 * @param frame how the model writes calls
 * @param tools those that may be called, at least one
 * @param otherwise what the text may be beside calls
 * @param several false if the text ends with the first call's arguments
 */
public record CallForm(CallFrame frame, List<Tool> tools, Otherwise otherwise, boolean several) implements TextForm {

    /**
     * A tool.
     *
     * @param arguments the shape of its arguments, which are an object
     * @param types what its parameters may be, for arguments that are written as no JSON
     * @param elements what such arguments are held to; empty for any keys and values
     */
    public record Tool(String name, JsonShape arguments, ParameterTypes types, Optional<ElementShape> elements) {

        /** One whose arguments are any, where they are written as no JSON. */
        public Tool(String name, JsonShape arguments, ParameterTypes types) {
            this(name, arguments, types, Optional.empty());
        }

        /** One of whose parameters nothing is known. */
        public Tool(String name, JsonShape arguments) {
            this(name, arguments, ParameterTypes.UNKNOWN);
        }
    }

    /** The text that may stand beside calls. */
    public sealed interface Otherwise {

        /** Any text, before and after calls, too. */
        record Text() implements Otherwise {}

        /** JSON of a shape, or else calls alone. */
        record Json(JsonShape shape) implements Otherwise {}

        /** Nothing: calls are forced, and the first one begins in the prompt. */
        record Nothing() implements Otherwise {}
    }

    /** The names of the tools, in their order. */
    public List<String> names() {
        return tools.stream().map(Tool::name).toList();
    }

    /** The beginning of a call that is forced, with which the prompt ends; else empty. */
    public String opening() {
        return otherwise instanceof Otherwise.Nothing ? frame.opening() : "";
    }
}
