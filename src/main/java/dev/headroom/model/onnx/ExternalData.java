package dev.headroom.model.onnx;

import dev.headroom.model.file.BrokenModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A file of weights next to a graph's file.
 *
 * @param onnx the graph's file
 * @param location the file's name in the graph, relative to the folder of the graph's file
 */
record ExternalData(Path onnx, String location) {

    /**
     * Checks that the file is there, and returns it.
     *
     * @param bytes its least size
     * @throws BrokenModelException when it is missing, too short, or outside of the folders that ONNX Runtime reads
     */
    Path present(long bytes) {
        Path file = file();
        try {
            if (!isInside(file)) {
                throw outside();
            }
            if (Files.size(file) < bytes) {
                throw new BrokenModelException(
                        ("%s: the file %s has %d bytes, of which %s reads %d; run 'git lfs pull' or"
                                        + " download it again.")
                                .formatted(folder(), location, Files.size(file), onnx.getFileName(), bytes));
            }
            return file;
        } catch (IOException e) {
            throw new BrokenModelException("%s: the file %s cannot be read (%s); check its permissions."
                    .formatted(folder(), location, e.getMessage()));
        }
    }

    private Path file() {
        Path relative = relative();
        if (relative.isAbsolute() || relative.normalize().startsWith("..")) {
            throw outside();
        }
        Path file = onnx.resolveSibling(relative);
        if (!Files.isRegularFile(file)) {
            throw missing();
        }
        return file;
    }

    private Path relative() {
        try {
            return Path.of(location);
        } catch (InvalidPathException e) {
            throw missing();
        }
    }

    /**
     * True if ONNX Runtime reads it: it follows links within the folder, and to the folder of a linked graph's real
     * file.
     */
    private boolean isInside(Path file) throws IOException {
        Path real = file.toRealPath();
        return real.startsWith(folder().toRealPath())
                || real.startsWith(onnx.toRealPath().getParent());
    }

    private Path folder() {
        return onnx.resolveSibling("");
    }

    private BrokenModelException missing() {
        return new BrokenModelException("%s: the file %s is missing; put the weights of %s there."
                .formatted(folder(), location, onnx.getFileName()));
    }

    private BrokenModelException outside() {
        return new BrokenModelException(
                ("%s: %s has its weights in %s, which leads out of its folder, where ONNX Runtime"
                                + " reads none; export it with its weights beside it, or put the file there instead of a link.")
                        .formatted(folder(), onnx.getFileName(), location));
    }
}
