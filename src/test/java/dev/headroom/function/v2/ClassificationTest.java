package dev.headroom.function.v2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassificationTest {

    private static List<String> texts(OutputRows output) {
        return output.rows().stream().flatMap(row -> row.texts().stream()).toList();
    }

    @Test
    void givesTheHighestOfEachRowWithItsLabel() {
        OutputRows scores = Tensors.floats("y", new long[] {2, 4}, 1.1f, 3.3f, 0.5f, 2.4f, 4, 4, 9, Float.NaN)
                .output();
        OutputRows best = Classification.of(scores, 2, List.of("a", "b", "c"));
        assertArrayEquals(new long[] {2, 2}, best.shape());
        assertEquals(Datatype.BYTES, best.datatype());
        assertEquals(List.of("3.3:1:b", "2.4:3", "9.0:2:c", "4.0:0:a"), texts(best));
    }

    @Test
    void givesAllWhereThereAreNoMore() {
        OutputRows scores =
                Tensors.floats("y", new long[] {1, 3}, 1, Float.NaN, 2).output();
        assertEquals(List.of("2.0:2", "1.0:0", "NaN:1"), texts(Classification.of(scores, 9, List.of())));
    }

    @ParameterizedTest
    @CsvSource({
        "UINT8, 00ff01, 255:1 1:2",
        "INT8, 00ff01, 1:2 0:0",
        "UINT16, 0000ffff0100, 65535:1 1:2",
        "INT16, 0000ffff0100, 1:2 0:0",
        "UINT32, 00000000ffffffff01000000, 4294967295:1 1:2",
        "INT32, 00000000ffffffff01000000, 1:2 0:0",
        "UINT64, 0000000000000000ffffffffffffffff0100000000000000, 18446744073709551615:1 1:2",
        "INT64, 0000000000000000ffffffffffffff7ffeffffffffffff7f, 9223372036854775807:1 9223372036854775806:2",
        "FP16, 003c00c00040, 2.0:2 1.0:0",
        "BF16, 803f00c00040, 2.0:2 1.0:0",
        "FP64, 000000000000f03f000000000000e0bf0000000000000040, 2.0:2 1.0:0"
    })
    void comparesEachTypeAsItIs(Datatype datatype, String bytes, String best) {
        OutputRows scores = Tensors.bytes("y", datatype, bytes, 1, 3).output();
        assertEquals(best, String.join(" ", texts(Classification.of(scores, 2, List.of()))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BOOL", "BYTES"})
    void refusesWhatHasNoHighest(Datatype datatype) {
        OutputRows scores = Tensors.bytes("y", datatype, "00000000", 1).output();
        assertEquals(
                "The output 'y' is of %s, which has no highest values; leave the parameter classification out."
                        .formatted(datatype),
                assertThrows(RequestFailedException.class, () -> Classification.of(scores, 1, List.of()))
                        .getMessage());
    }
}
