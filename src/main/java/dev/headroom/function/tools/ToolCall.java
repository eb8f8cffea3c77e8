package dev.headroom.function.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A call of a tool, or a part of one in a stream, as OpenAI's clients read it. What is null is left out.
 *
 * @param index the call's number in the answer, in a stream
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ToolCall(Integer index, String id, String type, Function function) {

    /**
     * The function that is called.
     *
     * @param arguments a JSON object as a text
     */
    @RegisterForReflection
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Function(String name, String arguments) {}

    /** A call in an answer that is not streamed. */
    static ToolCall of(CallPart.Begin begin) {
        return new ToolCall(null, begin.id(), "function", new Function(begin.name(), ""));
    }

    /** The same with further arguments. */
    ToolCall with(CallPart.Arguments more) {
        return new ToolCall(index, id, type, new Function(function.name, function.arguments + more.text()));
    }

    /** The event that begins a call. */
    public static ToolCall begin(CallPart.Begin begin) {
        return new ToolCall(begin.index(), begin.id(), "function", new Function(begin.name(), ""));
    }

    /** The event of further arguments. */
    public static ToolCall more(CallPart.Arguments arguments) {
        return new ToolCall(arguments.index(), null, null, new Function(null, arguments.text()));
    }
}
