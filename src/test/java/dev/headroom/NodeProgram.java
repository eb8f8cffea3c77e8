package dev.headroom;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        Assumptions.assumeTrue(program.execute("npm", "--version").status() == 0, "there is no npm here");
        for (String file : List.of("package.json", script)) {
            try (InputStream content = NodeProgram.class.getResourceAsStream("/" + resources + "/" + file)) {
                Files.copy(content, program.folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        program.execute("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
                .succeeded();
        return program;
    }

    /** Runs it to its good end and returns the last line that it printed. */
    String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("node", script));
        command.addAll(List.of(arguments));
        return execute(command.toArray(String[]::new))
                .succeeded()
                .lines()
                .toList()
                .getLast();
    }

    private FinishedProgram execute(String... command) throws IOException, InterruptedException {
        return FinishedProgram.run(folder, Map.of(), List.of(command));
    }
}
