package dev.headroom.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Changes the structure of JSON: at one place in a copy of it. */
final class JsonMutation {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Dice dice;

    JsonMutation(Dice dice) {
        this.dice = dice;
    }

    JsonNode of(JsonNode original) {
        JsonNode copy = original.deepCopy();
        List<JsonNode> containers = new ArrayList<>();
        collect(copy, containers);
        if (containers.isEmpty() || dice.onceIn(30)) {
            return OddValues.next(dice);
        }
        switch (dice.of(containers)) {
            case ObjectNode object -> change(object);
            case ArrayNode array -> change(array);
            default -> throw new IllegalStateException();
        }
        return copy;
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode() && !node.isEmpty()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private void change(ObjectNode object) {
        String name = dice.of(IntStream.range(0, object.size()).boxed().toList().stream()
                .map(i -> object.properties().stream()
                        .skip(i)
                        .findFirst()
                        .orElseThrow()
                        .getKey())
                .toList());
        switch (dice.below(7)) {
            case 0 -> object.remove(name);
            case 1 -> object.set(name, twice(name, object.get(name)));
            case 2 ->
                object.set(dice.of(name + "s", name.toUpperCase(), "", "\0", "ü", "__proto__"), object.remove(name));
            case 3 -> object.set(name, JSON.createArrayNode().add(object.get(name)));
            case 4 ->
                object.set(
                        dice.of("model", "inputs", "id", "extra", "parameters", "text", "image"), OddValues.next(dice));
            default -> object.set(name, OddValues.next(dice));
        }
    }

    private JsonNode twice(String name, JsonNode value) {
        return OddValues.raw(text(value) + ",\"" + name + "\":" + text(dice.onceIn(2) ? value : OddValues.next(dice)));
    }

    private void change(ArrayNode array) {
        int at = dice.below(array.size());
        switch (dice.below(6)) {
            case 0 -> array.remove(at);
            case 1 -> array.insert(at, array.get(at));
            case 2 -> array.removeAll();
            case 3 -> IntStream.range(0, dice.of(3, 40, 400)).forEach(i -> array.add(array.get(at)));
            default -> array.set(at, OddValues.next(dice));
        }
    }

    /** Written, raw values as they are. */
    static String text(JsonNode node) {
        try {
            return JSON.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
