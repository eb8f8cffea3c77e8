package dev.headroom.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/** Chance that comes out the same again for the same seed. */
final class Dice {

    private final SplittableRandom random;

    Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /** True once in so many times. */
    boolean onceIn(int times) {
        return random.nextInt(times) == 0;
    }

    /** A number of at least 0 and below this. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A number from one to the other, both included. */
    int between(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    long anyLong() {
        return random.nextLong();
    }

    float anyFloat() {
        return random.nextFloat() * 2 - 1;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
