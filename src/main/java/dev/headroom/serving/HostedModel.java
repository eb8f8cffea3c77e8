package dev.headroom.serving;

import dev.headroom.measured.Opening;
import dev.headroom.model.ModelSpec;
import dev.headroom.model.Residence;
import dev.headroom.plan.Resident;
import dev.headroom.plan.Uses;
import dev.headroom.request.Failure;
import dev.headroom.task.Entrance;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model of the folder: the one graph or the two that are opened and closed together, and the entrance to them.
 *
 * <p>Any thread may read. Only {@link ModelLifecycle} and {@link Openings} change its state, one thread at a time.
 */
final class HostedModel implements Entrance.Host {

    private final String name;
    private final Residence residence;
    private final Entrance entrance;
    private final List<ServedModel> graphs;
    private final Footprint footprint;
    private final ModelStanding standing = new ModelStanding();
    private final OperatorOrder order;
    private final ResidencyCounters counters = new ResidencyCounters();
    private volatile Runnable wanted = () -> {};

    /**
     * A model that is closed.
     *
     * @param graphs makes its graphs, given its entrance
     */
    HostedModel(ModelSpec first, Function<Entrance, List<ServedModel>> graphs) {
        this.name = first.names().getFirst();
        this.residence = first.residence();
        this.order = new OperatorOrder(name);
        this.entrance = new Entrance(name, this);
        this.graphs = graphs.apply(entrance);
        this.footprint = new Footprint(this.graphs);
    }

    /** The name of its folder. */
    String name() {
        return name;
    }

    Residence residence() {
        return residence;
    }

    Entrance entrance() {
        return entrance;
    }

    List<ServedModel> graphs() {
        return graphs;
    }

    /** The memory of a device that it takes. */
    Footprint footprint() {
        return footprint;
    }

    /** True if a request may ask for it by this name. */
    boolean isCalled(String asked) {
        return graphs.stream()
                .flatMap(graph -> Stream.concat(Stream.of(graph.name()), graph.names().stream()))
                .anyMatch(asked::equals);
    }

    /** Its state. */
    ModelStanding standing() {
        return standing;
    }

    /** The last order of operators. */
    OperatorOrder order() {
        return order;
    }

    /** How often it was opened and closed. */
    ResidencyCounters counters() {
        return counters;
    }

    /** It is open. */
    void opened() {
        counters.opened();
        standing.move(ModelState.OPEN, "");
        entrance.open();
        order.reached(ModelState.OPEN);
    }

    /** Its opening has taken so long, first runs included; returns what each of its graphs took of it. */
    Map<ServedModel, Opening> measured(long nanos) {
        counters.took(nanos);
        long each = Duration.ofNanos(nanos).toMillis() / graphs.size();
        return graphs.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        graph -> new Opening(graph.sessions().heldBytes(), each)));
    }

    /** It could not be opened. Requests are told so for a while; the next one after that is a new try. */
    void failed(String why) {
        standing.move(ModelState.FAILED, why);
        entrance.refuse(new Failure.Unavailable(
                "The model %s could not be opened: %s".formatted(name, why), ModelState.PAUSE_AFTER_FAILURE));
        order.reached(ModelState.FAILED);
    }

    /** It may be opened again: one that failed after a while, and one that failed or was unloaded if an operator says so. */
    void accept() {
        standing.move(ModelState.CLOSED, "opened with the next request for it");
        entrance.accept();
    }

    /** It was closed by an operator. */
    void unloaded() {
        standing.move(ModelState.UNLOADED, "an operator unloaded it");
        entrance.refuse(new Failure.Unavailable(
                "The model %s was unloaded by an operator; load it with POST /v2/repository/models/%s/load."
                        .formatted(name, name),
                ModelState.PAUSE_AFTER_FAILURE));
        order.reached(ModelState.UNLOADED);
    }

    /** Runs the task whenever a request waits for it. */
    void whenWanted(Runnable task) {
        wanted = task;
    }

    @Override
    public void wanted() {
        wanted.run();
    }

    @Override
    public Optional<Duration> opening() {
        return graphs.stream().allMatch(graph -> graph.opening().isPresent())
                ? Optional.of(Duration.ofMillis(graphs.stream()
                        .flatMap(graph -> graph.opening().stream())
                        .mapToLong(Opening::millis)
                        .sum()))
                : Optional.empty();
    }

    @Override
    public long mostItems() {
        return graphs.getFirst().plan().queueItems().value();
    }

    /** The parts that its graphs have while they are served. */
    Stream<Serving> serving() {
        return graphs.stream().flatMap(graph -> graph.serving().stream());
    }

    /** True while requests to it are on their way. */
    boolean busy() {
        return serving().anyMatch(Serving::busy);
    }

    /**
     * The model as the policy sees it at this moment.
     *
     * @param ofASession bytes of the device that each session takes beside the arena
     */
    Resident resident(long now, long ofASession) {
        OptionalLong waits = entrance.oldestNanos();
        Uses uses = entrance.uses();
        ModelState state = standing.state();
        boolean open = state == ModelState.OPEN;
        boolean isWanted = state == ModelState.CLOSED && (order.kind() == OperatorOrder.Kind.LOAD || waits.isPresent());
        return new Resident(
                name,
                open ? Resident.State.OPEN : isWanted ? Resident.State.WANTED : Resident.State.CLOSED,
                footprint.baseBytes() + graphs.size() * ofASession,
                footprint.leastBatchBytes(),
                residence.pinned(),
                busy(),
                standing.sinceNanos(),
                uses.lastNanos(),
                uses.rate(now),
                waits.orElse(standing.sinceNanos()),
                opening().orElse(Duration.ZERO));
    }
}
