package dev.headroom.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The part of a cache that holds one repository, in huggingface_hub's layout: {@code blobs} by ETag, {@code snapshots} by
 * commit with links to them, and {@code refs}. It keeps lists of files beside them, and reads those in {@code trees}. Several threads and processes may use it.
 *
 * @param root the folder of the cache
 * @param name the repository
 * @param links false if files stand in snapshots themselves
 */
record HubCache(Path root, HubName name, boolean links) {

    private static final Pattern COMMIT = Pattern.compile("[0-9a-fA-F]{1,64}");

    /** An action on a blob that one thread and one process do at a time. */
    interface Action {

        /**
         * Runs it.
         *
         * @param alone false if the file system has no locks, so that others may do the same
         */
        void run(boolean alone) throws IOException;
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    private Path folder() {
        return root.resolve(name.folder());
    }

    /** The place of a file's content. */
    Path blob(String etag) {
        return folder().resolve("blobs").resolve(etag);
    }

    /** The folder that looks like the repository at a commit. */
    Path snapshot(String commit) {
        return folder().resolve("snapshots").resolve(commit);
    }

    /** The commit that a branch or tag had when it was last looked up; the name itself where it is a commit. */
    Optional<String> commit() {
        return name.pinned()
                ? Optional.of(name.revision())
                : text(folder().resolve("refs").resolve(name.revision()))
                        .map(String::strip)
                        .filter(HubCache::isCommit);
    }

    /** Keeps the commit of the branch or tag. */
    void keep(String commit) throws IOException {
        if (!name.pinned() && commit().filter(commit::equals).isEmpty()) {
            write(folder().resolve("refs").resolve(name.revision()), commit);
        }
    }

    /** The list of the files of a commit, as it was kept; empty where it was not. */
    Optional<Listing> listing(String commit) {
        return text(folder().resolve("trees").resolve(commit + ".json"))
                .or(() -> text(list(commit)))
                .flatMap(Listing::ofCache);
    }

    /** Keeps the list of the files of a commit. */
    void keep(String commit, Listing listing) throws IOException {
        Optional<String> text = listing.forCache().filter(known -> !Files.exists(list(commit)));
        if (text.isPresent()) {
            write(list(commit), text.get());
        }
    }

    /** Not in {@code trees}, because huggingface_hub refuses a snapshot that lacks a file of the list there. */
    private Path list(String commit) {
        return folder().resolve(".headroom").resolve(commit + ".json");
    }

    /** The files that a snapshot has, whoever put them there; empty where there is no snapshot. */
    Optional<Listing> present(String commit) {
        Path snapshot = snapshot(commit);
        if (!Files.isDirectory(snapshot)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.walk(snapshot)) {
            return Optional.of(Listing.of(files.filter(Files::isRegularFile)
                    .map(file -> new HubFile(
                            snapshot.relativize(file).toString().replace('\\', '/'),
                            OptionalLong.empty(),
                            Optional.empty()))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** True if the snapshot has the file, as far as its size tells. */
    boolean has(String commit, HubFile file) {
        return isWhole(snapshot(commit).resolve(file.path()), file);
    }

    /** True if there is a file of the size that this one has. */
    static boolean isWhole(Path path, HubFile file) {
        try {
            return Files.isRegularFile(path)
                    && (file.size().isEmpty() || Files.size(path) == file.size().getAsLong());
        } catch (IOException e) {
            return false;
        }
    }

    /** Puts the file with this content into a snapshot: as a link, or itself where the file system has no links. */
    void link(String commit, String path, String etag) throws IOException {
        Path pointer = snapshot(commit).resolve(path);
        Path blob = blob(etag);
        Files.createDirectories(pointer.getParent());
        if (Files.exists(pointer, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.exists(pointer) && Files.isSameFile(pointer, blob)) {
                return;
            }
            Files.deleteIfExists(pointer);
        }
        if (links) {
            try {
                Files.createSymbolicLink(pointer, pointer.getParent().relativize(blob));
                return;
            } catch (FileAlreadyExistsException e) {
                return; // another process has just done it
            } catch (UnsupportedOperationException | FileSystemException e) {
                // without links
            }
        }
        Files.move(blob, pointer, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Does something to a blob while no other thread or process does; waits for those that do. */
    void locked(String etag, Action action) throws IOException {
        Path file = root.resolve(".locks").resolve(name.folder()).resolve(etag + ".lock");
        Files.createDirectories(file.getParent());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            action.run(CacheLock.on(channel).isPresent());
        }
    }

    private static Optional<String> text(Path file) {
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes a file that others never see half. */
    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path beside = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            Files.writeString(beside, text);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
