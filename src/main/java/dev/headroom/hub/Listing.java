package dev.headroom.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a repository at one commit. Files whose paths lead out of a folder are not among them.
 *
 * @param files the files by their paths
 */
record Listing(SequencedMap<String, HubFile> files) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The version of huggingface_hub's format for lists in a cache. */
    private static final int VERSION = 1;

    static Listing of(Stream<HubFile> files) {
        return new Listing(files.filter(file -> HubFile.isSafe(file.path()))
                .collect(Collectors.toMap(HubFile::path, file -> file, (first, second) -> first, TreeMap::new)));
    }

    /** The list in the Hub's description of a repository. */
    static Listing ofHub(JsonNode description) {
        return of(description.path("siblings").valueStream().map(file -> {
            JsonNode stored = file.path("lfs");
            return new HubFile(
                    file.path("rfilename").asText(),
                    size(stored.has("size") ? stored.path("size") : file.path("size")),
                    etag(stored.has("sha256") ? stored.path("sha256") : file.path("blobId")));
        }));
    }

    /** A list in a cache; empty where it has another format. */
    static Optional<Listing> ofCache(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.path("format_version").asInt() == VERSION
                    ? Optional.of(of(tree.path("files").properties().stream().map(Listing::ofCache)))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static HubFile ofCache(Map.Entry<String, JsonNode> file) {
        JsonNode known = file.getValue();
        return new HubFile(
                file.getKey(),
                size(known.has("lfs_size") ? known.path("lfs_size") : known.path("size")),
                etag(known.has("lfs_sha256") ? known.path("lfs_sha256") : known.path("blob_id")));
    }

    private static OptionalLong size(JsonNode number) {
        return number.canConvertToLong() && number.asLong() >= 0
                ? OptionalLong.of(number.asLong())
                : OptionalLong.empty();
    }

    private static Optional<String> etag(JsonNode text) {
        return Optional.of(text.asText()).filter(HubFile::isEtag);
    }

    /** The list for a cache; empty where a file's size or content is not known. */
    Optional<String> forCache() {
        ObjectNode tree = JSON.createObjectNode().put("format_version", VERSION);
        ObjectNode all = tree.putObject("files");
        for (HubFile file : files.values()) {
            if (file.size().isEmpty() || file.etag().isEmpty()) {
                return Optional.empty();
            }
            ObjectNode known = all.putObject(file.path())
                    .put("size", file.size().getAsLong())
                    .put("blob_id", file.etag().get());
            if (file.etag().get().length() == Checksum.SHA256_DIGITS) {
                known.put("lfs_sha256", file.etag().get())
                        .put("lfs_size", file.size().getAsLong());
            }
        }
        return Optional.of(tree.toPrettyString());
    }
}
