package dev.headroom;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program in a document: a fenced block whose first line names its language and what it does.
 *
 * @param client the heading above it
 * @param kind what it prints, such as {@code chat}; empty where the block does not say
 */
record Snippet(String client, String language, String kind, String code) {

    private static final String FENCE = "```";

    /** All fenced blocks of a document, in their order. */
    static List<Snippet> of(Path document) {
        List<Snippet> snippets = new ArrayList<>();
        String heading = "";
        try {
            List<String> lines = Files.readAllLines(document);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).startsWith("#")) {
                    heading = lines.get(i).replaceFirst("#+ ", "");
                } else if (lines.get(i).startsWith(FENCE)) {
                    int end = i + 1 + lines.subList(i + 1, lines.size()).indexOf(FENCE);
                    String[] words = (lines.get(i).substring(FENCE.length()) + "  ").split(" ", 3);
                    snippets.add(new Snippet(
                            heading, words[0], words[1], String.join("\n", lines.subList(i + 1, end)) + "\n"));
                    i = end;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return snippets;
    }

    /** The same program for another address. */
    Snippet at(String address) {
        return new Snippet(client, language, kind, code.replace("localhost:8080", address));
    }

    @Override
    public String toString() {
        return client + ", " + kind;
    }
}
