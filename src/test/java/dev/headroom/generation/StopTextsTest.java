package dev.headroom.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Stop texts in a text that comes in pieces. */
class StopTextsTest {

    @Test
    void holdBackOnlyWhatMayBecomeOne() {
        StopTexts stops = new StopTexts(List.of("abc", "bd"));
        assertEquals("x", stops.pass("xab"));
        assertEquals("", stops.pass(""));
        assertEquals("ab", stops.pass("xb").substring(0, 2));
        assertEquals("", stops.pass("d"));
        assertTrue(stops.found());
    }

    @Test
    void endAtTheOneThatIsCompleteFirst() {
        StopTexts stops = new StopTexts(List.of("abcd", "bc"));
        assertEquals("xa", stops.pass("xabcd"));
        assertTrue(stops.found());
        assertEquals("", stops.pass("more") + stops.rest());
    }

    @Test
    void ofTwoThatEndTogetherTheLongerCounts() {
        assertEquals("x", new StopTexts(List.of("c", "abc")).pass("xabc"));
    }

    @Test
    void areFoundWhereverTheTextIsCut() {
        List<String> all = List.of("aab", "aba", "bbbb", "abab");
        Random random = new Random(3);
        for (int round = 0; round < 2000; round++) {
            String text = random.ints(20, 0, 3)
                    .collect(StringBuilder::new, (built, i) -> built.append("abc".charAt(i)), StringBuilder::append)
                    .toString();
            StopTexts whole = new StopTexts(all);
            String expected = whole.pass(text) + whole.rest();
            StopTexts cut = new StopTexts(all);
            StringBuilder told = new StringBuilder();
            for (int from = 0, to; from < text.length(); from = to) {
                to = Math.min(text.length(), from + 1 + random.nextInt(4));
                told.append(cut.pass(text.substring(from, to)));
            }
            assertEquals(expected, told + cut.rest(), text);
            assertEquals(whole.found(), cut.found(), text);
            assertEquals(whole.found(), all.stream().anyMatch(text::contains), text);
        }
    }
}
