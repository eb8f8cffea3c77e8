package dev.headroom.model;

import dev.headroom.model.ProtobufReader.Field;
import dev.headroom.model.ProtobufReader.MalformedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a TensorProto says about its content.
 *
 * @param dataType the number of its TensorProto.DataType
 * @param elements the product of its dimensions
 * @param storedBytes the bytes of its strings or of its raw or external data; 0 where it has none of them
 * @param external where its content is, when that is not in the graph's file
 */
record StoredTensor(long dataType, long elements, long storedBytes, Optional<External> external) {

    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int STRING_DATA = 6;
    private static final int RAW_DATA = 9;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;
    private static final long LOCATION_EXTERNAL = 1;

    /** The bits of an element by its data type; 0 for those that have no size, which are undefined and string. */
    private static final int[] ELEMENT_BITS = {
        0, 32, 8, 8, 16, 16, 32, 64, 0, 8, 16, 64, 32, 64, 64, 128, 16, 8, 8, 8, 8, 4, 4, 4, 8, 2, 2
    };

    /**
     * A range of a file next to the graph's.
     *
     * @param location the file's name, relative to the folder of the graph's file
     * @param end where the range ends, in bytes from the file's start
     */
    record External(String location, long end) {}

    /**
     * Reads all of a TensorProto but its content.
     *
     * @throws MalformedException when it is none
     * @throws ArithmeticException when it has more elements or bytes than a long can count
     */
    static StoredTensor read(ProtobufReader file, Field tensor) {
        long dataType = 0;
        long elements = 1;
        long stored = 0;
        boolean isExternal = false;
        Map<String, String> place = new HashMap<>();
        for (Field field : file.fields(tensor)) {
            switch (field.number()) {
                case DIMS -> elements = Math.multiplyExact(elements, file.product(field));
                case DATA_TYPE -> dataType = file.number(field);
                case STRING_DATA, RAW_DATA -> stored += field.bytes();
                case EXTERNAL_DATA -> readEntry(file, field, place);
                case DATA_LOCATION -> isExternal = file.number(field) == LOCATION_EXTERNAL;
                default -> {}
            }
        }
        return isExternal
                ? external(dataType, elements, place)
                : new StoredTensor(dataType, elements, stored, Optional.empty());
    }

    /** The bytes that the tensor takes in memory; those it is stored in where its data type does not tell. */
    long bytes() {
        int bits = dataType > 0 && dataType < ELEMENT_BITS.length ? ELEMENT_BITS[(int) dataType] : 0;
        return bits == 0 ? storedBytes : Math.ceilDiv(Math.multiplyExact(elements, bits), Byte.SIZE);
    }

    private static StoredTensor external(long dataType, long elements, Map<String, String> place) {
        long whole = new StoredTensor(dataType, elements, 0, Optional.empty()).bytes();
        long offset = size(place, "offset", 0);
        long length = size(place, "length", whole);
        String location = place.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw new MalformedException("A tensor's external data has no location");
        }
        return new StoredTensor(
                dataType, elements, length, Optional.of(new External(location, Math.addExact(offset, length))));
    }

    private static long size(Map<String, String> place, String key, long otherwise) {
        String text = place.get(key);
        if (text == null) {
            return otherwise;
        }
        if (text.matches("\\d{1,18}")) {
            return Long.parseLong(text);
        }
        throw new MalformedException("The %s of a tensor's external data is %s".formatted(key, text));
    }

    private static void readEntry(ProtobufReader file, Field entry, Map<String, String> entries) {
        String key = "";
        String value = "";
        for (Field field : file.fields(entry)) {
            switch (field.number()) {
                case ENTRY_KEY -> key = file.text(field);
                case ENTRY_VALUE -> value = file.text(field);
                default -> {}
            }
        }
        entries.put(key, value);
    }
}
