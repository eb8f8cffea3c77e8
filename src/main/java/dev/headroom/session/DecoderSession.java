package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;

import dev.headroom.model.ModelSpec;
import dev.headroom.model.onnx.DecoderGraph;
import dev.headroom.model.onnx.DecoderGraph.CachePort;
import dev.headroom.model.onnx.DecoderGraph.Port;
import dev.headroom.model.onnx.LastScores;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A session of a graph that continues keys and values. It runs by the C API: only that writes outputs into memory of the
 * device. The device's thread calls.
 */
final class DecoderSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DecoderSession.class);

    private static final int RELEASE_VALUE = 96;

    private final OrtApi api = OrtRuntime.env().api();
    private final OnnxSession session;
    private final KeyValueMemory memory;
    private final OrtTensors tensors;
    private final InputTensors inputs;
    private final DecoderGraph graph;
    private final List<Port> ports;
    private final GraphCall call;
    private final LogitsReader logits;
    private final Optional<StepGraphs> steps;
    private final OrtRunOptions usual;
    private OrtRunOptions options; // of the next run

    /**
     * Opens it.
     *
     * @throws dev.headroom.model.file.BrokenModelException when ONNX Runtime cannot load the graph
     */
    DecoderSession(ModelSpec spec, DecoderGraph graph, ExecutionProvider provider) {
        this.graph = graph;
        LastScores last = spec.lastScores(provider instanceof Cuda);
        String scores = last.output();
        session = new OnnxSession(spec, StepGraphs.suited(graph, provider), last.edit());
        memory = new KeyValueMemory(session.pointer(), provider);
        tensors = new OrtTensors(api, memory.info());
        inputs = new InputTensors(tensors, graph.inputs());
        logits = new LogitsReader(api);
        ports = graph.inputs().all();
        Stream<String> pasts = graph.cache().stream().map(CachePort::past);
        Stream<String> presents = graph.cache().stream().map(CachePort::present);
        call = new GraphCall(
                session.pointer(),
                Stream.concat(ports.stream().map(Port::name), pasts).toList(),
                Stream.concat(Stream.of(scores), presents).toList());
        steps = session.hasGraphs() ? Optional.of(new StepGraphs(session, graph, scores)) : Optional.empty();
        usual = new OrtRunOptions(api, eager());
        options = usual;
    }

    /** Without a graph, where the session would capture each run. */
    private Map<String, String> eager() {
        return steps.isPresent() ? Map.of(CudaGraphs.RUN_OPTION, CudaGraphs.NONE) : Map.of();
    }

    /** True if steps run as CUDA graphs once their shape has been frequent. */
    boolean hasStepGraphs() {
        return steps.isPresent();
    }

    /** A sentence on its CUDA graphs; empty where they are not wanted. Any thread may call. */
    Optional<String> remark() {
        return session.remark();
    }

    /** Bytes that the keys and values of one token take. */
    long bytesPerToken() {
        return graph.bytesPerToken();
    }

    /** Keys and values of no rows, which take no memory. */
    KeyValues noKeyValues() {
        return new KeyValues(memory, graph);
    }

    /**
     * Takes memory for keys and values beside the session, which holds zeros.
     *
     * @throws RunFailedException when there is no room
     */
    KeyValues zeros(int rows, int capacity) throws RunFailedException {
        return KeyValues.zeros(memory, graph, rows, capacity);
    }

    /**
     * Takes memory for keys and values that the next run writes as a whole.
     *
     * @throws RunFailedException when there is no room
     */
    KeyValues unwritten(int rows, int capacity) throws RunFailedException {
        return KeyValues.unwritten(memory, graph, rows, capacity);
    }

    /** Rows of keys and values as inputs, or outputs, of runs. */
    KeyValueView view(KeyValues all, int rows) {
        return new KeyValueView(api, tensors, graph, all, rows);
    }

    /**
     * Reads tokens.
     *
     * @param present takes the keys and values of the past and of these tokens; the past itself where the graph shares them
     * @return the scores after each row's last token, until the next run
     * @throws RunFailedException when the device did not run them
     */
    Logits run(DecoderInput input, KeyValueView past, KeyValueView present) throws RunFailedException {
        List<MemorySegment> made = new ArrayList<>();
        memory.turn().lock();
        try (Arena scope = Arena.ofConfined()) {
            for (Port port : ports) {
                made.add(inputs.tensor(scope, port, input));
            }
            MemorySegment values =
                    scope.allocate(ADDRESS, made.size() + graph.cache().size());
            MemorySegment outputs = scope.allocate(ADDRESS, 1 + graph.cache().size());
            for (int i = 0; i < made.size(); i++) {
                values.setAtIndex(ADDRESS, i, made.get(i));
            }
            past.into(values, made.size());
            present.into(outputs, 1);
            call.run(options, values, outputs);
            made.add(outputs.getAtIndex(ADDRESS, 0));
            return logits.read(made.getLast(), input.rows());
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        } finally {
            made.forEach(value -> api.release(RELEASE_VALUE, value));
            memory.turn().unlock();
        }
    }

    /**
     * Reads a token of each row by a CUDA graph, which computes in memory that was free when only these rows were there.
     *
     * @param views the first rows of all
     * @return empty where there is no graph, so that nothing ran
     * @throws RunFailedException when the device failed
     */
    Optional<Logits> runAsGraph(DecoderInput input, KeyValues all, IntFunction<KeyValueView> views)
            throws RunFailedException {
        return steps.isPresent() && memory.blocks() == graph.cache().size()
                ? steps.get().run(input, all, views, logits)
                : Optional.empty();
    }

    /** ONNX Runtime shrinks an arena at the end of a run, so that one token is read for it. */
    void shrink(Prompts prompts) {
        try (OrtRunOptions shrinking = shrinking()) {
            options = shrinking;
            Prompt prompt = prompts.begin(1);
            try {
                prompts.read(prompt, new int[1]);
            } finally {
                prompts.drop(prompt);
            }
        } catch (RunFailedException e) {
            LOG.debugf(e, "An arena was not shrunk");
        } finally {
            options = usual;
        }
    }

    private OrtRunOptions shrinking() {
        Map<String, String> entries = new HashMap<>(eager());
        entries.put("memory.enable_memory_arena_shrinkage", session.provider().arena());
        return new OrtRunOptions(api, entries);
    }

    @Override
    public void close() {
        steps.ifPresent(StepGraphs::close);
        usual.close();
        tensors.close();
        memory.close();
        session.close();
        call.close();
    }
}
