package dev.headroom.generation.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Words of which several begin alike. */
class WordPlaceTest {

    private static JsonReading reading(List<String> words) {
        return JsonReading.of(new JsonShape.Words(words));
    }

    /** A text of the letters a and b. */
    private static String text(Random random, int longest) {
        return random.ints(1 + random.nextInt(longest), 'a', 'c')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void whatBeginsAWordIsReadAndMayEndWhereAWordEnds() {
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            List<String> words = Stream.generate(() -> text(random, 5))
                    .limit(1 + random.nextInt(8))
                    .toList();
            String text = text(random, 6);
            JsonReading after = reading(words).after(text);
            assertEquals(words.stream().noneMatch(word -> word.startsWith(text)), after.refused(), words + text);
            assertEquals(words.contains(text), after.mayEnd(), words + text);
        }
    }

    @Test
    void manyWordsThatBeginAlikeAreOnePlace() {
        List<String> words =
                IntStream.range(0, 500).mapToObj(i -> "\"x" + i + "\"").toList();
        JsonReading after = reading(words).after("\"x1");
        assertEquals(1, after.places().size());
        assertTrue(after.after("99\"").mayEnd());
        assertTrue(after.after("999").refused());
    }

    @Test
    void aCharacterOutsideTheBasicPlaneIsReadByItsHalves() {
        JsonReading after = reading(List.of("\uD83D\uDE00", "\uFF5E", "a")).after("\uD83D\uDE00");
        assertTrue(after.closed());
    }
}
