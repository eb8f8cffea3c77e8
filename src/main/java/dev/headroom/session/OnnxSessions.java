package dev.headroom.session;

import dev.headroom.model.ModelSpec;
import dev.headroom.model.file.BrokenModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A model's one or two sessions: for batches that share the device, and for batches that run alone. */
final class OnnxSessions implements AutoCloseable {

    private final ModelSpec spec;
    private OnnxSession lanes;
    private OnnxSession alone; // the session of the lanes, or its own

    /** This session for both. */
    OnnxSessions(ModelSpec spec, OnnxSession session) {
        this.spec = spec;
        this.lanes = session;
        this.alone = session;
    }

    /** The session for batches beside which others run. */
    OnnxSession lanes() {
        return lanes;
    }

    /** The session for batches that run alone. */
    OnnxSession alone() {
        return alone;
    }

    /**
     * Opens and closes sessions, so that batches run on these providers. One that fits stays open.
     *
     * @param warmUp runs a batch in a session that was opened
     * @throws BrokenModelException when a session does not open
     */
    void follow(ExecutionProvider shared, Optional<ExecutionProvider> single, Consumer<OnnxSession> warmUp) {
        List<OnnxSession> opened = new ArrayList<>();
        try {
            OnnxSession newLanes = session(shared, opened);
            OnnxSession newAlone = single.filter(provider -> !provider.equals(shared))
                    .map(provider -> session(provider, opened))
                    .orElse(newLanes);
            opened.forEach(warmUp);
            all().filter(old -> old != newLanes && old != newAlone).forEach(OnnxSession::close);
            lanes = newLanes;
            alone = newAlone;
        } catch (RuntimeException | Error e) {
            opened.forEach(OnnxSession::close);
            throw e;
        }
    }

    private OnnxSession session(ExecutionProvider provider, List<OnnxSession> opened) {
        return all().filter(open -> open.provider().equals(provider))
                .findFirst()
                .orElseGet(() -> {
                    opened.add(new OnnxSession(spec, provider));
                    return opened.getLast();
                });
    }

    private Stream<OnnxSession> all() {
        return Stream.of(lanes, alone).distinct();
    }

    /** Closes them and opens them again, one after the other: two at once would not fit. */
    void reopen() {
        close();
        all().forEach(OnnxSession::open);
    }

    @Override
    public void close() {
        all().forEach(OnnxSession::close);
    }
}
