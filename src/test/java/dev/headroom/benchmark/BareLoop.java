package dev.headroom.benchmark;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/** The model in a loop on texts that are batches already, whose output nobody reads: what no service can exceed. */
final class BareLoop implements AutoCloseable {

    private final OrtSession session;
    private final BareSetting setting;
    private final List<Map<String, OnnxTensor>> batches;
    private final ExecutorService lanes;

    /** Cuts the texts' tokens into batches, and runs the first and the last. */
    BareLoop(BareModel model, List<long[]> tokens, BareSetting setting) {
        this.setting = setting;
        session = model.session(setting.threads());
        lanes = Executors.newFixedThreadPool(
                setting.lanes(), Thread.ofPlatform().daemon().factory());
        List<long[]> rows = new ArrayList<>(tokens);
        if (setting.sorted()) {
            rows.sort(Comparator.comparingInt(row -> row.length));
        }
        batches = IntStream.iterate(0, from -> from < rows.size(), from -> from + setting.batch())
                .mapToObj(from -> model.batch(rows.subList(from, Math.min(rows.size(), from + setting.batch()))))
                .toList();
        run(0);
        run(batches.size() - 1);
    }

    /** Texts in a second, and how long batches took. */
    Measurement measure(double seconds) {
        BareRounds rounds = new BareRounds(batches.size(), seconds);
        List<CompletableFuture<Void>> all = IntStream.range(0, setting.lanes())
                .mapToObj(lane -> CompletableFuture.runAsync(() -> rounds.each(this::run), lanes))
                .toList();
        all.forEach(CompletableFuture::join);
        return Measurement.of(rounds.perSecond() * Workload.TEXTS, rounds.latency());
    }

    private void run(int batch) {
        try (Result _ = session.run(batches.get(batch))) {
            // only the run is timed
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        lanes.close();
        batches.forEach(batch -> batch.values().forEach(OnnxTensor::close));
    }
}
