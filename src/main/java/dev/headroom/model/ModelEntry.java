package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One entry of {@code headroom.models}: a place, or {@code NAME=PLACE} for the one model there under another name.
 *
 * @param name the name; empty where the model has that of its folder or repository
 * @param place a folder, or a name on the Hub
 */
record ModelEntry(Optional<String> name, String place) {

    /** The setting's default, which is never a name on the Hub. */
    private static final String USUAL_FOLDER = "models";

    /**
     * Reads an entry. A folder whose path has a {@code =} is that folder.
     *
     * @throws BrokenModelException when the name can be none
     */
    static ModelEntry of(String entry) {
        int end = entry.indexOf('=');
        if (end < 0 || isFolder(entry)) {
            return new ModelEntry(Optional.empty(), entry);
        }
        String name = entry.substring(0, end).strip();
        if (!ModelNames.isName(name)) {
            throw new BrokenModelException(
                    "'%s' in headroom.models calls a model '%s', which can be no name; %s, as in my-model=/mnt/models."
                            .formatted(entry.replaceAll("\\p{Cntrl}", "?"), ModelNames.shown(name), ModelNames.RULE));
        }
        return new ModelEntry(Optional.of(name), entry.substring(end + 1).strip());
    }

    /** True if the place is a folder; else it is to be a name on the Hub. */
    boolean isFolder() {
        return isFolder(place);
    }

    private static boolean isFolder(String text) {
        if (text.equals(USUAL_FOLDER) || text.startsWith("/") || text.startsWith(".") || text.startsWith("~")) {
            return true;
        }
        try {
            return Files.exists(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /**
     * The folders of the models there; one where the entry has a name for it.
     *
     * @throws BrokenModelException when there are none, or several for one name
     */
    List<Path> folders() {
        List<Path> folders = new ModelRepository(Path.of(place)).folders();
        if (name.isPresent() && folders.size() > 1) {
            throw new BrokenModelException(
                    "headroom.models calls the model in %s '%s', but the folder holds %d models; write a name for each of them, such as %2$s=%s, or none."
                            .formatted(place, name.get(), folders.size(), folders.getFirst()));
        }
        return folders;
    }
}
