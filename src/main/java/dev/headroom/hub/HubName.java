package dev.headroom.hub;

import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The name of a model on the Hub: {@code org/name}, or {@code name} alone for the oldest ones.
 *
 * @param repository the name without the revision
 * @param wanted the branch, tag or commit that stands behind {@code @}; empty where none does
 */
public record HubName(String repository, Optional<String> wanted) {

    /** As huggingface_hub has it: the parts begin and end with a letter, a digit or {@code _}. */
    private static final Pattern REPOSITORY = Pattern.compile("(\\w([\\w.-]{0,94}\\w)?/)?\\w([\\w.-]{0,94}\\w)?");

    private static final Pattern REVISION = Pattern.compile("[\\w.+-]{1,100}(/[\\w.+-]{1,100}){0,5}");

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    /** Reads {@code name} or {@code name@revision}; empty where the text cannot be a name. */
    public static Optional<HubName> of(String text) {
        int at = text.indexOf('@');
        String repository = at < 0 ? text : text.substring(0, at);
        Optional<String> revision = at < 0 ? Optional.empty() : Optional.of(text.substring(at + 1));
        return isRepository(repository) && revision.stream().allMatch(HubName::isRevision)
                ? Optional.of(new HubName(repository, revision))
                : Optional.empty();
    }

    private static boolean isRepository(String text) {
        return REPOSITORY.matcher(text).matches()
                && !text.contains("--")
                && !text.contains("..")
                && !text.endsWith(".git");
    }

    private static boolean isRevision(String text) {
        return REVISION.matcher(text).matches()
                && Stream.of(text.split("/")).noneMatch(part -> part.equals(".") || part.equals(".."));
    }

    /** The branch, tag or commit; the branch {@code main} where the name has none. */
    public String revision() {
        return wanted.orElse("main");
    }

    /** True if the revision is a full commit, which never changes. */
    boolean pinned() {
        return COMMIT.matcher(revision()).matches();
    }

    /** The last part of the name. */
    public String lastPart() {
        return repository.substring(repository.lastIndexOf('/') + 1);
    }

    /** The name of its folder in a cache. */
    String folder() {
        return "models--" + repository.replace("/", "--");
    }

    @Override
    public String toString() {
        return wanted.map(revision -> repository + "@" + revision).orElse(repository);
    }
}
