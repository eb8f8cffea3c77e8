package dev.headroom.serving;

import dev.headroom.gate.Gate;
import dev.headroom.generation.GeneratingModel;
import dev.headroom.generation.GenerationMeters;
import dev.headroom.generation.Generator;
import dev.headroom.generation.TextModel;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.serving.DeviceModels.OpenedDecoder;
import dev.headroom.session.Decoder;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** A model that generates text: planned, then open, then served. Any thread may read; {@link GeneratingModels} moves it on. */
final class HostedGenerator {

    private static final Logger LOG = Logger.getLogger(HostedGenerator.class);

    private final ModelSpec spec;
    private volatile GenerationDemand demand;
    private volatile GenerationPlan plan;
    private volatile Decoder decoder;
    private volatile Generator generator;
    private volatile GeneratingModel served;

    /** A model that is closed. */
    HostedGenerator(ModelSpec spec) {
        this.spec = spec;
        this.demand = spec.generationDemand();
    }

    ModelSpec spec() {
        return spec;
    }

    /** The facts that its plan follows from, as far as they are known. */
    GenerationDemand demand() {
        return demand;
    }

    /** Plans with so many bytes. */
    void plan(long bytes, GenerationPlan.Terms terms) {
        plan = GenerationPlan.of(demand, bytes, terms);
    }

    /** It is open. */
    void opened(OpenedDecoder opened) {
        decoder = opened.decoder();
        demand = demand.opened(Math.max(opened.takenBytes(), 1));
    }

    /** Plans anew within the same bytes, once it is known what the model takes of them. */
    void planOpened(GenerationPlan.Terms terms) {
        plan(plan.memory().value(), terms);
        decoder.mayNotPad().ifPresent(reason -> plan = plan.oneAtATime(reason));
        if (terms.keeps()) {
            decoder.mayNotCopy().ifPresent(reason -> plan = plan.keepingNothing(reason));
        }
    }

    /** Reads a token, and then continues it by another. The device's thread calls. */
    void warmUp() {
        try {
            Prompt prompt = decoder.prompts().begin(2);
            decoder.prompts().read(prompt, new int[1]);
            decoder.join(prompt);
            decoder.step(new int[1]);
        } catch (RunFailedException e) {
            LOG.debugf(e, "%s was not warmed up", spec.name());
        } finally {
            decoder.clear();
        }
    }

    /** Serves it. */
    void serve(Gate gate, MeterRegistry registry) {
        generator = new Generator(decoder, gate, plan, new GenerationMeters(registry, spec.name()));
        served = new GeneratingModel(spec, plan, generator);
        generator.start();
    }

    /** It, while it is served. */
    Optional<TextModel> served() {
        return Optional.ofNullable(served);
    }

    void readAhead() {
        Optional.ofNullable(served).ifPresent(GeneratingModel::readAhead);
    }

    private List<String> remarks() {
        Optional<String> ofGraphs = Optional.ofNullable(decoder).flatMap(Decoder::remark);
        return Stream.concat(spec.remarks().stream(), ofGraphs.stream()).toList();
    }

    GenerationReport report() {
        return new GenerationReport(spec.names(), demand, plan, remarks(), spec.origin());
    }

    boolean busy() {
        return generator != null && generator.busy();
    }

    void drain() {
        Optional.ofNullable(generator).ifPresent(Generator::drain);
    }

    void close() {
        Optional.ofNullable(generator).ifPresent(Generator::close);
    }
}
