package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program that ran.
 *
 * @param status its exit status; -1 where there is no such program
 * @param output what it printed
 * @param complaints what it wrote to standard error
 */
record FinishedProgram(int status, String output, String complaints) {

    /** Runs a program in a folder to its end, which comes within a minute. */
    static FinishedProgram run(Path folder, Map<String, String> environment, List<String> command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", ".txt");
        Path complaints = Files.createTempFile("complaints", ".txt");
        try {
            ProcessBuilder program = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .redirectError(complaints.toFile());
            program.environment().putAll(environment);
            int status = status(program);
            return new FinishedProgram(status, Files.readString(output), Files.readString(complaints));
        } finally {
            Files.delete(output);
            Files.delete(complaints);
        }
    }

    private static int status(ProcessBuilder program) throws InterruptedException {
        Process process;
        try {
            process = program.start();
        } catch (IOException e) {
            return -1;
        }
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    /** The output, if it came to its good end. */
    String succeeded() {
        assertEquals(0, status, output + complaints);
        return output;
    }
}
