package dev.headroom.hub;

import dev.headroom.hub.Exchange.Receiver;
import dev.headroom.hub.HubClient.Answer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Brings the missing files of a repository into a cache, several at a time.
 *
 * @param client sends the requests
 * @param cache takes the files
 * @param retries decides how often a request is repeated
 * @param progress follows the bytes
 */
record Downloads(HubClient client, HubCache cache, Retries retries, Progress progress) {

    private static final int AT_A_TIME = 4;

    /** Ignores bodies: a HEAD request has none. */
    private static final Receiver NOTHING = new Receiver() {
        @Override
        public void begin(int status, HttpHeaders headers) {
            // headers alone count
        }

        @Override
        public void take(byte[] bytes) {
            // as above
        }
    };

    /**
     * Brings the files. The first failure ends the other downloads, which a later call goes on with.
     *
     * @throws IOException as the first failure has it
     */
    void bring(Repository repository, List<HubFile> files) throws IOException {
        List<HubFile> known = new ArrayList<>();
        for (HubFile file : files) {
            known.add(file.etag().isPresent() && file.size().isPresent() ? file : asked(repository, file));
        }
        long missing = known.stream().mapToLong(this::missingBytes).sum();
        checkRoom(repository, missing);
        progress.begins(repository.name().toString(), known.size(), missing);
        try {
            all(repository, known);
        } finally {
            progress.ends();
        }
    }

    private void all(Repository repository, List<HubFile> files) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(AT_A_TIME, files.size()),
                Thread.ofPlatform().daemon().name("headroom-hub-", 0).factory());
        try {
            ExecutorCompletionService<HubFile> ended = new ExecutorCompletionService<>(threads);
            files.forEach(file -> ended.submit(() -> one(repository, file), file));
            for (int i = 0; i < files.size(); i++) {
                ended.take().get();
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the process ends");
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    private static IOException failure(Throwable cause) {
        return switch (cause) {
            case UncheckedIOException wrapped -> wrapped.getCause();
            case RuntimeException own -> throw own;
            case Error error -> throw error;
            default -> new IOException(cause);
        };
    }

    private void one(Repository repository, HubFile file) {
        URI address = client.file(repository.name(), repository.commit(), file.path());
        String etag = file.etag().orElseThrow();
        try {
            cache.locked(etag, alone -> {
                if (!cache.has(repository.commit(), file)) {
                    Path blob = cache.blob(etag);
                    new BlobDownload(client, file, address, progress::received).to(blob, alone, retries);
                    cache.link(repository.commit(), file.path(), etag);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file with the size and the ETag that the Hub's list has left out. */
    private HubFile asked(Repository repository, HubFile file) throws IOException {
        URI address = client.file(repository.name(), repository.commit(), file.path());
        Answer answer = retries.run(() -> 0, () -> client.send("HEAD", address, Map.of(), NOTHING));
        String etag = answer.header("X-Linked-Etag")
                .or(() -> answer.header("ETag"))
                .flatMap(HubFile::etagOf)
                .orElseThrow(() -> new Refusal("%s sends no ETag of %s that a cache can be named by"
                        .formatted(address.getHost(), file.path())));
        OptionalLong size = answer
                .header("X-Linked-Size")
                .or(() -> answer.header("Content-Length"))
                .filter(text -> text.matches("\\d{1,18}"))
                .stream()
                .mapToLong(Long::parseLong)
                .findFirst();
        return new HubFile(file.path(), size, Optional.of(etag));
    }

    /** Bytes of a file that are not here yet. */
    private long missingBytes(HubFile file) {
        Path blob = cache.blob(file.etag().orElseThrow());
        long size = file.size().orElse(0);
        if (HubCache.isWhole(blob, file)) {
            return 0;
        }
        try {
            Path incomplete = BlobDownload.incomplete(blob, "");
            return Math.max(0, size - (Files.exists(incomplete) ? Files.size(incomplete) : 0));
        } catch (IOException e) {
            return size;
        }
    }

    private void checkRoom(Repository repository, long missing) throws IOException {
        Files.createDirectories(cache.root());
        long free = Files.getFileStore(cache.root()).getUsableSpace();
        if (missing > free) {
            throw new HubException(
                    "%s: %,d bytes are to be downloaded, and the volume of the cache %s has %,d free: make room, or set HF_HOME to a folder on a larger one."
                            .formatted(repository.name(), missing, cache.root(), free));
        }
    }
}
