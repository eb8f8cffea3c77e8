package dev.headroom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/**
 * Runs snippets as their reader would.
 *
 * @param folder where they are written, with the packages of those for Node.js
 * @param key the key that they find in the environment
 */
record SnippetRunner(Path folder, String key) {

    /** Names an interpreter of Python that has the clients' packages. */
    private static final String PYTHON = System.getenv().getOrDefault("CLIENTS_PYTHON", "python3");

    private static final Pattern MODULE = Pattern.compile("(?m)^(?:import|from) (\\w+)");

    private static final String FINDS_MODULES =
            "import importlib.util, sys; print([m for m in sys.argv[1:] if not importlib.util.find_spec(m)])";

    /**
     * What a snippet prints.
     *
     * @throws org.opentest4j.TestAbortedException where its language or its library is not installed
     */
    String print(Snippet snippet) throws IOException, InterruptedException {
        return switch (snippet.language()) {
            case "bash" -> run(snippet, "snippet.sh", "bash");
            case "python" -> python(snippet);
            case "typescript" -> run(snippet, "snippet.mjs", "node");
            case "java" ->
                run(
                        snippet,
                        "Snippet.java",
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath());
            case "go" -> go(snippet);
            default -> throw new AssertionError("Nothing runs the language of " + snippet);
        };
    }

    /** The libraries of the tests, also where a jar of its own names them. */
    static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private String python(Snippet snippet) throws IOException, InterruptedException {
        List<String> search = new ArrayList<>(List.of(PYTHON, "-c", FINDS_MODULES));
        MODULE.matcher(snippet.code()).results().map(m -> m.group(1)).forEach(search::add);
        FinishedProgram found = FinishedProgram.run(folder, Map.of(), search);
        Assumptions.assumeTrue(
                found.status() == 0 && found.output().strip().equals("[]"),
                () -> "%s lacks %s; name another interpreter in CLIENTS_PYTHON"
                        .formatted(PYTHON, found.output().strip()));
        return run(snippet, "snippet.py", PYTHON);
    }

    private String go(Snippet snippet) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                FinishedProgram.run(folder, Map.of(), List.of("go", "version")).status() == 0, "there is no Go here");
        return run(snippet, "snippet.go", "go", "run");
    }

    private String run(Snippet snippet, String file, String... interpreter) throws IOException, InterruptedException {
        Files.writeString(folder.resolve(file), snippet.code());
        List<String> command = new ArrayList<>(List.of(interpreter));
        command.add(file);
        return FinishedProgram.run(folder, Map.of("HEADROOM_KEY", key, "LC_ALL", "C.UTF-8"), command)
                .succeeded();
    }
}
