package dev.headroom.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A cache as huggingface_hub wrote it for the repository {@link #NAME}, whose files are those of {@link #FILES}. */
public final class CacheFolder {

    /** The name of the repository. */
    public static final String NAME = "acme/tiny-sentences";

    /** The folder with the repository's files; its graph lies in {@code onnx} there. */
    private static final Path FILES = Path.of("src/test/resources/sentences");

    private static final Path LAYOUT = Path.of("src/test/resources/hub/cache.txt");

    private CacheFolder() {}

    /** Writes the cache into a folder. */
    public static void write(Path root) throws IOException {
        for (String line : lines()) {
            String[] parts = line.split(" (->|<-|=) ?", 2);
            Path file = root.resolve(parts[0]);
            Files.createDirectories(file.getParent());
            if (line.contains(" -> ")) {
                Files.createSymbolicLink(file, Path.of(parts[1]));
            } else if (line.contains(" <- ")) {
                Files.copy(FILES.resolve(parts[1]), file);
            } else {
                Files.writeString(file, parts[1]);
            }
        }
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(LAYOUT).stream()
                .filter(line -> !line.startsWith("#"))
                .toList();
    }

    /** The files and links of a cache, but for lists of files, with the targets of links. */
    static Map<String, String> entries(Path root) throws IOException {
        Map<String, String> entries = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> !Files.isDirectory(path)).toList()) {
                String name = root.relativize(path).toString();
                if (!name.contains("/trees/") && !name.contains("/.headroom/")) {
                    entries.put(
                            name,
                            Files.isSymbolicLink(path)
                                    ? "link to " + Files.readSymbolicLink(path)
                                    : "file of " + Files.size(path));
                }
            }
        }
        return entries;
    }

    /** Adds the repository to a stand-in. */
    public static StandInRepository add(StandInHub hub) throws IOException {
        StandInRepository repository = hub.repository(NAME);
        for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            repository.file(file, Files.readAllBytes(FILES.resolve(file)));
        }
        return repository.file("onnx/model.onnx", Files.readAllBytes(FILES.resolve("model.onnx")));
    }
}
