package dev.headroom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The output of a client: its own words, or OpenAI's JSON and events as curl shows them.
 *
 * @param output all of it
 */
record Printed(String output) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+(e-?\\d+)?)?");
    private static final Pattern EVENT = Pattern.compile("(?m)^data: (\\{.*)$");

    /** The size of the vector, and its numbers as far as they were printed. */
    List<Double> numbers() throws IOException {
        return NUMBER.matcher(output.startsWith("{") ? vector() : output)
                .results()
                .map(number -> Double.valueOf(number.group()))
                .toList();
    }

    private String vector() throws IOException {
        JsonNode vector = JSON.readTree(output).at("/data/0/embedding");
        return vector.size() + " " + vector;
    }

    /** The generated text. */
    String text() throws IOException {
        return output.startsWith("data: ") ? pieces() : output;
    }

    private String pieces() throws IOException {
        StringBuilder text = new StringBuilder();
        for (MatchResult event : EVENT.matcher(output).results().toList()) {
            JsonNode delta = JSON.readTree(event.group(1)).at("/choices/0/delta");
            text.append(delta.path("content").asText());
        }
        return text.toString();
    }
}
