package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.request.Item;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SplitTest {

    private static void assertSplit(String expected, int... elements) {
        Split split = Split.of(IntStream.of(elements)
                .<Item<?>>mapToObj(size -> Items.queued(size, size))
                .toList());
        assertEquals(expected, sizes(split.first()) + " " + sizes(split.second()) + (split.even() ? " even" : ""));
    }

    private static List<Long> sizes(List<Item<?>> items) {
        return items.stream().map(Item::elements).toList();
    }

    @Test
    void halvesInOrder() {
        assertSplit("[3, 4] [5, 3, 4] even", 3, 4, 5, 3, 4);
        assertSplit("[3] [4] even", 3, 4);
    }

    @Test
    void oneThatPadsTheOthersToMoreThanTwiceTheirSizeGoesAlone() {
        assertSplit("[3, 4, 3] [50]", 3, 50, 4, 3);
    }

    @Test
    void twoSuchAreNotOne() {
        assertSplit("[3, 50] [50, 3] even", 3, 50, 50, 3);
    }
}
