package dev.headroom.function.body;

import com.fasterxml.jackson.core.JsonProcessingException;

/** The reason why a text is no JSON, in the parser's words without its names for types and settings. */
public final class JsonReason {

    private JsonReason() {}

    /** The reason, on one line. */
    public static String of(JsonProcessingException e) {
        String line = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
        return line.replaceFirst("Unrecognized token '.*?':", "Unrecognized token:") // the token may be private
                .replaceAll(" \\((of type|bound as) [^)]*\\)", "")
                .replaceFirst("( for `\\w+`)?: not allowed (when|as per) .*", "")
                .replaceAll("[:;]? \\(?enable `[\\w.]+` to allow\\)?", "")
                .replaceAll("\\[Source: [^\\]]*; line: (\\d+), column: (\\d+)\\]", "line $1, column $2")
                .replaceAll(", from `[^`]*`", "");
    }
}
