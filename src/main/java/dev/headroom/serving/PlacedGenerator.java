package dev.headroom.serving;

import dev.headroom.generation.GenerationMeters;
import dev.headroom.generation.Generator;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.GenerationDemand;
import dev.headroom.plan.GenerationPlan;
import dev.headroom.serving.DeviceModels.OpenedDecoder;
import dev.headroom.session.Decoder;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.Prompt;
import dev.headroom.session.RunFailedException;
import dev.headroom.session.RunFailedException.Kind;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** A model that generates text as it is open on one device. Any thread may read; {@link HostedGenerator} moves it on. */
final class PlacedGenerator {

    private static final Logger LOG = Logger.getLogger(PlacedGenerator.class);

    private final ServedDevice device;
    private final Decoder decoder;
    private final GenerationDemand demand;
    private final GenerationPlan planned; // before it was open
    private volatile GenerationPlan plan;

    /**
     * A model that has been opened.
     *
     * @param demand the facts that were known before
     * @param plan its plan for this device by these
     */
    PlacedGenerator(ServedDevice device, OpenedDecoder opened, GenerationDemand demand, GenerationPlan plan) {
        this.device = device;
        this.decoder = opened.decoder();
        this.demand = demand.opened(Math.max(opened.takenBytes(), 1));
        this.planned = plan;
        this.plan = plan;
    }

    /** Its device. */
    ServedDevice device() {
        return device;
    }

    /** The facts that its plan follows from. */
    GenerationDemand demand() {
        return demand;
    }

    GenerationPlan plan() {
        return plan;
    }

    /** True if its device is as another one: their plans differ at most by what was measured when it was opened. */
    boolean isLike(PlacedGenerator other) {
        return planned.equals(other.planned);
    }

    /** A sentence on its CUDA graphs; empty where they are not wanted. */
    Optional<String> remark() {
        return decoder.remark();
    }

    /** Runs once, when it has the device alone, because a first run is slower than others. */
    CompletableFuture<Void> warmUp() {
        return device.alone(this::warmUpNow);
    }

    /** Reads a token, and then continues it by another; a graph that cannot do that can answer nobody. The device's thread calls. */
    private void warmUpNow() {
        try {
            Prompt prompt = decoder.prompts().begin(2);
            decoder.prompts().read(prompt, new int[1]);
            decoder.join(prompt);
            decoder.step(new int[1]);
        } catch (RunFailedException e) {
            if (e.kind() == Kind.OTHER) {
                throw new BrokenModelException(
                        "%s: ONNX Runtime cannot run the graph (%s); export it again, or take the model out."
                                .formatted(demand.name(), e.getMessage()));
            }
            LOG.debugf(e, "%s was not warmed up", demand.name());
        } finally {
            decoder.clear();
        }
    }

    /**
     * Plans anew within the same bytes, because it is known now what the model takes of them.
     *
     * @throws dev.headroom.settings.PlanRefusedException when not even a short sequence fits
     */
    void planOpened(GenerationPlan.Terms terms) {
        plan = Generator.suited(GenerationPlan.of(demand, plan.memory().value(), terms), decoder);
    }

    /** Makes what continues its sequences. */
    Generator generator(GenerationMeters meters) {
        return new Generator(decoder, device.gate(), plan, meters);
    }

    /** Closes it, before it has been served. */
    void close() {
        DeviceThread.join(device.models().close(decoder));
    }
}
