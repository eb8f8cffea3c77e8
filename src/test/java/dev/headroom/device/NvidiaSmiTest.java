package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process around the text, with shell scripts in the tool's place. */
class NvidiaSmiTest {

    private static final Host HOST = new Host(1, "a CPU", 1, 1, "RAM");

    @TempDir
    private Path folder;

    @Test
    void asksForTheColumnsAndReadsTheRows() throws Exception {
        Path script =
                script("echo \"$@\" > %s/arguments; echo '0, GPU-a, NVIDIA L4, 23034, 22000, 600, 8.9, 550, [N/A]'");

        Sighting sighting = new NvidiaSmi(List.of(script.toString())).look(HOST);

        assertEquals("NVIDIA L4", sighting.gpus().getFirst().name());
        assertEquals(
                "--query-gpu=index,uuid,name,memory.total,memory.free,memory.used,compute_cap,driver_version,"
                        + "mig.mode.current --format=csv,noheader,nounits\n",
                Files.readString(folder.resolve("arguments")));
    }

    @Test
    void anOlderDriverIsAskedAgainWithoutWhatItDoesNotKnow() throws Exception {
        Path script = script("""
            case "$1" in
            *mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
            *compute_cap*) echo 'Field "compute_cap" is not a valid field to query.'; exit 2;;
            *) echo '0, GPU-a, Tesla V100, 16160, 16000, 3, 440.33.01';;
            esac
            """);

        Gpu gpu = new NvidiaSmi(List.of(script.toString())).look(HOST).gpus().getFirst();

        assertEquals("440.33.01", gpu.driverVersion());
        assertEquals("", gpu.computeCapability());
    }

    @Test
    void whatItSaysOnStandardErrorIsHeard() throws Exception {
        Path script = script("echo 'No devices were found' >&2; exit 6");

        String reason = new NvidiaSmi(List.of(script.toString())).look(HOST).reason();

        assertEquals("no GPU that can be used; No devices were found; exit status 6", reason);
    }

    @Test
    void theFirstPlaceThatHasItIsAsked() throws Exception {
        Path script = script("echo '0, GPU-a, NVIDIA L4, 23034, 22000, 600, 8.9, 550, [N/A]'");
        List<String> places = List.of("nvidia-smi-absent", "/absent/nvidia-smi", script.toString());

        assertEquals(1, new NvidiaSmi(places).look(HOST).gpus().size());
    }

    @Test
    void anAbsentToolAndOneThatDoesNotStartAreToldApart() throws Exception {
        Path broken = Files.writeString(folder.resolve("nvidia-smi"), "#!/absent/interpreter\n");
        assertTrue(broken.toFile().setExecutable(true));
        NvidiaSmi absent = new NvidiaSmi(List.of("nvidia-smi-absent", "/absent/nvidia-smi"));
        NvidiaSmi unstartable = new NvidiaSmi(List.of(broken.toString()));

        String none = assertThrows(IOException.class, () -> absent.look(HOST)).getMessage();
        String bad =
                assertThrows(IOException.class, () -> unstartable.look(HOST)).getMessage();

        assertTrue(none.startsWith("nvidia-smi is not on this machine"), none);
        assertTrue(bad.contains(broken.toString()) && bad.contains("error"), bad);
    }

    @Test
    void oneThatIsNotExecutableIsNotTakenForAbsent() throws Exception {
        Path file = Files.writeString(folder.resolve("nvidia-smi"), "no program");
        NvidiaSmi locked = new NvidiaSmi(List.of("nvidia-smi-absent", file.toString(), "/absent/nvidia-smi"));

        String reason = assertThrows(IOException.class, () -> locked.look(HOST)).getMessage();

        assertTrue(reason.contains(file.toString()) && reason.contains("Permission denied"), reason);
    }

    @Test
    @Timeout(60)
    void oneThatPrintsWithoutEndIsStopped() throws Exception {
        NvidiaSmi endless = new NvidiaSmi(List.of(script("exec yes 'no row'").toString()));

        String reason =
                assertThrows(IOException.class, () -> endless.look(HOST)).getMessage();

        assertEquals("nvidia-smi printed more than 64 KiB and was stopped", reason);
    }

    @Test
    @Timeout(60)
    void whoeverItLeavesBehindMayKeepItsOutputOpen() throws Exception {
        Path script = script("echo '0, GPU-a, NVIDIA L4, 23034, 22000, 600, 8.9, 550, [N/A]'; sleep 90 & exit 0");

        for (int time = 0; time < 20; time++) {
            assertEquals(
                    1,
                    new NvidiaSmi(List.of(script.toString())).look(HOST).gpus().size());
        }
    }

    @Test
    @Timeout(60)
    void oneThatWaitsForInputGetsNone() throws Exception {
        Path script = script("read answer; echo 'no answer'");

        assertEquals(
                "no GPU that can be used; no answer",
                new NvidiaSmi(List.of(script.toString())).look(HOST).reason());
    }

    @Test
    @Timeout(60)
    void oneThatHangsIsKilledWithItsChildrenOnceNobodyWaits() throws Exception {
        Path pipe = folder.resolve("alive");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        Path script = script("exec 3> %s/alive; sleep 600 & echo started >&3; wait");
        FutureTask<Sighting> look = new FutureTask<>(() -> new NvidiaSmi(List.of(script.toString())).look(HOST));
        Thread.ofPlatform().start(look);

        try (BufferedReader alive = Files.newBufferedReader(pipe)) {
            assertEquals("started", alive.readLine());
            look.cancel(true);
            assertNull(alive.readLine(), "whoever held the pipe is gone");
        }
    }

    /** A script that knows its folder as %s. */
    private Path script(String text) throws IOException {
        Path script = folder.resolve("nvidia-smi");
        Files.writeString(script, "#!/bin/sh\n" + text.replace("%s", folder.toString()) + "\n");
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }
}
