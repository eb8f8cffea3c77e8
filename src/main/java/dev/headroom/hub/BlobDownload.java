package dev.headroom.hub;

import dev.headroom.hub.Exchange.Receiver;
import dev.headroom.hub.HubClient.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * Brings the content of one file into a cache. It goes on where an earlier download ended, and nobody sees the file before it
 * is whole and has been checked. Used by one thread.
 */
final class BlobDownload {

    /** A proxy on the way may spoil a file once. */
    private static final int MOST_WRONG = 2;

    private final HubClient client;
    private final HubFile file;
    private final URI address;
    private final LongConsumer received;
    private long longest;

    /**
     * A download of a file whose ETag is known.
     *
     * @param received gets the number of bytes whenever some have come; fewer than 0 if so many were of no use
     */
    BlobDownload(HubClient client, HubFile file, URI address, LongConsumer received) {
        this.client = client;
        this.file = file;
        this.address = address;
        this.received = received;
    }

    /**
     * Brings the content, unless it is there by now.
     *
     * @param alone false if another process may do the same at the same time
     * @throws HubException when the content is another one than the ETag says
     * @throws PassingException when the server fails as often as retries allow
     * @throws Refusal when the server refuses
     * @throws IOException when the cache cannot be written
     */
    void to(Path blob, boolean alone, Retries retries) throws IOException {
        if (HubCache.isWhole(blob, file)) {
            return;
        }
        Files.createDirectories(blob.getParent());
        Path incomplete = incomplete(blob, alone ? "" : "." + UUID.randomUUID());
        for (int i = 0; i < MOST_WRONG; i++) {
            longest = 0;
            retries.run(() -> longest, () -> {
                transfer(incomplete);
                return incomplete;
            });
            if (Checksum.holds(incomplete, file.etag().orElseThrow())) {
                Files.move(incomplete, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            received.accept(-Files.size(incomplete));
            Files.delete(incomplete);
        }
        throw new HubException(
                "%s sent %s %d times with another content than its ETag %s says: check the proxy or the mirror on the way, or try again later."
                        .formatted(
                                address.getHost(),
                                file.path(),
                                MOST_WRONG,
                                file.etag().orElseThrow()));
    }

    /** The file that a download grows in. */
    static Path incomplete(Path blob, String mark) {
        return blob.resolveSibling(blob.getFileName() + mark + ".incomplete");
    }

    /** Requests all that is missing, once. */
    private void transfer(Path incomplete) throws IOException, InterruptedException {
        try (FileChannel channel = FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long wanted = file.size().orElse(Long.MAX_VALUE);
            if (channel.size() > wanted) {
                channel.truncate(0);
            }
            if (channel.size() < wanted) {
                request(channel);
            }
            if (file.size().isPresent() && channel.size() != wanted) {
                throw broken("sent %,d of the %,d bytes of %s".formatted(channel.size(), wanted, file.path()));
            }
            channel.force(true);
        }
    }

    private void request(FileChannel channel) throws IOException, InterruptedException {
        long from = channel.size();
        Map<String, String> range = from == 0 ? Map.of() : Map.of("Range", "bytes=" + from + "-");
        try {
            Answer answer = client.send("GET", address, range, new Writer(channel, from));
            if (answer.status() == 416) {
                received.accept(-from);
                channel.truncate(0);
                throw broken("knows no bytes of %s from %,d on".formatted(file.path(), from));
            }
        } finally {
            longest = Math.max(longest, channel.size());
        }
    }

    private PassingException broken(String words) {
        return new PassingException(address.getHost() + " " + words, Duration.ZERO);
    }

    /** Writes what comes behind what is there. */
    private final class Writer implements Receiver {

        private final FileChannel channel;
        private final long from;

        private Writer(FileChannel channel, long from) {
            this.channel = channel;
            this.from = from;
        }

        @Override
        public void begin(int status, HttpHeaders headers) throws IOException {
            if (status == 206) {
                String range = headers.firstValue("Content-Range").orElse("");
                if (!range.startsWith("bytes " + from + "-")) {
                    throw broken("sent another part of %s than was asked for".formatted(file.path()));
                }
            } else {
                received.accept(-channel.size());
                channel.truncate(0);
            }
            channel.position(channel.size());
        }

        @Override
        public void take(byte[] bytes) throws IOException {
            if (channel.position() + bytes.length > file.size().orElse(Long.MAX_VALUE)) {
                throw broken("sent more than the %,d bytes of %s"
                        .formatted(file.size().getAsLong(), file.path()));
            }
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            received.accept(bytes.length);
        }
    }
}
