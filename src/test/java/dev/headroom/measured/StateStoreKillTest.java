package dev.headroom.measured;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed while it keeps what it found out, again and again. */
@Timeout(120)
class StateStoreKillTest {

    private static final int KILLS = 5;
    private static final int LONGEST_LIFE_NANOS = 50_000_000;

    @TempDir
    Path folder;

    @Test
    void whatIsThereIsWholeWheneverTheProcessWasKilled() throws Exception {
        StateStore<Calibration> store = StateStore.calibrations(Optional.of(folder));
        for (int kill = 0; kill < KILLS; kill++) {
            writeUntilKilled();
            Calibration found = store.load(KilledWriter.KEY).orElseThrow();
            int n = (int) (found.baseBytes() / Calibrations.MIB);
            assertEquals(KilledWriter.measured(n), found);
        }
    }

    @Test
    void whatKilledProcessesLeaveDoesNotPileUp() throws IOException {
        StateStore<Calibration> store = StateStore.calibrations(Optional.of(folder));
        Path young = Files.createFile(folder.resolve(".young.tmp"));
        Path old = Files.createFile(folder.resolve(".old.tmp"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        assertTrue(store.save(KilledWriter.KEY, KilledWriter.measured(1)));
        assertEquals(Set.of(young, store.file(folder, KilledWriter.KEY)), files(), "somebody may write the young one");
    }

    @Test
    void whereTheDiskIsFullNothingIsKeptAndTheProcessGoesOn() throws Exception {
        Process writer = writer("sh", "-c", "ulimit -f 0 && exec \"$0\" \"$@\"");
        List<String> said = new ArrayList<>();
        try (BufferedReader lines = writer.inputReader()) {
            for (String line = lines.readLine(); !line.startsWith("kept: "); line = lines.readLine()) {
                said.add(line);
            }
            assertTrue(
                    said.toString().contains("not kept, and to be found out again at the next start"), said.toString());
            assertTrue(writer.isAlive());
        } finally {
            writer.toHandle().destroyForcibly();
            writer.waitFor();
        }
        assertEquals(
                Optional.empty(), StateStore.calibrations(Optional.of(folder)).load(KilledWriter.KEY));
    }

    private void writeUntilKilled() throws IOException, InterruptedException {
        Process writer = writer();
        assertEquals("kept: true", writer.inputReader().readLine());
        LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(LONGEST_LIFE_NANOS));
        writer.toHandle().destroyForcibly();
        writer.waitFor();
    }

    /** A process that writes into the folder, started by this command. */
    private Process writer(String... by) throws IOException {
        List<String> command = new ArrayList<>(List.of(by));
        command.addAll(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                folder.toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toSet());
        }
    }
}
