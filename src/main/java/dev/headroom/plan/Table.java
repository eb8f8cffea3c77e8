package dev.headroom.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows of text in aligned columns for a terminal. The last column is prose and wraps within its column. Cells that begin
 * with a digit are aligned to the right.
 *
 * @param rows the cells of each row; all rows have equally many
 */
public record Table(List<List<String>> rows) {

    private static final int WIDTH = 100;
    private static final int LEAST_PROSE = 30;
    private static final String GAP = "  ";

    /** The table; each line begins with a line break. */
    public String text() {
        if (rows.isEmpty()) {
            return "";
        }
        int last = rows.getFirst().size() - 1;
        int[] widths = IntStream.range(0, last)
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        int indent = IntStream.of(widths).sum() + GAP.length() * (last + 1);
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            text.append(System.lineSeparator());
            for (int column = 0; column < last; column++) {
                text.append(GAP).append(cell(row.get(column), widths[column]));
            }
            text.append(GAP).append(wrapped(row.get(last), indent));
        }
        return text.toString();
    }

    private static String cell(String text, int width) {
        String space = " ".repeat(width - text.length());
        return !text.isEmpty() && Character.isDigit(text.charAt(0)) ? space + text : text + space;
    }

    private static String wrapped(String prose, int indent) {
        int width = Math.max(LEAST_PROSE, WIDTH - indent);
        List<StringBuilder> lines = new ArrayList<>(List.of(new StringBuilder()));
        for (String word : prose.split(" ")) {
            StringBuilder line = lines.getLast();
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(new StringBuilder(word));
            } else {
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
        }
        return lines.stream().collect(Collectors.joining(System.lineSeparator() + " ".repeat(indent)));
    }
}
