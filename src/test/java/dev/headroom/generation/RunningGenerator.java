package dev.headroom.generation;

import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.plan.Setting;
import dev.headroom.plan.Source;
import dev.headroom.request.Urgency;
import dev.headroom.session.DecoderModel;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Stories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A real model that generates text on a device of its own. */
final class RunningGenerator implements AutoCloseable {

    private static final Sampling GREEDY_TOLD =
            new Sampling(0, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.empty(), 0, false);

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final DeviceThread thread = new DeviceThread("test");
    final Gate gate = new Gate(thread, DeviceMemory.UNKNOWN);
    final GeneratingModel model;
    private final DecoderModel decoder;
    private final Generator generator;

    private RunningGenerator(ModelSpec spec, GenerationPlan plan) {
        decoder = thread.call(() -> DecoderModel.open(spec, new Cpu(1)));
        generator = new Generator(decoder, gate, plan, new GenerationMeters(meters, spec.name()));
        model = new GeneratingModel(spec, plan, generator);
        generator.start();
    }

    /** The small Llama in a form, with so many bytes for keys and values and so many rows. */
    static RunningGenerator of(String form, long cacheBytes, int rows) {
        long tokens = Math.min(512, cacheBytes / (5 * 2 * 4 * 16 * 4));
        return new RunningGenerator(
                Stories.spec(form),
                new GenerationPlan(
                        setting(cacheBytes),
                        setting(cacheBytes),
                        setting(tokens),
                        setting(tokens),
                        setting(rows),
                        setting(512)));
    }

    private static Setting setting(long value) {
        return new Setting(value, "", Source.SET, "the test wants it");
    }

    /** Has a prompt continued by the most probable tokens. */
    Told generate(int[] prompt, int tokens) {
        Told told = new Told();
        model.generate(new GenerationRequest(prompt, GREEDY_TOLD, tokens, List.of(), Urgency.INTERACTIVE), told);
        return told;
    }

    double count(String meter) {
        return meters.get(meter).counter().count();
    }

    @Override
    public void close() {
        generator.close();
        thread.call(() -> {
            decoder.close();
            return null;
        });
        thread.close();
    }
}
