package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SecondCompilerTest {

    private static final String FLAG = "Tier4InvocationThreshold";

    /** Prints a threshold before and after; a process of its own, because flags belong to the JVM. */
    public static final class Printed {

        private Printed() {}

        public static void main(String... args) {
            HotSpotDiagnosticMXBean jvm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            String before = jvm.getVMOption(FLAG).getValue();
            SecondCompiler.connect();
            System.out.println(before + " " + jvm.getVMOption(FLAG).getValue());
        }
    }

    @Test
    void theImagesThresholdsBecomeTheJvms() throws Exception {
        List<String> image = Files.readAllLines(Path.of("src/main/image/java.args")).stream()
                .filter(option -> option.startsWith("-XX:Tier4"))
                .toList();
        assertEquals(4, image.size());
        assertEquals("1000000000 5000", printed(image));
    }

    @Test
    void anOperatorsStay() throws Exception {
        assertEquals("4000 4000", printed(List.of("-XX:" + FLAG + "=4000")));
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
