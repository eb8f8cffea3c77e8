package dev.headroom.function.body;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as the values that chat templates read: maps, lists, strings, numbers, booleans and null. */
public final class PlainJson {

    private PlainJson() {}

    /** The value of any JSON. */
    public static Object of(JsonNode json) {
        return switch (json.getNodeType()) {
            case OBJECT -> map(json);
            case ARRAY -> list(json);
            case STRING -> json.textValue();
            case NUMBER -> number(json);
            case BOOLEAN -> json.booleanValue();
            case NULL, MISSING, BINARY, POJO -> null;
        };
    }

    /** The fields of an object in their order. */
    public static Map<String, Object> map(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(field -> map.put(field.getKey(), of(field.getValue())));
        return map;
    }

    /** The elements of an array. */
    public static List<Object> list(JsonNode array) {
        List<Object> list = new ArrayList<>(array.size());
        array.forEach(element -> list.add(of(element)));
        return list;
    }

    private static Object number(JsonNode number) {
        if (!number.isIntegralNumber()) {
            return number.doubleValue();
        }
        return number.canConvertToLong() ? (Object) number.longValue() : number.bigIntegerValue();
    }
}
