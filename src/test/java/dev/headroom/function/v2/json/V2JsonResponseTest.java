package dev.headroom.function.v2.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.Tensors;
import dev.headroom.function.v2.WantedOutput;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class V2JsonResponseTest {

    private static String json(V2JsonResponse.Body body) {
        return body.bytes().toString(0, body.jsonLength(), StandardCharsets.UTF_8);
    }

    private static V2JsonResponse.Body write(TensorRequest request, Tensors.Named... outputs) {
        return new V2JsonResponse(Stream.of(outputs).map(Tensors.Named::output).toList(), request).write();
    }

    private static byte[] binary(V2JsonResponse.Body body) {
        return ByteBufUtil.getBytes(
                body.bytes(), body.jsonLength(), body.bytes().readableBytes() - body.jsonLength());
    }

    @Test
    void writesWhatTheSpecificationSays() {
        V2JsonResponse.Body body =
                write(Tensors.request(List.of()), Tensors.floats("y", new long[] {3, 2}, 1, 1.1f, 2, 2.1f, 3, 3.1f));
        assertEquals(
                "{\"model_name\":\"m\",\"model_version\":\"1\",\"id\":\"7\",\"outputs\":[{\"name\":\"y\",\"datatype\":\"FP32\","
                        + "\"shape\":[3,2],\"data\":[1.0,1.1,2.0,2.1,3.0,3.1]}]}",
                json(body));
        assertEquals(body.bytes().readableBytes(), body.jsonLength());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            BOOL   | 0100                             | true,false
            UINT8  | 00ff                             | 0,255
            INT8   | 807f                             | -128,127
            UINT16 | 0000ffff                         | 0,65535
            INT16  | 0080ff7f                         | -32768,32767
            UINT32 | 01000000ffffffff                 | 1,4294967295
            INT32  | 00000080ffffff7f                 | -2147483648,2147483647
            UINT64 | 0100000000000000ffffffffffffffff | 1,18446744073709551615
            INT64  | ffffffffffffffffffffffffffffff7f | -1,9223372036854775807
            FP16   | 003cff7b                         | 1.0,65504.0
            BF16   | 803fc07f                         | 1.0,NaN
            FP32   | 0000807f000080ff                 | Infinity,-Infinity
            FP64   | 000000000000f03f000000000000e0bf | 1.0,-0.5
            BYTES  | 010000006102000000c3a9           | "a","é"
            """)
    void writesEachTypeFromItsBytes(Datatype datatype, String bytes, String data) {
        Tensors.Named output = Tensors.bytes("y", datatype, bytes, 2);
        String json = json(write(Tensors.request(List.of()), output));
        assertEquals("\"data\":[" + data + "]}]}", json.substring(json.indexOf("\"data\"")));
        long estimate = new V2JsonResponse(List.of(output.output()), Tensors.request(List.of())).jsonBytes();
        assertTrue(estimate >= data.length(), estimate + " bytes");
    }

    @Test
    void writesBehindTheJsonWhatIsWantedAsBytes() {
        V2JsonResponse.Body body = write(
                Tensors.request(List.of(), Tensors.wanted("b", "binary_data", true)),
                Tensors.bytes("a", Datatype.INT8, "01", 1),
                Tensors.bytes("b", Datatype.INT8, "0203", 2));
        assertEquals(
                "{\"name\":\"b\",\"datatype\":\"INT8\",\"shape\":[2],\"parameters\":{\"binary_data_size\":2}}]}",
                json(body).substring(json(body).indexOf("{\"name\":\"b\"")));
        assertArrayEquals(new byte[] {2, 3}, binary(body));
    }

    @Test
    void anOutputsOwnWordGoesBeforeTheRequests() {
        TensorRequest all = new TensorRequest(
                new TensorAddress("m", Optional.empty(), Optional.empty()),
                Map.of("binary_data_output", true),
                Map.of(),
                List.of(Tensors.wanted("a", "binary_data", false), new WantedOutput("b", Map.of())));
        V2JsonResponse.Body body =
                write(all, Tensors.bytes("a", Datatype.INT8, "01", 1), Tensors.bytes("b", Datatype.INT8, "02", 1));
        assertArrayEquals(new byte[] {2}, binary(body));
    }

    /** Large rows are sent from their own memory, small ones are copied: their order is theirs. */
    @Test
    void rowsOfAllSizesFollowEachOther() {
        TensorRequest all = new TensorRequest(
                new TensorAddress("m", Optional.empty(), Optional.empty()),
                Map.of("binary_data_output", true),
                Map.of(),
                List.of());
        ByteArrayOutputStream wanted = new ByteArrayOutputStream();
        List<Tensors.Named> outputs = new ArrayList<>();
        for (int size : new int[] {3, 1023, 1024, 5000, 1, 2, 4096, 4097, 700, 700}) {
            String hex = "%02x".formatted(outputs.size()).repeat(size);
            wanted.writeBytes(HexFormat.of().parseHex(hex));
            outputs.add(Tensors.bytes("o" + outputs.size(), Datatype.INT8, hex, 1, size));
        }
        assertArrayEquals(wanted.toByteArray(), binary(write(all, outputs.toArray(Tensors.Named[]::new))));
    }

    @Test
    void bytesThatAreNoTextAreAskedForAsBytes() {
        RequestFailedException e = assertThrows(
                RequestFailedException.class,
                () -> write(Tensors.request(List.of()), Tensors.bytes("y", Datatype.BYTES, "01000000ff", 1)));
        assertEquals(
                "The output 'y' holds bytes that are no UTF-8, which JSON cannot; ask for it with \"binary_data\": true.",
                e.getMessage());
    }
}
