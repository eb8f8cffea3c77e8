package dev.headroom.function.tools;

import java.util.ArrayList;
import java.util.List;

/**
 * A whole answer in which tools may be called.
 *
 * @param content its text without the calls; null where it has calls and no other text
 * @param calls null where it has none
 * @param called true if it has calls, and the last one is whole
 */
public record AnswerWithCalls(String content, List<ToolCall> calls, boolean called) {

    /** An answer without tools. */
    public static AnswerWithCalls text(String text) {
        return new AnswerWithCalls(text, null, false);
    }

    /** The calls and the rest of a text. */
    static AnswerWithCalls of(CallReader reader, String text) {
        List<CallPart> parts = new ArrayList<>(reader.read(text));
        parts.addAll(reader.finish());
        StringBuilder content = new StringBuilder();
        List<ToolCall> calls = new ArrayList<>();
        for (CallPart part : parts) {
            switch (part) {
                case CallPart.Content more -> content.append(more.text());
                case CallPart.Begin begin -> calls.add(ToolCall.of(begin));
                case CallPart.Arguments more -> calls.add(calls.removeLast().with(more));
            }
        }
        return calls.isEmpty()
                ? text(content.toString())
                : new AnswerWithCalls(content.isEmpty() ? null : content.toString(), calls, reader.called());
    }
}
