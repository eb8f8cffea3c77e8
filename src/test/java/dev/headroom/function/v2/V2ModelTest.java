package dev.headroom.function.v2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.headroom.request.Failure;
import dev.headroom.request.RequestFailedException;
import dev.headroom.task.Answer;
import dev.headroom.task.Input;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class V2ModelTest {

    private static final Port A = new Port("a", Datatype.INT8, new long[] {-1, 2});
    private static final Port B = new Port("b", Datatype.BYTES, new long[] {-1, -1});
    private static final Port Y = new Port("y", Datatype.FP32, new long[] {-1, 3});

    private static final V2Model MODEL = new V2Model(
            "m",
            new Ports(List.of(A, B), List.of(Y, new Port("z", Datatype.INT8, new long[] {-1, -1})), Y, List.of()),
            List.of("zero", "one", "two"));

    private static Tensors.Named a(int rows) {
        return Tensors.bytes("a", Datatype.INT8, "01020304050607".substring(0, 4 * rows), rows, 2);
    }

    private static final Tensors.Named TWO_TEXTS = Tensors.texts("b", new long[] {2, 2}, "p", "", "qr", "s");

    private static void assertInvalid(String detail, TensorRequest request) {
        assertEquals(
                new Failure.Invalid(detail),
                assertThrows(RequestFailedException.class, () -> MODEL.check(request))
                        .failure());
    }

    @Test
    void takesEachRowAsTheModelDoes() {
        TensorRequest request = Tensors.request(
                List.of(TWO_TEXTS, a(2)), new WantedOutput("z", Map.of()), new WantedOutput("y", Map.of()));
        MODEL.check(request);
        assertEquals(2, request.rows());
        List<String> seen = MODEL.rows(request).stream()
                .map(row -> (Input.Tensors) row)
                .map(row -> row.tensors().stream()
                                .map(part -> part.datatype() + Arrays.toString(part.shape()) + Tensors.hex(part.data()))
                                .toList()
                                .toString()
                        + row.outputs())
                .toList();
        assertEquals(
                List.of(
                        "[INT8[2]0102, BYTES[2]010000007000000000][y, z]",
                        "[INT8[2]0304, BYTES[2]0200000071720100000073][y, z]"),
                seen,
                "inputs and outputs are in the graph's order");
    }

    @Test
    void refusesWhatTheModelDoesNotTake() {
        assertInvalid("The input 'b' is missing; the model m takes a, b.", Tensors.request(List.of(a(1))));
        assertInvalid(
                "The model m has no input 'c'; its inputs are a, b.",
                Tensors.request(List.of(a(1), Tensors.bytes("c", Datatype.INT8, "01", 1))));
        assertInvalid(
                "The input 'a' is of UINT8; the model takes INT8.",
                Tensors.request(List.of(Tensors.bytes("a", Datatype.UINT8, "0102", 1, 2), TWO_TEXTS)));
        assertInvalid(
                "The input 'a' has the shape [2, 1]; the model takes [-1, 2], where -1 is any size.",
                Tensors.request(List.of(Tensors.bytes("a", Datatype.INT8, "0102", 2, 1), TWO_TEXTS)));
        assertInvalid(
                "The input 'a' has the shape [2]; the model takes [-1, 2], where -1 is any size.",
                Tensors.request(List.of(Tensors.bytes("a", Datatype.INT8, "0102", 2), TWO_TEXTS)));
        assertInvalid(
                "The input 'a' has 1 rows and 'b' has 2; the first dimension of all inputs is the batch, and the same.",
                Tensors.request(List.of(a(1), TWO_TEXTS)));
    }

    @Test
    void refusesWhatIsNoText() {
        assertInvalid(
                "The input 'b' holds a NUL in its element 1, which no text of a model holds; leave it out.",
                Tensors.request(List.of(a(1), Tensors.texts("b", new long[] {1, 2}, "p", "q\0"))));
        assertInvalid(
                "The input 'b' holds bytes that are no UTF-8 in its element 0, and the model takes texts; send UTF-8.",
                Tensors.request(List.of(a(1), Tensors.bytes("b", Datatype.BYTES, "01000000ff", 1, 1))));
    }

    @Test
    void refusesOutputsThatItCannotGive() {
        List<Tensors.Named> inputs = List.of(a(2), TWO_TEXTS);
        WantedOutput y = new WantedOutput("y", Map.of());
        assertInvalid(
                "The model m has no output 'x'; its outputs are y, z.",
                Tensors.request(inputs, new WantedOutput("x", Map.of())));
        assertInvalid("The output 'y' is asked for twice; ask once.", Tensors.request(inputs, y, y));
        assertInvalid(
                "The parameter classification of the output 'y' is 0; send how many classes are wanted, 1 or more.",
                Tensors.request(inputs, Tensors.wanted("y", "classification", 0L)));
        assertInvalid(
                "The parameter binary_data is 1; send true or false.",
                Tensors.request(inputs, Tensors.wanted("y", "binary_data", 1L)));
    }

    private static Answer answer(float... scores) {
        return new Answer.Tensors(List.of(
                Tensors.floats("y", new long[] {scores.length}, scores).tensor(),
                Tensors.bytes("z", Datatype.INT8, "", 0).tensor()));
    }

    @Test
    void answersWithTheOutputsInTheOrderInWhichTheyWereAskedFor() {
        TensorRequest request = Tensors.request(
                List.of(a(2), TWO_TEXTS), new WantedOutput("z", Map.of()), Tensors.wanted("y", "classification", 1L));
        List<OutputRows> outputs = MODEL.outputs(request, List.of(answer(1, 3, 2), answer(7, 5, 6)));
        assertEquals(List.of("z", "y"), outputs.stream().map(OutputRows::name).toList());
        assertEquals(
                List.of(List.of("3.0:1:one"), List.of("7.0:0:zero")),
                outputs.getLast().rows().stream().map(Tensor::texts).toList());
    }

    @Test
    void answersWithAllOutputsWhereNoneIsNamed() {
        List<OutputRows> outputs =
                MODEL.outputs(Tensors.request(List.of(a(2), TWO_TEXTS)), List.of(answer(1, 3, 2), answer(7, 5, 6)));
        assertEquals(List.of("y", "z"), outputs.stream().map(OutputRows::name).toList());
        assertArrayEquals(new long[] {2, 3}, outputs.getFirst().shape());
    }

    @Test
    void rowsTogetherAreABatch() {
        OutputRows output =
                Tensors.bytes("y", Datatype.INT8, "010203040506", 2, 3).output();
        assertArrayEquals(new long[] {2, 3}, output.shape());
        assertEquals(6, output.bytes());
    }

    @Test
    void saysWhichRowsMakeNoTensorTogether() {
        List<Tensor> rows = List.of(
                Tensors.bytes("y", Datatype.INT8, "0102", 2).tensor(),
                Tensors.bytes("y", Datatype.INT8, "03", 1).tensor());
        RequestFailedException e = assertThrows(RequestFailedException.class, () -> new OutputRows("y", rows));
        assertEquals(
                "The output 'y' has the shape [2] for row 0 and [1] for row 1, which make no tensor; send rows apart that the model answers unlike.",
                e.getMessage());
    }
}
