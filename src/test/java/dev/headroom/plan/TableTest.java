package dev.headroom.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {

    private static List<String> lines(List<List<String>> rows) {
        return new Table(rows).text().lines().toList();
    }

    @Test
    void columnsLineUpAndNumbersAreSetToTheRight() {
        assertEquals(
                List.of("", "  batch   8 items  why", "  window   100 ms  because"),
                lines(List.of(List.of("batch", "8 items", "why"), List.of("window", "100 ms", "because"))));
    }

    @Test
    void proseGoesOnBelowItselfWithinTheWidth() {
        List<String> lines =
                lines(List.of(List.of("name", "7", "word ".repeat(60).strip())));
        assertEquals(5, lines.size(), lines::toString);
        assertTrue(lines.stream().allMatch(line -> line.length() <= 100), lines::toString);
        assertTrue(lines.get(2).startsWith(" ".repeat(11) + "word"), lines::toString);
    }

    @Test
    void aWordThatIsTooLongStaysWhole() {
        List<String> lines = lines(List.of(List.of("path", "see " + "x".repeat(200) + " there")));
        assertEquals(List.of("", "  path  see", " ".repeat(8) + "x".repeat(200), " ".repeat(8) + "there"), lines);
    }

    @Test
    void cellsMayBeEmptyAndSoMayTheTable() {
        assertEquals(List.of("", "  a     b", "     1  "), lines(List.of(List.of("a", "", "b"), List.of("", "1", ""))));
        assertEquals("", new Table(List.of()).text());
    }
}
