package dev.headroom.fuzz;

/** Texts and names as callers send them. */
final class Texts {

    private static final String[] WORDS = {
        "good",
        "bad",
        "odd",
        "query:",
        "Hello",
        "world",
        "brown",
        "fox",
        "wörter",
        "日本語",
        "\uD83D\uDE00",
        "[CLS]",
        "##ing",
        "a\u0301",
        "\u200B",
        "\u202E",
        "%00",
        "<b>",
        "\\",
        "\"",
        "\n",
        "\0"
    };

    private Texts() {}

    static String next(Dice dice) {
        StringBuilder text = new StringBuilder();
        for (int i = dice.onceIn(40) ? 400 : dice.between(1, 12); i > 0; i--) {
            text.append(dice.of(WORDS)).append(' ');
        }
        return text.toString();
    }
}
