package dev.headroom.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Finds models on the Hub and brings their files into the cache. One thread uses it and closes it. Nothing of HTTP is loaded
 * before the first request.
 */
public final class Hub implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger("dev.headroom");

    private static final int TRIES = 5;

    private final HubSettings settings;
    private final Progress progress;
    private final Retries retries;
    private Optional<HubClient> client = Optional.empty();

    /** A Hub by its settings; the progress follows downloads. */
    public Hub(HubSettings settings, Progress progress) {
        this(settings, progress, new Retries(TRIES, Thread::sleep));
    }

    Hub(HubSettings settings, Progress progress, Retries retries) {
        this.settings = settings;
        this.progress = progress;
        this.retries = retries;
    }

    /** The settings that it follows. */
    public HubSettings settings() {
        return settings;
    }

    /**
     * Finds a repository: its commit and its files. A commit whose list is in the cache needs no request. Where the Hub cannot
     * be asked, the cache's last knowledge holds, with a warning.
     *
     * @throws HubException when there is no such repository, or neither Hub nor cache tell
     */
    public Repository find(HubName name) {
        HubCache cache = cache(name);
        Optional<Repository> known = cache.commit().flatMap(commit -> cached(name, commit));
        if (!settings.offline()
                && name.pinned()
                && known.isPresent()
                && cache.listing(name.revision()).isPresent()) {
            return known.get().whole();
        }
        if (settings.offline()) {
            return known.orElseThrow(() -> new HubException(
                    "%s: HF_HUB_OFFLINE is set, and the cache %s does not have it: pull it into that folder, or set HF_HOME to the one that has it."
                            .formatted(name, settings.cache())));
        }
        try {
            return ask(name, retries.of(known.isPresent() ? 1 : retries.tries()));
        } catch (HubException e) {
            if (e.decided() || known.isEmpty()) {
                throw e;
            }
            LOG.warnf(
                    "The Hub was not asked for the newest commit of %s, so that %s of the cache is served: %s",
                    name, known.get().commit(), e.getMessage());
            return known.get();
        }
    }

    /** The repository as far as the cache has it. */
    private Optional<Repository> cached(HubName name, String commit) {
        HubCache cache = cache(name);
        return cache.present(commit)
                .map(present -> new Repository(
                        name,
                        commit,
                        cache.listing(commit).orElse(present),
                        present.files().keySet()));
    }

    private Repository ask(HubName name, Retries tries) {
        try {
            JsonNode description = new Description(client()).of(name, tries);
            String commit = description.path("sha").asText();
            if (!HubCache.isCommit(commit)) {
                throw new HubException("%s: %s does not answer as a Hub does: check HF_ENDPOINT."
                        .formatted(name, settings.endpoint()));
            }
            Listing listing = Listing.ofHub(description);
            keep(name, commit, listing);
            return new Repository(name, commit, listing, listing.files().keySet());
        } catch (IOException e) {
            throw HubException.of(name, settings, e);
        }
    }

    /** Keeps what the Hub said, where the cache can be written. */
    private void keep(HubName name, String commit, Listing listing) {
        try {
            cache(name).keep(commit, listing);
        } catch (IOException e) {
            LOG.debugf(e, "The cache keeps no list of the files of %s", name);
        }
    }

    /**
     * Makes the cache know this commit for the branch or tag. Called once all files are there, so that a start without the Hub
     * never finds a commit whose download has not ended.
     */
    public void keep(Repository repository) {
        try {
            cache(repository.name()).keep(repository.commit());
        } catch (IOException e) {
            LOG.debugf(e, "The cache keeps no commit of %s", repository.name());
        }
    }

    /** The paths of a repository's files; none where there is no such repository, or no answer at the first try. */
    public Set<String> peek(HubName name) {
        try {
            return settings.offline()
                    ? Set.of()
                    : Listing.ofHub(new Description(client()).of(name, retries.of(1)))
                            .files()
                            .keySet();
        } catch (IOException e) {
            return Set.of();
        }
    }

    /**
     * Brings files into the cache, those that it does not have.
     *
     * @param paths files of the repository
     * @return the folder with them
     * @throws HubException when one cannot be had
     */
    public Path fetch(Repository repository, Collection<String> paths) {
        HubCache cache = cache(repository.name());
        List<HubFile> missing = paths.stream()
                .distinct()
                .map(repository.listing().files()::get)
                .filter(file -> !cache.has(repository.commit(), file))
                .toList();
        if (!missing.isEmpty()) {
            if (settings.offline()) {
                throw new HubException("%s: HF_HUB_OFFLINE is set, and the cache %s lacks %s: pull it into that folder."
                        .formatted(
                                repository.name(),
                                settings.cache(),
                                missing.getFirst().path()));
            }
            try {
                new Downloads(client(), cache, retries, progress).bring(repository, missing);
            } catch (IOException e) {
                throw HubException.of(repository.name(), settings, e);
            }
        }
        return cache.snapshot(repository.commit());
    }

    private HubCache cache(HubName name) {
        return new HubCache(settings.cache(), name, settings.links());
    }

    private HubClient client() {
        if (client.isEmpty()) {
            client = Optional.of(new HubClient(settings));
        }
        return client.get();
    }

    @Override
    public void close() {
        client.ifPresent(HubClient::close);
        client = Optional.empty();
    }
}
