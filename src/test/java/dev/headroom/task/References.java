package dev.headroom.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.StreamSupport;

/** Texts with the vectors that other software computed for them (DJL Serving 0.36.0, one text a call). */
public final class References {

    /** A text and its vector. */
    public record Reference(String text, float[] vector) {}

    private References() {}

    public static List<Reference> all() {
        ObjectMapper json = new ObjectMapper();
        try (InputStream file = References.class.getResourceAsStream("/minilm-reference.json")) {
            JsonNode items = json.readTree(file).path("items");
            return StreamSupport.stream(items.spliterator(), false)
                    .map(item -> new Reference(
                            item.path("text").textValue(), json.convertValue(item.path("embedding"), float[].class)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static double cosine(float[] a, float[] b) {
        double dot = 0;
        for (int d = 0; d < a.length; d++) {
            dot += (double) a[d] * b[d];
        }
        return dot / (norm(a) * norm(b));
    }

    public static double norm(float[] a) {
        double squares = 0;
        for (float value : a) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }
}
