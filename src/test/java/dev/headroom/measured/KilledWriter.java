package dev.headroom.measured;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;

/** Keeps one measurement after another, each of another size, until it is killed. */
final class KilledWriter {

    static final StateKey KEY = new StateKey("a-model", "f1", 512, "a GPU", 24L << 30, "550.54", 4, 1, "1.29.0");

    private static final int MOST_SAMPLES = 2000;

    private KilledWriter() {}

    /** The n-th that is kept: its base memory is n MiB, and it has as many samples as that says. */
    static Calibration measured(int n) {
        Sample[] samples = Collections.nCopies(1 + n % MOST_SAMPLES, Calibrations.ran(1, 32, 3))
                .toArray(Sample[]::new);
        return Calibrations.of(n, samples);
    }

    /** Keeps them in this folder, and says of the first whether it is kept. */
    public static void main(String... folder) {
        StateStore<Calibration> store = StateStore.calibrations(Optional.of(Path.of(folder[0])));
        System.out.println("kept: " + store.save(KEY, measured(0)));
        for (int n = 1; true; n++) {
            store.save(KEY, measured(n));
        }
    }
}
