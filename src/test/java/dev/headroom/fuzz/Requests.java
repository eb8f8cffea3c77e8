package dev.headroom.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Requests of all doors but gRPC's, some of them mutated in their JSON, their bytes or their heads. */
final class Requests {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Dice dice;
    private final Grammar grammar;

    Requests(Dice dice) {
        this.dice = dice;
        this.grammar = new Grammar(dice);
    }

    HttpMessage next() {
        HttpMessage message = plain();
        if (!message.method().equals("GET") && dice.onceIn(5)) {
            message = message.withBody(new ByteMutation(dice).of(message.body()));
        }
        for (int i = dice.onceIn(3) ? dice.between(1, 3) : 0; i > 0; i--) {
            message = new HeadMutation(dice).of(message);
        }
        return message;
    }

    private HttpMessage plain() {
        return switch (dice.below(10)) {
            case 0, 1, 2, 3 -> {
                Grammar.Call call = grammar.next();
                yield HttpMessage.post(call.path(), "application/json", written(mutated(call.body())));
            }
            case 4, 5 -> binaryEvent();
            case 6, 7 -> structuredEvents();
            case 8 -> binaryTensors();
            default ->
                HttpMessage.get(dice.of(
                        "/info",
                        "/info?model=minilm",
                        "/info?model=direction",
                        "/v1/models",
                        "/v1/models/minilm",
                        "/v2",
                        "/plan",
                        "/v2/health/ready",
                        "/v2/models/same-fp32",
                        "/v2/models/direction/ready",
                        "/plan?model=minilm",
                        "/health"));
        };
    }

    private JsonNode mutated(JsonNode json) {
        JsonNode mutated = json;
        for (int i = dice.onceIn(2) ? dice.between(1, 3) : 0; i > 0; i--) {
            mutated = new JsonMutation(dice).of(mutated);
        }
        return mutated;
    }

    private byte[] written(JsonNode json) {
        Charset charset = dice.onceIn(40)
                ? dice.of(StandardCharsets.UTF_16, StandardCharsets.UTF_16LE, StandardCharsets.ISO_8859_1)
                : StandardCharsets.UTF_8;
        return JsonMutation.text(json).getBytes(charset);
    }

    private HttpMessage binaryEvent() {
        String path = dice.of("/", "/", "/any/path", "/infer", "/v1/embeddings");
        HttpMessage event = dice.onceIn(4)
                ? HttpMessage.post(path, dice.of("image/png", "application/octet-stream"), Images.next(dice))
                : HttpMessage.post(path, "application/json", written(mutated(grammar.infer())));
        return event.with(
                "ce-specversion: " + dice.of("1.0", "1.0", "1.0", "0.3"),
                "ce-id: " + dice.anyLong(),
                "CE-Source: " + dice.of("/me", "urn:a", "%C3%BC"),
                "ce-type: dev.headroom.infer",
                "ce-subject: " + dice.of("a", "%E2%82%AC", "\u00e4"));
    }

    private HttpMessage structuredEvents() {
        if (dice.onceIn(2)) {
            return HttpMessage.post("/", "application/cloudevents+json", written(mutated(event())));
        }
        ArrayNode batch = JSON.createArrayNode();
        for (int i = dice.between(0, 4); i > 0; i--) {
            batch.add(mutated(event()));
        }
        return HttpMessage.post("/", "application/cloudevents-batch+json", written(mutated(batch)));
    }

    private ObjectNode event() {
        ObjectNode event = JSON.createObjectNode()
                .put("specversion", "1.0")
                .put("id", Long.toString(dice.anyLong()))
                .put("source", "/me")
                .put("type", "dev.headroom.infer");
        switch (dice.below(4)) {
            case 0 ->
                event.put("datacontenttype", dice.of("image/png", "application/octet-stream"))
                        .put("data_base64", Base64.getEncoder().encodeToString(Images.next(dice)));
            case 1 ->
                event.put("datacontenttype", "application/json")
                        .put("data_base64", Base64.getEncoder().encodeToString(written(grammar.infer())));
            case 2 ->
                event.put("headroompriority", dice.of("bulk", "interactive", "a"))
                        .put("headroomdeadlinems", dice.of("10000", "-1", "a"))
                        .set("data", grammar.infer());
            default -> event.set("data", grammar.infer());
        }
        return event;
    }

    private HttpMessage binaryTensors() {
        Tensors tensors = Tensors.next(dice);
        byte[] json = written(dice.onceIn(3) ? mutated(tensors.binaryJson(dice)) : tensors.binaryJson(dice));
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json);
        tensors.parts().forEach(part -> body.writeBytes(part.bytes()));
        int length = dice.onceIn(20) ? json.length + dice.between(-3, 3) : json.length;
        return HttpMessage.post(
                        "/v2/models/" + tensors.model() + "/infer", "application/octet-stream", body.toByteArray())
                .with("Inference-Header-Content-Length: " + length);
    }
}
