package dev.headroom.template.calls;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The texts that begin and end calls of some tools, in words, because models write other white space than templates.
 *
 * @param first those that begin a call
 * @param behind those that may stand behind a call's arguments: they begin the next one, or end the calls
 * @param bare true if a call is one only where the answer begins
 */
record Heads(List<Words> first, List<Words> behind, boolean bare) {

    /**
     * A text in words.
     *
     * @param tool the index of the tool whose arguments follow; -1 where none do
     * @param whole true if the call has no arguments and ends there
     */
    record Words(int tool, boolean whole, List<String> words) {

        boolean beginsWith(char c) {
            return words.getFirst().charAt(0) == c;
        }
    }

    static Heads of(CallFrame frame, List<String> tools) {
        List<Words> behind = new ArrayList<>();
        frame.next()
                .map(next -> Stream.of(next, CallFrame.withoutId(next)).distinct())
                .orElseGet(Stream::empty)
                .forEach(next -> behind.addAll(heads(frame, tools, name -> next + name + frame.between())));
        Stream.of(frame.after(), CallFrame.withoutId(frame.after()))
                .distinct()
                .map(text -> words(frame, text))
                .filter(words -> !words.isEmpty())
                .forEach(words -> behind.add(new Words(-1, false, words)));
        return new Heads(heads(frame, tools, frame::head), behind, frame.isBare());
    }

    /** The bracket or the mark that begins or ends the arguments is part of it: without it a name might go on. */
    private static List<Words> heads(CallFrame frame, List<String> tools, Function<String, String> head) {
        return IntStream.range(0, tools.size())
                .boxed()
                .flatMap(tool -> begun(frame, tool, head.apply(tools.get(tool))))
                .toList();
    }

    private static Stream<Words> begun(CallFrame frame, int tool, String head) {
        return frame.elements()
                .map(all -> Stream.of(
                        new Words(tool, false, words(frame, head + all.element().open())),
                        new Words(tool, true, words(frame, head + all.end()))))
                .orElseGet(() -> Stream.of(new Words(tool, false, words(frame, head + "{"))));
    }

    private static List<String> words(CallFrame frame, String text) {
        return frame.elements().isPresent() ? ElementFrame.marks(text) : words(text);
    }

    /** White space and brackets, colons and commas divide words; of these all but white space are words themselves. */
    private static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (char c : text.toCharArray()) {
            boolean divides = "[]{}:,".indexOf(c) >= 0;
            if ((divides || Character.isWhitespace(c)) && !word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
            if (divides) {
                words.add(String.valueOf(c));
            } else if (!Character.isWhitespace(c)) {
                word.append(c);
            }
        }
        if (!word.isEmpty()) {
            words.add(word.toString());
        }
        return words;
    }
}
