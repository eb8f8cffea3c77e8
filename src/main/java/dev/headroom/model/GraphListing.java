package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The graphs' files in a model's folder and in its folder onnx. */
final class GraphListing {

    private final Path folder;

    /** Empty before the first look. */
    private final List<String> names = new ArrayList<>();

    GraphListing(Path folder) {
        this.folder = folder;
    }

    /**
     * Their names, relative to the folder.
     *
     * @throws BrokenModelException when one of the folders cannot be read
     */
    List<String> names() {
        if (names.isEmpty()) {
            names.addAll(names(folder, ""));
            names.addAll(names(folder.resolve(GraphNames.FOLDER), GraphNames.FOLDER));
        }
        return names;
    }

    private List<String> names(Path in, String path) {
        if (!Files.isDirectory(in)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(in)) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .filter(Files::isRegularFile)
                    .map(file -> path + file.getFileName())
                    .toList();
        } catch (IOException e) {
            throw new BrokenModelException("%s: %s cannot be read (%s); check its permissions."
                    .formatted(folder, path.isEmpty() ? "it" : "its folder onnx", e.getMessage()));
        }
    }
}
