package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A JavaScript program from the test resources, with the packages that npm fetches for it into target.
 *
 * @param folder where it is installed
 * @param script its file there
 */
record NodeProgram(Path folder, String script) {

    /**
     * Installs a program.
     *
     * @param resources folder of the program's script and of its package.json
     */
    static NodeProgram install(String resources, String script) throws IOException, InterruptedException {
        NodeProgram program = new NodeProgram(Path.of("target", resources).toAbsolutePath(), script);
        Files.createDirectories(program.folder);
        Assumptions.assumeTrue(program.execute("npm", "--version").status == 0, "there is no npm here");
        for (String file : List.of("package.json", script)) {
            try (InputStream content = NodeProgram.class.getResourceAsStream("/" + resources + "/" + file)) {
                Files.copy(content, program.folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        program.succeed("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts");
        return program;
    }

    /** Runs it to its good end and returns the last line that it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return succeed(command.toArray(String[]::new)).lines().toList().getLast();
    }

    private record Ended(int status, String output) {}

    private String succeed(String... command) throws IOException, InterruptedException {
        Ended ended = execute(command);
        assertEquals(0, ended.status, ended.output);
        return ended.output;
    }

    private Ended execute(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            process.waitFor(1, TimeUnit.MINUTES);
            return new Ended(process.exitValue(), output);
        } catch (IOException e) {
            return new Ended(-1, String.valueOf(e.getMessage()));
        }
    }
}
