package dev.headroom.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder with the files of one model.
 *
 * @param name the model's name
 * @param files the folder
 * @param yaml its model.yaml, which may lie elsewhere
 * @param origin the place on the Hub that the files come from; empty where they are the operator's
 */
record ModelFolder(String name, Path files, ModelYaml yaml, Optional<HubOrigin> origin) {

    /** The graph that model.yaml names; of a model of the Hub the variant of it that was downloaded for the device. */
    Optional<GraphFiles> named() {
        return Optional.ofNullable(yaml.file()).map(files::resolve).map(file -> {
            boolean other = origin.isPresent() && !Files.isRegularFile(file);
            return GraphFiles.of(
                    files,
                    other ? files.resolve(origin.get().graphs().getFirst().file()) : file);
        });
    }
}
