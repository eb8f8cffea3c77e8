package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
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
import dev.headroom.request.ItemList;
import dev.headroom.request.Outcome;
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.WordModels;
import dev.headroom.task.Pipeline.Entry;
import dev.headroom.task.image.ImageLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of more items than the queue holds, which is 16. */
class PortionsTest {

    private static final int QUEUE = 16;
    private static final String[] WORDS = {"good", "bad", "odd"};
    private static final float[][] VECTORS = {{3, 4, 0, 0}, {0, 0, 0, 2}, {0, 0, 1, 0}};

    private final DeviceThread device = new DeviceThread("test");
    private final CountDownLatch held = new CountDownLatch(1);
    private final AnswerMemory answers = new AnswerMemory(1_000_000);
    private Pipeline pipeline;

    @BeforeEach
    void open(@TempDir Path models) throws IOException {
        WordModels.embedder(models.resolve("embedder"));
        ModelSpec spec = new ModelRepository(models).scan().getFirst();
        Model model = device.call(() -> OnnxModel.open(spec, new Cpu(1)));
        Batcher batcher = new Batcher(
                model,
                new Gate(device, DeviceMemory.UNKNOWN),
                Plans.of(
                        "headroom.queue.max-items", Integer.toString(QUEUE),
                        "headroom.queue.max-bytes", "4096",
                        "headroom.batch.max-items", "4",
                        "headroom.timeout", "60s"),
                new BatchMeters(new SimpleMeterRegistry(), spec.name()));
        Preparation preparation = Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26));
        pipeline = OpenPipeline.of(
                new ModelTask(
                        TaskFiles.read(spec.task()),
                        model,
                        new Preparation(preparation.workers(), preparation.decoders(), answers)),
                batcher);
    }

    @AfterEach
    void close() {
        held.countDown();
        pipeline.close();
        device.close();
    }

    private static List<Entry> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Entry("inputs[" + i + "]", new Input.Text(WORDS[i % WORDS.length])))
                .toList();
    }

    private List<Item<Answer>> run(List<Entry> entries) {
        return pipeline.run(entries, Options.USUAL, Urgency.INTERACTIVE);
    }

    private Failure refused(List<Entry> entries) {
        return assertThrows(RequestFailedException.class, () -> run(entries)).failure();
    }

    /** Nothing runs until {@link #held} is counted down. */
    private void holdDevice() {
        device.execute(() -> {
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void assertAnswered(List<Item<Answer>> items) {
        for (int i = 0; i < items.size(); i++) {
            Outcome<Answer> outcome = items.get(i).outcome().join();
            Answer answer = assertInstanceOf(Outcome.Answered.class, outcome, outcome::toString)
                                    .answer()
                            instanceof Answer it
                    ? it
                    : null;
            assertArrayEquals(VECTORS[i % WORDS.length], ((Answer.Embedding) answer).vector(), "of item " + i);
        }
    }

    /** The thread that ends the last item gives the memory back just after. */
    private void assertGivenBack() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            while (answers.taken() > 0) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    void allItemsAreAnsweredInTheirOrder() {
        assertAnswered(run(texts(1_000)));
        assertGivenBack();
        assertFalse(pipeline.batcher().orElseThrow().idle().isNegative(), "nothing is held");
    }

    @Test
    void halfOfTheQueueIsLeftToOthers() {
        holdDevice();
        List<Item<Answer>> many = run(texts(100));
        List<Item<Answer>> others = run(texts(QUEUE / 2));
        assertInstanceOf(Failure.Overloaded.class, refused(texts(1)));
        held.countDown();
        assertAnswered(others);
        assertAnswered(many);
    }

    @Test
    void aQueueWithoutRoomIsTriedAgain() {
        holdDevice();
        List<Item<Answer>> others = run(texts(QUEUE * 3 / 4));
        List<Item<Answer>> many = run(texts(100)); // its second portion finds no room
        held.countDown();
        assertAnswered(others);
        assertAnswered(many);
    }

    @Test
    void whereTheFirstPortionFindsNoRoomTheRequestIsRefused() {
        holdDevice();
        List<Item<Answer>> others = run(texts(QUEUE - 1));
        assertInstanceOf(Failure.Overloaded.class, refused(texts(100)));
        assertGivenBack();
        held.countDown();
        assertAnswered(others);
    }

    @Test
    void allItemsEndAtTheCallersDeadline() {
        holdDevice();
        Urgency soon = new Urgency(Priority.INTERACTIVE, Optional.of(Duration.ofMillis(30)));
        for (Item<Answer> item : pipeline.run(texts(100), Options.USUAL, soon)) {
            Outcome<Answer> outcome = item.outcome().join();
            assertInstanceOf(
                    Failure.DeadlineExceeded.class,
                    assertInstanceOf(Outcome.Failed.class, outcome).failure());
        }
        assertGivenBack();
    }

    @Test
    void aCallerThatHangsUpLeavesNothingBehind() {
        holdDevice();
        List<Item<Answer>> many = run(texts(100));
        ItemList.failAll(many, new Failure.Abandoned("The caller hung up."));
        while (pipeline.batcher().orElseThrow().idle().isNegative()) {
            Thread.onSpinWait(); // those that are being prepared are told of it
        }
        assertGivenBack();
        held.countDown();
        assertAnswered(run(texts(QUEUE)));
    }

    @Test
    void itemsThatWaitForTheirPortionFailWhenTheServiceEnds() {
        holdDevice();
        List<Item<Answer>> many = run(texts(1_500));
        pipeline.batcher().orElseThrow().close();
        for (Item<Answer> item : many) {
            assertInstanceOf(
                    Failure.Unavailable.class,
                    assertInstanceOf(Outcome.Failed.class, item.outcome().join())
                            .failure());
        }
    }

    @Test
    void bytesAreBoundedAsItemsAre() {
        String text = "good ".repeat(100); // a kilobyte
        List<Entry> large = Collections.nCopies(50, new Entry("a text", new Input.Text(text)));
        for (Item<Answer> item : run(large)) {
            assertInstanceOf(Outcome.Answered.class, item.outcome().join());
        }
        Entry never = new Entry("inputs[1]", new Input.Text("good ".repeat(1_000)));
        Failure refused = refused(List.of(large.getFirst(), never));
        assertInstanceOf(Failure.TooLarge.class, refused);
        assertEquals(
                "inputs[1] holds 9.8 KiB, and at most 4.0 KiB fit the queue; send less of it, or raise headroom.queue.max-bytes.",
                refused.detail());
        assertGivenBack();
    }

    @Test
    void answersThatTheHeapCannotHoldAreRefused() {
        assertAnswered(run(texts(1_000)));
        assertGivenBack();
        assertInstanceOf(Failure.TooLarge.class, refused(texts(2_000)));
        holdDevice();
        List<Item<Answer>> many = run(texts(1_000));
        assertInstanceOf(Failure.Overloaded.class, refused(texts(1_000)));
        assertTrue(answers.taken() > 0);
        held.countDown();
        assertAnswered(many);
    }
}
