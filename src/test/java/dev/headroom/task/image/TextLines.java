package dev.headroom.task.image;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import javax.imageio.ImageIO;

/** Lines of text as images, and PaddleOCR's model of their direction, which the build unpacks. */
public final class TextLines {

    static final Path MODEL = Path.of("target/test-models/text-direction/model.onnx");

    static final String CONFIG = """
            {"do_resize": true, "size": {"height": 48, "width": 192}, "keep_aspect_ratio": true, "do_pad": true,
             "resample": 2, "do_flip_channel_order": true,
             "do_normalize": true, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
            """;

    /** Strokes of letters, so that no font need be installed: pairs of points on a grid of 4 by 6, y down. */
    private static final Map<Character, int[][]> STROKES = Map.ofEntries(
            Map.entry('A', new int[][] {{0, 6, 2, 0, 4, 6}, {1, 4, 3, 4}}),
            Map.entry('E', new int[][] {{4, 0, 0, 0, 0, 6, 4, 6}, {0, 3, 3, 3}}),
            Map.entry('F', new int[][] {{4, 0, 0, 0, 0, 6}, {0, 3, 3, 3}}),
            Map.entry('L', new int[][] {{0, 0, 0, 6, 4, 6}}),
            Map.entry('P', new int[][] {{0, 6, 0, 0, 3, 0, 4, 1, 4, 2, 3, 3, 0, 3}}),
            Map.entry('R', new int[][] {{0, 6, 0, 0, 3, 0, 4, 1, 4, 2, 3, 3, 0, 3}, {2, 3, 4, 6}}),
            Map.entry('T', new int[][] {{0, 0, 4, 0}, {2, 0, 2, 6}}),
            Map.entry('V', new int[][] {{0, 0, 2, 6, 4, 0}}),
            Map.entry('Y', new int[][] {{0, 0, 2, 3, 4, 0}, {2, 3, 2, 6}}),
            Map.entry('1', new int[][] {{1, 1, 2, 0, 2, 6}, {1, 6, 3, 6}}),
            Map.entry('4', new int[][] {{3, 6, 3, 0, 0, 4, 4, 4}}),
            Map.entry('7', new int[][] {{0, 0, 4, 0, 1, 6}}));

    private TextLines() {}

    /** Makes the folder of the model, as one that is served, with labels. */
    public static void writeModel(Path folder) throws IOException {
        writeModel(folder, "labels: [upright, turned]\nactivation: none\n");
    }

    /** The same with this model.yaml. */
    public static void writeModel(Path folder, String yaml) throws IOException {
        Files.createDirectories(folder);
        Files.copy(MODEL, folder.resolve("model.onnx"));
        Files.writeString(folder.resolve("preprocessor_config.json"), CONFIG);
        Files.writeString(folder.resolve("model.yaml"), yaml);
    }

    /** A line, upright or turned by 180 degrees, as a file of this format of ImageIO's. */
    public static byte[] line(String text, boolean turned, String format) throws IOException {
        BufferedImage image = new BufferedImage(20 + 30 * text.length(), 56, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.BLACK);
        graphics.setStroke(new BasicStroke(4));
        if (turned) {
            graphics.rotate(Math.PI, image.getWidth() / 2.0, image.getHeight() / 2.0);
        }
        for (int i = 0; i < text.length(); i++) {
            for (int[] stroke : STROKES.get(text.charAt(i))) {
                graphics.draw(path(stroke, 13 + 30 * i));
            }
        }
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageIO.write(image, format, file);
        return file.toByteArray();
    }

    private static Path2D path(int[] stroke, int left) {
        Path2D path = new Path2D.Double();
        for (int p = 0; p < stroke.length; p += 2) {
            double x = left + 5 * stroke[p];
            double y = 10 + 6 * stroke[p + 1];
            if (p == 0) {
                path.moveTo(x, y);
            } else {
                path.lineTo(x, y);
            }
        }
        return path;
    }
}
