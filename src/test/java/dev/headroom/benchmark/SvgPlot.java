package dev.headroom.benchmark;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A plot of lines, as SVG that reads on a light page and on a dark one.
 *
 * @param title above it
 * @param lines at most five
 */
record SvgPlot(String title, Axis x, Axis y, List<Line> lines) {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 368;
    private static final int LEFT = 64;
    private static final int RIGHT = 616;
    private static final int TOP = 88;
    private static final int BOTTOM = 308;
    private static final int LEGEND_STEP = 150;
    private static final List<String> COLOURS = List.of("#3b82f6", "#e07b00", "#2e9e5b", "#a855f7", "#dc4c4c");

    private static final String STYLE = """
              <style>
                text { font: 13px sans-serif; fill: #6e7781 }
                .title { font-size: 15px; font-weight: bold }
                .grid { stroke: #8b949e; stroke-opacity: 0.3 }
                .line { fill: none; stroke-width: 2 }
                @media (prefers-color-scheme: dark) { text { fill: #9aa4ae } }
              </style>
            """;

    /**
     * A line.
     *
     * @param name for the legend
     */
    record Line(String name, List<Spot> spots) {}

    /** A point of a line, in the units of the axes. */
    record Spot(double x, double y) {}

    @Override
    public String toString() {
        StringBuilder svg = new StringBuilder(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">%n"
                        .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT));
        svg.append(STYLE).append(text("title", LEFT, 24, "start", title));
        x.ticks().forEach(tick -> svg.append(xTick(tick)));
        y.ticks().forEach(tick -> svg.append(yTick(tick)));
        svg.append(text("", (LEFT + RIGHT) / 2.0, BOTTOM + 44, "middle", x.label()));
        svg.append(text("", 12, TOP - 16, "start", y.label()));
        for (int i = 0; i < lines.size(); i++) {
            svg.append(line(lines.get(i), COLOURS.get(i)));
            svg.append(legend(lines.get(i), COLOURS.get(i), RIGHT - LEGEND_STEP * (lines.size() - i)));
        }
        return svg.append("</svg>\n").toString();
    }

    private String xTick(double tick) {
        return grid(across(tick), TOP, across(tick), BOTTOM)
                + text("", across(tick), BOTTOM + 20, "middle", Markdown.number(tick));
    }

    private String yTick(double tick) {
        return grid(LEFT, down(tick), RIGHT, down(tick))
                + text("", LEFT - 8, down(tick) + 4, "end", Markdown.number(tick));
    }

    private String line(Line line, String colour) {
        String spots = line.spots().stream()
                .map(spot -> "%.1f,%.1f".formatted(across(spot.x()), down(spot.y())))
                .collect(Collectors.joining(" "));
        String dots = line.spots().stream()
                .map(spot -> "  <circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>%n"
                        .formatted(across(spot.x()), down(spot.y()), colour))
                .collect(Collectors.joining());
        return "  <polyline class=\"line\" stroke=\"%s\" points=\"%s\"/>%n%s".formatted(colour, spots, dots);
    }

    private static String legend(Line line, String colour, double x) {
        return "  <circle cx=\"%.1f\" cy=\"%d\" r=\"5\" fill=\"%s\"/>%n".formatted(x, TOP - 44, colour)
                + text("", x + 10, TOP - 40, "start", line.name());
    }

    private static String grid(double fromX, double fromY, double toX, double toY) {
        return "  <line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n"
                .formatted(fromX, fromY, toX, toY);
    }

    private static String text(String type, double x, double y, String anchor, String content) {
        String escaped = content.replace("&", "&amp;").replace("<", "&lt;");
        return "  <text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n"
                .formatted(type, x, y, anchor, escaped);
    }

    private double across(double value) {
        return LEFT + x.position(value) * (RIGHT - LEFT);
    }

    private double down(double value) {
        return BOTTOM - y.position(value) * (BOTTOM - TOP);
    }
}
