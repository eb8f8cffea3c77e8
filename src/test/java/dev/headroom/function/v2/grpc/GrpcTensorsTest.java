package dev.headroom.function.v2.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.headroom.function.v2.InputBudget;
import dev.headroom.function.v2.TensorAddress;
import dev.headroom.function.v2.TensorRequest;
import dev.headroom.function.v2.Tensors;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferInputTensor;
import dev.headroom.function.v2.grpc.ModelInferRequest.InferRequestedOutputTensor;
import dev.headroom.request.Failure;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.RequestTrace;
import dev.headroom.request.Urgency;
import dev.headroom.tensor.Datatype;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcTensorsTest {

    private static InferInputTensor.Builder input(String datatype, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName("x").setDatatype(datatype);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    private static TensorRequest read(ModelInferRequest.Builder request) {
        return GrpcTensors.read(request.setModelName("m").build(), new InputBudget(1000));
    }

    private static void assertRefused(Failure failure, ModelInferRequest.Builder request) {
        assertEquals(
                failure,
                assertThrows(RequestFailedException.class, () -> read(request)).failure());
    }

    private static ByteString bytes(String hex) {
        return ByteString.copyFrom(HexFormat.of().parseHex(hex));
    }

    @ParameterizedTest
    @CsvSource({
        "BOOL, 0100",
        "UINT8, 00ff",
        "INT8, 807f",
        "UINT16, 0000ffff",
        "INT16, 0080ff7f",
        "UINT32, 01000000ffffffff",
        "INT32, 00000080ffffff7f",
        "UINT64, 0100000000000000ffffffffffffffff",
        "INT64, ffffffffffffffffffffffffffffff7f",
        "FP32, 0000c07fffff7f7f",
        "FP64, 000000000000f03f000000000000e0bf",
        "BYTES, 010000006102000000c3ff"
    })
    void readsWhatItWritesOfEachType(Datatype datatype, String hex) {
        InferTensorContents contents =
                GrpcContents.write(Tensors.bytes("y", datatype, hex, 2).output());
        TensorRequest typed = read(ModelInferRequest.newBuilder()
                .addInputs(input(datatype.name(), 2).setContents(contents)));
        assertEquals(hex, Tensors.hex(Tensors.input(typed, 0).data()));
        TensorRequest raw = read(ModelInferRequest.newBuilder()
                .addInputs(input(datatype.name(), 2))
                .addRawInputContents(bytes(hex)));
        assertEquals(hex, Tensors.hex(Tensors.input(raw, 0).data()));
    }

    @Test
    void readsNamesAndParameters() {
        TensorRequest request = read(ModelInferRequest.newBuilder()
                .setId("7")
                .setModelVersion("1")
                .putParameters(
                        "p", InferParameter.newBuilder().setDoubleParam(0.5).build())
                .addInputs(input("FP16", 1))
                .addRawInputContents(bytes("003c"))
                .addOutputs(InferRequestedOutputTensor.newBuilder()
                        .setName("y")
                        .putParameters(
                                "classification",
                                InferParameter.newBuilder().setInt64Param(2).build())));
        assertEquals(new TensorAddress("m", Optional.of("1"), Optional.of("7")), request.address());
        assertEquals(Map.of("p", 0.5), request.parameters());
        assertEquals(2, request.outputs().getFirst().classes().getAsInt());
    }

    @Test
    void refusesWhatIsNoRequest() {
        assertRefused(
                new Failure.Invalid("inputs is empty; send a tensor for each input of the model."),
                ModelInferRequest.newBuilder());
        assertRefused(
                new Failure.Invalid(
                        "raw_input_contents holds 2 elements for 1 inputs; send one for each, or none and every input's contents."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("INT8", 1))
                        .addRawInputContents(bytes("01"))
                        .addRawInputContents(bytes("02")));
        assertRefused(
                new Failure.Invalid("inputs[0] has contents, and raw_input_contents is there too; send one of them."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("INT8", 1)
                                .setContents(InferTensorContents.newBuilder().addIntContents(1)))
                        .addRawInputContents(bytes("01")));
        assertRefused(
                new Failure.Invalid("raw_input_contents[0] holds 1 bytes; 1 elements of INT16 take 2."),
                ModelInferRequest.newBuilder().addInputs(input("INT16", 1)).addRawInputContents(bytes("01")));
        assertRefused(
                new Failure.Invalid("inputs[0].contents.int_contents holds 1 values; the shape says 2."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("INT8", 2)
                                .setContents(InferTensorContents.newBuilder().addIntContents(1))));
        assertRefused(
                new Failure.Invalid("inputs[0]: element 0 is 128; send numbers from -128 to 127, as INT8 holds."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("INT8", 1)
                                .setContents(InferTensorContents.newBuilder().addIntContents(128))));
        assertRefused(
                new Failure.Invalid("inputs[0]: element 0 is 4294967295; send numbers from 0 to 255, as UINT8 holds."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("UINT8", 1)
                                .setContents(InferTensorContents.newBuilder().addUintContents(-1))));
        assertRefused(
                new Failure.Invalid(
                        "inputs[0] is of FP16, which has no field in contents; send all inputs in raw_input_contents."),
                ModelInferRequest.newBuilder().addInputs(input("FP16", 1)));
        assertRefused(
                new Failure.Invalid("inputs[1].name is 'x', as an input's before it; send each once."),
                ModelInferRequest.newBuilder()
                        .addInputs(input("INT8", 1))
                        .addInputs(input("INT8", 1))
                        .addRawInputContents(bytes("01"))
                        .addRawInputContents(bytes("01")));
    }

    @Test
    void aShapeOfAnySizeCostsNothing() {
        assertRefused(
                new Failure.TooLarge(
                        "The inputs up to inputs[0].shape hold more than 1000 elements; send them in parts, or raise headroom.input.max-elements."),
                ModelInferRequest.newBuilder().addInputs(input("FP64", 1L << 40, 1L << 40)));
    }

    private static ModelInferResponse write(ModelInferRequest request, Tensors.Named... outputs) {
        return GrpcTensors.write(Stream.of(outputs).map(Tensors.Named::output).toList(), request);
    }

    @Test
    void answersInTheFormOfTheRequest() {
        Tensors.Named output = Tensors.bytes("y", Datatype.INT8, "0102", 2);
        ModelInferResponse typed = write(ModelInferRequest.getDefaultInstance(), output);
        assertEquals(List.of(1, 2), typed.getOutputs(0).getContents().getIntContentsList());
        assertEquals(0, typed.getRawOutputContentsCount());
        ModelInferResponse raw = write(
                ModelInferRequest.newBuilder()
                        .setModelName("m")
                        .setId("7")
                        .addRawInputContents(ByteString.EMPTY)
                        .build(),
                output);
        assertEquals(List.of(bytes("0102")), raw.getRawOutputContentsList());
        assertFalse(raw.getOutputs(0).hasContents());
        assertEquals("m 1 7", String.join(" ", raw.getModelName(), raw.getModelVersion(), raw.getId()));
    }

    @Test
    void putsRowsTogetherAgain() {
        ModelInferResponse response = write(
                ModelInferRequest.newBuilder()
                        .addRawInputContents(ByteString.EMPTY)
                        .build(),
                Tensors.bytes("y", Datatype.INT8, "01020304", 2, 2),
                Tensors.bytes("s", Datatype.BYTES, "0100000070020000007172", 2),
                Tensors.bytes("long", Datatype.INT8, "00".repeat(1000) + "01".repeat(1000), 2, 1000));
        assertEquals(
                List.of(
                        bytes("01020304"),
                        bytes("0100000070020000007172"),
                        bytes("00".repeat(1000) + "01".repeat(1000))),
                response.getRawOutputContentsList());
        assertEquals(List.of(2L, 2L), response.getOutputs(0).getShapeList());
        assertEquals(List.of(2L), response.getOutputs(1).getShapeList());
    }

    @Test
    void answersRawWhereATypeHasNoOtherForm() {
        ModelInferResponse response = write(
                ModelInferRequest.getDefaultInstance(),
                Tensors.bytes("a", Datatype.INT8, "01", 1),
                Tensors.bytes("b", Datatype.BF16, "803f", 1));
        assertEquals(List.of(bytes("01"), bytes("803f")), response.getRawOutputContentsList());
        assertFalse(response.getOutputs(0).hasContents());
    }

    private static Urgency urgency(String key, String value) {
        return GrpcUrgency.of(MultiMap.caseInsensitiveMultiMap().add(key, value), RequestTrace.NONE);
    }

    @ParameterizedTest
    @CsvSource({"1H, 3600000", "2M, 120000", "3S, 3000", "400m, 400", "5000u, 5", "6000000n, 6", "99999999H, 86400000"})
    void grpcsTimeoutIsTheDeadline(String timeout, long millis) {
        assertEquals(
                Optional.of(Duration.ofMillis(millis)),
                urgency("grpc-timeout", timeout).deadline());
    }

    @Test
    void readsThePriority() {
        assertEquals(Priority.BULK, urgency("headroom-priority", "bulk").priority());
        assertEquals(Urgency.INTERACTIVE, GrpcUrgency.of(MultiMap.caseInsensitiveMultiMap(), RequestTrace.NONE));
        assertThrows(RequestFailedException.class, () -> urgency("grpc-timeout", "soon"));
    }

    @Test
    void refusesValuesInTheFieldsOfTwoTypes() {
        InferTensorContents.Builder both = InferTensorContents.newBuilder()
                .addInt64Contents(1)
                .addIntContents(2)
                .addIntContents(3);
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder().addInputs(input("INT64", 1).setContents(both));
        String message =
                assertThrows(RequestFailedException.class, () -> read(request)).getMessage();
        assertEquals(
                "inputs[0].contents holds 2 values in fields of other types than INT64; send the values of one field.",
                message);
    }
}
