package dev.headroom.dispatcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.task.References;
import dev.headroom.task.References.Reference;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** The question of an event, and the expected outcome. */
sealed interface Question {

    ObjectMapper JSON = new ObjectMapper();

    /** The event's type. */
    default String type() {
        return "dev.headroom.infer";
    }

    /** The type of its data. */
    default String contentType() {
        return "application/json";
    }

    /** Its data. */
    String data();

    /** The status with which it is to become a dead letter; empty where it is to be replied to. */
    default Optional<Integer> death() {
        return Optional.empty();
    }

    /** Says what is wrong with the reply; empty where it is right. */
    default Optional<String> complaint(String reply) {
        return Optional.of("a reply: " + reply);
    }

    /** The n-th of many: most ask the model of a few words, some the embedded model, some are broken. */
    static Question of(int n, Random random) {
        if (n % 50 == 13) {
            return Broken.of(random.nextInt(6));
        }
        return n % 20 == 7 ? Embedded.of(random) : Words.of(random);
    }

    /**
     * Asks the model whose answers can be worked out by hand ({@link dev.headroom.session.WordModels#embedder}).
     *
     * @param counts how often each text holds the words good, bad and odd
     */
    record Words(List<List<Integer>> counts) implements Question {

        private static final double TOLERANCE = 1e-5;

        static Words of(Random random) {
            return new Words(IntStream.rangeClosed(0, random.nextInt(3))
                    .mapToObj(i -> List.of(1 + random.nextInt(3), random.nextInt(3), random.nextInt(3)))
                    .toList());
        }

        @Override
        public String data() {
            return json(Map.of(
                    "model", "words", "inputs", counts.stream().map(Words::text).toList()));
        }

        private static String text(List<Integer> count) {
            return "good ".repeat(count.get(0)) + "bad ".repeat(count.get(1)) + "odd ".repeat(count.get(2));
        }

        @Override
        public Optional<String> complaint(String reply) {
            JsonNode outputs = read(reply).path("outputs");
            boolean right = outputs.size() == counts.size()
                    && IntStream.range(0, counts.size())
                            .allMatch(i -> near(counts.get(i), outputs.path(i).path("embedding")));
            return right ? Optional.empty() : Optional.of(counts + ": " + reply);
        }

        private static boolean near(List<Integer> count, JsonNode vector) {
            double words = count.stream().mapToInt(Integer::intValue).sum();
            double[] expected = {
                3 * count.get(0) / words, 4 * count.get(0) / words, count.get(2) / words, 2 * count.get(1) / words
            };
            return vector.size() == expected.length
                    && IntStream.range(0, expected.length)
                            .allMatch(i -> Math.abs(vector.path(i).asDouble() - expected[i]) < TOLERANCE);
        }
    }

    /** Asks the embedded model for the vector of a text that another implementation has embedded. */
    record Embedded(Reference reference) implements Question {

        private static final double SAME = 0.999;
        private static final List<Reference> ALL = References.all();

        static Embedded of(Random random) {
            return new Embedded(ALL.get(random.nextInt(ALL.size())));
        }

        @Override
        public String data() {
            return json(Map.of("model", "minilm", "inputs", reference.text()));
        }

        @Override
        public Optional<String> complaint(String reply) {
            float[] vector = JSON.convertValue(read(reply).at("/outputs/0/embedding"), float[].class);
            boolean right = vector != null && References.cosine(vector, reference.vector()) >= SAME;
            return right ? Optional.empty() : Optional.of(reference.text() + ": " + reply);
        }
    }

    /** Asks what cannot be answered, ever. */
    record Broken(String type, String contentType, String data, int status) implements Question {

        static final int LARGEST_BODY = 64 * 1024;

        static Broken of(int kind) {
            String infer = "dev.headroom.infer";
            String json = "application/json";
            return switch (kind) {
                case 0 -> new Broken(infer, json, "{\"inputs\": ", 400);
                case 1 -> new Broken(infer, json, "{\"model\": \"nobody\", \"inputs\": \"a\"}", 400);
                case 2 -> new Broken(infer, json, "{\"model\": \"words\"}", 400);
                case 3 -> new Broken("dev.headroom.other", json, "{\"model\": \"words\", \"inputs\": \"good\"}", 400);
                case 4 -> new Broken(infer, "application/xml", "<inputs/>", 415);
                default ->
                    new Broken(
                            infer,
                            json,
                            json(Map.of("model", "words", "inputs", Collections.nCopies(LARGEST_BODY / 4, "good"))),
                            413);
            };
        }

        @Override
        public Optional<Integer> death() {
            return Optional.of(status);
        }
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }
}
