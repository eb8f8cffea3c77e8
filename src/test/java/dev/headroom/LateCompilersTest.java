package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LateCompilersTest {

    private static final List<String> FLAGS = List.of(
            "Tier0InvokeNotifyFreqLog",
            "Tier2InvokeNotifyFreqLog",
            "Tier3InvocationThreshold",
            "Tier4InvocationThreshold");

    /** Prints flags before and after; a process of its own, because flags belong to the JVM. */
    public static final class Printed {

        private Printed() {}

        public static void main(String... args) {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            LateCompilers compilers = new LateCompilers();
            List<String> values = new ArrayList<>(List.of(values(jvm)));
            compilers.heedNewMethods();
            values.add(values(jvm));
            compilers.release();
            values.add(values(jvm));
            System.out.println(String.join(", ", values));
        }
    }

    private static String values(HotSpotDiagnosticMXBean jvm) {
        return FLAGS.stream().map(flag -> jvm.getVMOption(flag).getValue()).collect(Collectors.joining(" "));
    }

    @Test
    void theImagesFlagsBecomeTheJvms() throws Exception {
        List<String> image = Files.readAllLines(Path.of("src/main/image/java.args")).stream()
                .filter(option -> option.startsWith("-XX:Tier"))
                .toList();
        assertEquals(11, image.size());
        assertEquals("11 16 4000 1000000000, 7 16 4000 1000000000, 7 11 200 5000", printed(image));
    }

    @Test
    void anOperatorsStay() throws Exception {
        assertEquals(
                "8 12 300 4000, 8 12 300 4000, 8 12 300 4000",
                printed(List.of(
                        "-XX:Tier0InvokeNotifyFreqLog=8",
                        "-XX:Tier2InvokeNotifyFreqLog=12",
                        "-XX:Tier3InvocationThreshold=300",
                        "-XX:Tier4InvocationThreshold=4000")));
    }

    private static String printed(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Printed.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.inputReader().lines().toList().getLast();
    }
}
