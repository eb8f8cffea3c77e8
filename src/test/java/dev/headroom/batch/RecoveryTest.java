package dev.headroom.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.request.Item;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {

    private final List<Item<?>> items = List.copyOf(Items.ofOneElement(8));
    private final List<Item<?>> half = items.subList(0, 4);
    private final Recovery recovery = Items.recovery();

    @Test
    void whatDidNotFitIsEvidence() {
        recovery.split(items, true);
        recovery.split(half, true);
        recovery.ran(half.subList(0, 2));
        assertEquals(List.of(items, half), recovery.evidence());
    }

    @Test
    void whatFailedForOneItemIsNone() {
        recovery.split(items, true);
        recovery.split(half, true);
        recovery.refuse(items.get(6));
        recovery.ran(half.subList(0, 2));
        assertEquals(List.of(half), recovery.evidence());
    }

    @Test
    void whereNothingFitsItIsNotForTheSize() {
        recovery.split(items, true);
        items.forEach(recovery::refuse);
        assertEquals(List.of(), recovery.evidence());
    }

    @Test
    void whatOneLongItemMadeTooLargeSaysNothing() {
        recovery.split(items, false);
        assertFalse(recovery.foreseen(items));
        assertEquals(List.of(), recovery.evidence());
    }

    @Test
    void whatIsAsLargeIsForeseen() {
        recovery.split(half, true);
        assertTrue(recovery.foreseen(items));
        assertFalse(recovery.foreseen(half.subList(0, 3)));
    }
}
