package dev.headroom.hub;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** A repository of the stand-in, with one branch. */
public final class StandInRepository {

    /** Files of so many bytes, and weights, are in Git LFS. */
    private static final int LARGE = 10_000;

    private final String name;
    private final Map<String, Stored> files = new ConcurrentSkipListMap<>();
    private volatile Optional<String> token = Optional.empty();
    private volatile String code = "RepoNotFound";

    StandInRepository(String name) {
        this.name = name;
    }

    /** A file. */
    record Stored(String path, byte[] content, boolean large) {

        /** SHA-256 of a large file, else Git's SHA-1. */
        String etag() {
            return large ? digest("SHA-256", "", content) : gitDigest(content);
        }

        JsonObject inDescription(boolean blobs) {
            JsonObject file = new JsonObject().put("rfilename", path);
            if (blobs) {
                file.put("size", content.length).put("blobId", gitDigest(pointer()));
                if (large) {
                    file.put(
                            "lfs",
                            new JsonObject()
                                    .put("sha256", etag())
                                    .put("size", content.length)
                                    .put("pointerSize", 130));
                }
            }
            return file;
        }

        JsonObject inTree() {
            JsonObject file = new JsonObject()
                    .put("type", "file")
                    .put("path", path)
                    .put("size", content.length)
                    .put("oid", gitDigest(pointer()));
            return large
                    ? file.put(
                            "lfs",
                            new JsonObject()
                                    .put("oid", etag())
                                    .put("size", content.length)
                                    .put("pointerSize", 130))
                    : file;
        }

        /** What Git itself holds. */
        private byte[] pointer() {
            return large
                    ? "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %d\n"
                            .formatted(etag(), content.length)
                            .getBytes(StandardCharsets.US_ASCII)
                    : content;
        }
    }

    String name() {
        return name;
    }

    /** Adds a file. */
    public StandInRepository file(String path, byte[] content) {
        files.put(
                path,
                new Stored(path, content, content.length >= LARGE || path.matches(".*\\.(onnx|safetensors|bin)")));
        return this;
    }

    /** Adds a file of text. */
    public StandInRepository file(String path, String content) {
        return file(path, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds all files of a folder. */
    public StandInRepository copy(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile).forEach(file -> {
                try {
                    file(folder.relativize(file).toString(), Files.readAllBytes(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return this;
    }

    /** Lets in callers with this token alone. */
    public StandInRepository onlyFor(String callersToken) {
        token = Optional.of(callersToken);
        return this;
    }

    /** Lets in callers who have accepted conditions, by this token. */
    public StandInRepository gated(String callersToken) {
        code = "GatedRepo";
        return onlyFor(callersToken);
    }

    boolean lets(String authorization) {
        return token.stream().allMatch(known -> ("Bearer " + known).equals(authorization));
    }

    String code() {
        return code;
    }

    int status() {
        return code.equals("GatedRepo") ? 403 : 401;
    }

    /** The newest commit. */
    public String commit() {
        StringBuilder all = new StringBuilder();
        files.values().forEach(file -> all.append(file.path()).append(file.etag()));
        return digest("SHA-1", "", all.toString().getBytes(StandardCharsets.UTF_8));
    }

    boolean has(String revision) {
        return revision.equals("main") || revision.equals("refs/pr/1") || revision.equals(commit());
    }

    Collection<Stored> files() {
        return files.values();
    }

    Optional<Stored> file(String path) {
        return Optional.ofNullable(files.get(path));
    }

    private static String gitDigest(byte[] content) {
        return digest("SHA-1", "blob " + content.length + "\0", content);
    }

    private static String digest(String algorithm, String head, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
