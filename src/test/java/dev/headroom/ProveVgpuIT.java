package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.headroom.device.VirtualGpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The script that proves the image on a GPU host, rehearsed on a virtual card: each step writes its rows. */
@Tag("vgpu")
@Timeout(900)
class ProveVgpuIT {

    private static final String IMAGE = "target/vgpu/image/headroom";

    private static final String ROWS =
            "{adaptive=3, bare=3, calibration=4, cold=2, cotenant=1, env=2, graphs=5, limit=1, poison=1, reference=2, throughput=11}";

    @TempDir
    private Path folder;

    @Test
    void eachStepWritesItsFigure() throws Exception {
        assumeTrue(status(Map.of(), "python3", "--version") == 0, "there is no python3 here");
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        String packed = folder.resolve("prove").toString();
        Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
        assertEquals(0, status(jdk, "src/gpu/pack.sh", IMAGE, packed));

        Path report = folder.resolve("report.md");
        String[] script = {"python3", packed + "/prove.py", IMAGE, "--seconds", "0.5", "--out", report.toString()};
        assertEquals(0, status(gpu.environment(), script));
        List<String> rows = Files.readAllLines(report);
        String text = String.join("\n", rows);

        assertEquals(
                List.of("| what | date | machine | command and figure |", "| --- | --- | --- | --- |"),
                rows.subList(0, 2));
        Map<String, Long> rowsOfSteps = rows.stream()
                .skip(2)
                .collect(Collectors.groupingBy(
                        row -> row.replaceFirst(".*`prove.py (\\w+)`.*", "$1"), TreeMap::new, Collectors.counting()));
        assertEquals(ROWS, rowsOfSteps.toString(), text);
        String machine = " | " + LocalDate.now(ZoneOffset.UTC) + " | virtual NVIDIA L4, driver 550.54.15 | ";
        assertTrue(rows.stream().skip(2).allMatch(row -> row.contains(machine)), text);
        assertEquals(List.of(), rows.stream().filter(ProveVgpuIT::failed).toList(), text);
        assertTrue(text.contains("not comparable on a virtual device"), text);
        assertTrue(text.contains("the process ended with status 1"), text);
    }

    private static boolean failed(String row) {
        return Stream.of("failed", "ABOVE", " lost, ", "wrong").anyMatch(row::contains);
    }

    private static int status(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(command).inheritIO();
        process.environment().putAll(environment);
        Process started;
        try {
            started = process.start();
        } catch (IOException e) {
            return -1;
        }
        try {
            return started.waitFor();
        } finally {
            started.destroy(); // ends the services, too
        }
    }
}
