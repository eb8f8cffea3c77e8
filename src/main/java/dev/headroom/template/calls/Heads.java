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
     */
    record Words(int tool, List<String> words) {

        boolean beginsWith(char c) {
            return words.getFirst().charAt(0) == c;
        }
    }

    static Heads of(CallFrame frame, List<String> tools) {
        List<Words> behind = new ArrayList<>();
        frame.next()
                .map(next -> Stream.of(next, CallFrame.withoutId(next)).distinct())
                .orElseGet(Stream::empty)
                .forEach(next -> behind.addAll(heads(tools, name -> next + name + frame.between())));
        Stream.of(frame.after(), CallFrame.withoutId(frame.after()))
                .distinct()
                .map(Heads::words)
                .filter(words -> !words.isEmpty())
                .forEach(words -> behind.add(new Words(-1, words)));
        return new Heads(heads(tools, frame::head), behind, frame.isBare());
    }

    /** The bracket that begins the arguments is part of it: without it a name might go on. */
    private static List<Words> heads(List<String> tools, Function<String, String> head) {
        return IntStream.range(0, tools.size())
                .mapToObj(tool -> new Words(tool, words(head.apply(tools.get(tool)) + "{")))
                .toList();
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
