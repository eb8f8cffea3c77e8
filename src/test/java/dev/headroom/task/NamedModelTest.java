package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.batch.BatchMeters;
import dev.headroom.batch.Batcher;
import dev.headroom.device.DeviceMemory;
import dev.headroom.gate.Gate;
import dev.headroom.model.ModelRepository;
import dev.headroom.model.ModelSpec;
import dev.headroom.plan.Plans;
import dev.headroom.request.Failure;
import dev.headroom.request.Item;
import dev.headroom.request.Outcome;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.task.Pipeline.Entry;
import dev.headroom.task.image.ImageLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two graphs of a dual encoder under one name. Each queue holds 8 items. */
class NamedModelTest {

    private static final int MOST = 8;
    private static final int MOST_BYTES = 1 << 20;

    private final DeviceThread device = new DeviceThread("test");
    private final Gate gate = new Gate(device, DeviceMemory.UNKNOWN);
    private final Preparation preparation = Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26));
    private NamedModel clip;

    @BeforeEach
    void open(@TempDir Path models) throws IOException {
        DualEncoders.copy("clip", models.resolve("clip"));
        clip = new NamedModel(
                "clip",
                new ModelRepository(models).scan().stream().map(this::pipeline).toList());
    }

    private Pipeline pipeline(ModelSpec spec) {
        Model model = device.call(() -> OnnxModel.open(spec, new Cpu(1)));
        Batcher batcher = new Batcher(
                model,
                gate,
                Plans.of(
                        "headroom.queue.max-items", Integer.toString(MOST),
                        "headroom.queue.max-bytes", Integer.toString(MOST_BYTES),
                        "headroom.timeout", "60s"),
                new BatchMeters(new SimpleMeterRegistry(), spec.name()));
        return OpenPipeline.of(new ModelTask(TaskFiles.read(spec.task()), model, preparation), batcher);
    }

    @AfterEach
    void close() {
        clip.graphs().forEach(Pipeline::close);
        device.close();
    }

    private static Entry text() {
        return new Entry("a text", new Input.Text("a cat"));
    }

    private static Entry image() throws IOException {
        return new Entry("an image", new Input.Image(DualEncoders.image("rgb.png")));
    }

    private List<Item<Answer>> run(List<Entry> entries) {
        return clip.run(entries, Options.USUAL, Urgency.INTERACTIVE);
    }

    private static int tokens(Item<Answer> item) {
        return assertInstanceOf(
                                        Outcome.Answered.class,
                                        item.outcome().join(),
                                        () -> item.outcome().join().toString())
                                .answer()
                        instanceof Answer.Embedding embedding
                ? embedding.tokens()
                : -1;
    }

    @Test
    void itemsKeepTheOrderOfTheirInputs() throws IOException {
        List<Item<Answer>> items = run(List.of(image(), text(), text(), image()));
        assertEquals(
                List.of(0, 4, 4, 0), items.stream().map(NamedModelTest::tokens).toList());
        assertEquals(
                List.of("an image", "a text", "a text", "an image"),
                items.stream().map(Item::id).toList());
    }

    @Test
    void wherePartOfARequestIsNotAdmittedNoneIs() throws IOException {
        Entry large = new Entry("a large image", new Input.Image(new byte[MOST_BYTES + 1]));
        List<Entry> entries = List.of(text(), image(), large);
        for (List<Entry> tooLarge : List.of(entries, entries.reversed())) {
            RequestFailedException refused = assertThrows(RequestFailedException.class, () -> run(tooLarge));
            assertInstanceOf(Failure.TooLarge.class, refused.failure());
            for (Pipeline graph : clip.graphs()) {
                assertFalse(graph.batcher().orElseThrow().idle().isNegative(), "nothing is held");
            }
        }
        assertEquals(0, preparation.decoders().waiting());
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            many.add(text());
            many.add(image());
        }
        assertTrue(run(many).stream().allMatch(item -> tokens(item) >= 0), "both queues have all their room");
    }

    @Test
    void moreThanTheQueuesHoldIsAnsweredInOrder() throws IOException {
        List<Entry> entries = new ArrayList<>();
        List<Integer> tokens = new ArrayList<>();
        for (int i = 0; i < 3 * MOST; i++) {
            entries.addAll(List.of(text(), image()));
            tokens.addAll(List.of(4, 0));
        }
        assertEquals(tokens, run(entries).stream().map(NamedModelTest::tokens).toList());
    }

    @Test
    void aProtocolOfGraphsIsToldThatThereAreTwo() {
        RequestFailedException refused = assertThrows(RequestFailedException.class, clip::graph);
        assertTrue(refused.getMessage().endsWith("ask for one of [clip/text, clip/image]."), refused.getMessage());
    }
}
