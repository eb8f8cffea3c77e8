package dev.headroom.settings;

import java.util.Arrays;

/** Tells how alike two words are, to suggest the right one for a mistyped one. */
public final class Spelling {

    private Spelling() {}

    /** Levenshtein's distance: the fewest characters to insert, remove or replace. */
    public static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, column -> column);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
