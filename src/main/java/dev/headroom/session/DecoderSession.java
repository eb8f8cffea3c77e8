package dev.headroom.session;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.headroom.model.DecoderGraph;
import dev.headroom.model.DecoderGraph.CachePort;
import dev.headroom.model.DecoderGraph.Port;
import dev.headroom.model.ModelSpec;
import dev.headroom.session.Decoder.Prompt;
import dev.headroom.session.ExecutionProvider.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * A session of a graph that continues keys and values. It runs by the C API: only that writes outputs into memory of the
 * device. The device's thread calls.
 */
final class DecoderSession implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(DecoderSession.class);

    private static final int RUN = 9;
    private static final int CREATE_RUN_OPTIONS = 39;
    private static final int RELEASE_VALUE = 96;
    private static final int RELEASE_RUN_OPTIONS = 97;
    private static final int ADD_RUN_CONFIG_ENTRY = 165;
    private static final int BOOL = 9;

    private final OrtApi api = OrtRuntime.env().api();
    private final OnnxSession session;
    private final MemorySegment pointer;
    private final KeyValueMemory memory;
    private final OrtTensors tensors;
    private final DecoderGraph graph;
    private final List<Port> ports;
    private final Arena names = Arena.ofShared();
    private final MemorySegment inputNames;
    private final MemorySegment outputNames;
    private final LogitsReader logits;
    private MemorySegment options = MemorySegment.NULL; // of the next run

    /**
     * Opens it.
     *
     * @throws dev.headroom.model.BrokenModelException when ONNX Runtime cannot load the graph
     */
    DecoderSession(ModelSpec spec, DecoderGraph graph, ExecutionProvider provider) {
        this.graph = graph;
        session = new OnnxSession(spec, provider);
        pointer = session.pointer();
        memory = new KeyValueMemory(pointer, provider);
        tensors = new OrtTensors(api, memory.info());
        logits = new LogitsReader(api);
        ports = graph.inputs().all();
        inputNames = array(Stream.concat(
                        ports.stream().map(Port::name), graph.cache().stream().map(CachePort::past))
                .toList());
        outputNames = array(Stream.concat(
                        Stream.of(spec.lastScores(provider instanceof Cuda).output()),
                        graph.cache().stream().map(CachePort::present))
                .toList());
    }

    private MemorySegment array(List<String> texts) {
        MemorySegment array = names.allocate(ADDRESS, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ADDRESS, i, names.allocateFrom(texts.get(i)));
        }
        return array;
    }

    /** Bytes that the keys and values of one token take. */
    long bytesPerToken() {
        return graph.bytesPerToken();
    }

    /** Keys and values of no rows, which take no memory. */
    KeyValues noKeyValues() {
        return new KeyValues(memory, graph, 0, 0);
    }

    /**
     * Takes memory for keys and values beside the session.
     *
     * @throws RunFailedException when there is no room
     */
    KeyValues keyValues(int rows, int capacity) throws RunFailedException {
        try {
            return new KeyValues(memory, graph, rows, capacity);
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        }
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
                made.add(tensor(scope, port, input));
            }
            MemorySegment inputs =
                    scope.allocate(ADDRESS, made.size() + graph.cache().size());
            MemorySegment outputs = scope.allocate(ADDRESS, 1 + graph.cache().size());
            for (int i = 0; i < made.size(); i++) {
                inputs.setAtIndex(ADDRESS, i, made.get(i));
            }
            past.into(inputs, made.size());
            present.into(outputs, 1);
            call(inputs, outputs);
            made.add(outputs.getAtIndex(ADDRESS, 0));
            return logits.read(made.getLast(), input.rows());
        } catch (IllegalStateException e) {
            throw RunFailures.classify(e);
        } finally {
            made.forEach(value -> api.release(RELEASE_VALUE, value));
            memory.turn().unlock();
        }
    }

    /** ONNX Runtime shrinks an arena at the end of a run, so that one token is read for it. */
    void shrink(Decoder decoder) {
        options = shrinking();
        try {
            Prompt prompt = decoder.begin(1);
            try {
                decoder.read(prompt, new int[1]);
            } finally {
                decoder.drop(prompt);
            }
        } catch (RunFailedException e) {
            LOG.debugf(e, "An arena was not shrunk");
        } finally {
            api.release(RELEASE_RUN_OPTIONS, options);
            options = MemorySegment.NULL;
        }
    }

    private MemorySegment shrinking() {
        MemorySegment made = api.create(CREATE_RUN_OPTIONS);
        try (Arena scope = Arena.ofConfined()) {
            api.call(
                    ADD_RUN_CONFIG_ENTRY,
                    made,
                    scope.allocateFrom("memory.enable_memory_arena_shrinkage"),
                    scope.allocateFrom(session.provider().arena()));
        }
        return made;
    }

    private void call(MemorySegment inputs, MemorySegment outputs) {
        api.call(
                RUN,
                pointer,
                options,
                inputNames,
                inputs,
                (long) ports.size() + graph.cache().size(),
                outputNames,
                1L + graph.cache().size(),
                outputs);
    }

    private MemorySegment tensor(Arena scope, Port port, DecoderInput input) {
        DecoderGraph.Inputs inputs = graph.inputs();
        if (inputs.useCache().filter(port::equals).isPresent()) {
            MemorySegment flag = scope.allocate(1);
            flag.set(JAVA_BOOLEAN, 0, !input.first());
            return tensors.onHost(flag, BOOL, 1);
        }
        if (inputs.keep().filter(port::equals).isPresent()) {
            return whole(scope, port, new long[] {1}, port.rank() == 0 ? new long[0] : new long[] {1});
        }
        if (port.equals(inputs.ids())) {
            return whole(scope, port, input.ids(), input.rows(), input.width());
        }
        return inputs.mask().filter(port::equals).isPresent()
                ? whole(scope, port, input.mask(), input.rows(), input.maskWidth())
                : whole(scope, port, input.positions(), input.rows(), input.width());
    }

    private MemorySegment whole(Arena scope, Port port, long[] values, long... shape) {
        if (port.type() == DecoderGraph.INT64) {
            return tensors.onHost(scope.allocateFrom(JAVA_LONG, values), port.type(), shape);
        }
        MemorySegment ints = scope.allocate(JAVA_INT, values.length);
        for (int i = 0; i < values.length; i++) {
            ints.setAtIndex(JAVA_INT, i, (int) values[i]);
        }
        return tensors.onHost(ints, port.type(), shape);
    }

    @Override
    public void close() {
        tensors.close();
        memory.close();
        session.close();
        names.close();
    }
}
