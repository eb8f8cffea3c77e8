package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.model.InputRules;
import dev.headroom.model.TaskSpec;
import dev.headroom.request.RequestFailedException;
import dev.headroom.tensor.Datatype;
import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextRowsTest {

    private static final int MOST = 6;
    private static final String LONG = "one two three four five six seven";

    /** The ids of {@link #LONG}, as transformers 5.18 cuts it by either side. */
    private static final long[] END_CUT = {101, 2028, 2048, 2093, 2176, 102};

    private static final long[] BEGINNING_CUT = {101, 2176, 2274, 2416, 2698, 102};

    private final TextRows right = rows(false);
    private final TextRows left = rows(true);

    private static TextRows rows(boolean cutsBeginning) {
        Path file = Path.of("models/all-minilm-l6-v2/all-minilm-l6-v2-tokenizer.json");
        InputRules rules = new InputRules(false, false, false, 0, 0, 0, List.of());
        TaskSpec.Text spec = new TaskSpec.Text(file, MOST, 0, false, cutsBeginning, rules);
        Port ids = new Port("input_ids", Datatype.INT64, new long[] {-1, -1});
        return new TextRows(spec, Tokenizer.open(spec), new Ports(List.of(ids), List.of(ids), ids, List.of()));
    }

    private static long[] ids(TextRows rows, Input input, Truncation truncation) {
        LongBuffer read = rows.row(input, truncation).inputs().getFirst().data().asLongBuffer();
        long[] ids = new long[read.remaining()];
        read.get(ids);
        return ids;
    }

    @Test
    void theModelsSideIsCutWhereTheRequestNamesNone() {
        Input text = new Input.Text(LONG);
        assertArrayEquals(END_CUT, ids(right, text, Truncation.USUAL));
        assertArrayEquals(BEGINNING_CUT, ids(left, text, Truncation.USUAL));
        assertArrayEquals(new long[] {101, 2028, 2048, 102}, ids(left, new Input.Text("one two"), Truncation.USUAL));
        Input tokens = new Input.Tokens(new long[] {101, 2028, 2048, 2093, 2176, 2274, 2416, 2698, 102});
        assertArrayEquals(BEGINNING_CUT, ids(left, tokens, Truncation.USUAL));
    }

    @Test
    void theRequestsSideGoesBeforeTheModels() {
        Input text = new Input.Text(LONG);
        assertArrayEquals(END_CUT, ids(left, text, Truncation.RIGHT));
        assertArrayEquals(BEGINNING_CUT, ids(right, text, Truncation.LEFT));
        assertThrows(RequestFailedException.class, () -> ids(left, text, Truncation.NONE));
    }

    @Test
    void aPairIsNotCutAtItsBeginning() {
        Input pair = new Input.Pair(LONG, LONG);
        String message = assertThrows(RequestFailedException.class, () -> ids(left, pair, Truncation.USUAL))
                .failure()
                .detail();
        assertTrue(message.startsWith("The pair has more than 6 tokens"), message);
        assertEquals(MOST, ids(left, pair, Truncation.RIGHT).length);
        assertEquals(5, ids(left, new Input.Pair("one", "two"), Truncation.USUAL).length);
    }
}
