package dev.headroom.benchmark;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts that callers send, the same in every run: so many of them, and how many words they have. */
enum Workload {
    TWENTY_WORDS("20 words", 20, 20),
    SHORT_MIX("4 to 67 words", 4, 67),
    LONG_MIX("3 to 200 words", 3, 200);

    static final int TEXTS = 128;

    /** Each is one token of the embedded model. */
    private static final String[] WORDS =
            ("river house light water music paper stone garden winter summer morning evening street market window table "
                            + "story letter number people animal forest mountain island ocean bridge village city "
                            + "train engine doctor teacher student science history language picture machine")
                    .split(" ");

    private final String label;
    private final int fewest;
    private final int most;

    Workload(String label, int fewest, int most) {
        this.label = label;
        this.fewest = fewest;
        this.most = most;
    }

    String label() {
        return label;
    }

    /** True if the texts differ in length. */
    boolean isMixed() {
        return fewest < most;
    }

    /** The texts in the order in which they arrive. */
    List<String> texts() {
        Random random = new Random(ordinal());
        return IntStream.range(0, TEXTS)
                .mapToObj(i -> text(random, random.nextInt(fewest, most + 1)))
                .toList();
    }

    private static String text(Random random, int words) {
        return random.ints(words, 0, WORDS.length).mapToObj(word -> WORDS[word]).collect(Collectors.joining(" "));
    }

    /** Requests of one text each. */
    List<String> bodies() {
        return texts().stream().map(text -> "{\"inputs\":[\"" + text + "\"]}").toList();
    }
}
