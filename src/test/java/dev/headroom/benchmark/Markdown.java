package dev.headroom.benchmark;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text for people, as Markdown. */
final class Markdown {

    private final StringBuilder text = new StringBuilder();

    Markdown heading(String heading) {
        text.append("## ").append(heading).append("\n\n");
        return this;
    }

    Markdown paragraph(String paragraph) {
        text.append(paragraph).append("\n\n");
        return this;
    }

    /** A table, row by row. */
    Markdown table(List<String> head, List<List<String>> rows) {
        row(head);
        row(IntStream.range(0, head.size()).mapToObj(column -> "---").toList());
        rows.forEach(this::row);
        text.append('\n');
        return this;
    }

    private void row(List<String> cells) {
        text.append(cells.stream().collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    /** A number with three significant digits or all before the point; empty where nothing was measured. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        double size = Math.abs(value);
        if (value == Math.rint(value) || size >= 100) {
            return "%.0f".formatted(value);
        }
        return (size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f").formatted(value);
    }

    @Override
    public String toString() {
        return text.toString().stripTrailing() + "\n";
    }
}
