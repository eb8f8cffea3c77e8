package dev.headroom.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A Java process of the bench's own class path; its log goes where the bench's goes, but for what is waited for. */
final class JavaProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader lines;

    /** Starts a main class. */
    JavaProcess(List<String> options, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        lines = process.inputReader();
    }

    /** Waits for a line. */
    String line(Predicate<String> wanted) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (wanted.test(line)) {
                return line;
            }
            System.out.println(line);
        }
        throw new IOException("The process ended without the line that was waited for");
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
