package dev.headroom.function;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnceTest {

    private final Once<String> once = new Once<>();
    private final List<String> told = new ArrayList<>();

    @Test
    void eachFollowerIsToldOnceHowItHappenedFirst() {
        once.follow(how -> told.add("early " + how));
        once.happen("first");
        once.happen("second");
        once.follow(how -> told.add("late " + how));
        assertEquals(List.of("early first", "late first"), told);
    }

    @Test
    void aFollowerThatFailsKeepsNothingFromTheOthers() {
        once.follow(told::add);
        once.follow(how -> {
            throw new IllegalStateException("for the test");
        });
        once.follow(told::add);
        once.happen("over");
        assertEquals(List.of("over", "over"), told);
    }

    @Test
    void aFollowerMayAddAnother() {
        once.follow(how -> once.follow(told::add));
        once.happen("over");
        assertEquals(List.of("over"), told);
    }
}
