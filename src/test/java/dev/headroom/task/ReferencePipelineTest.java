package dev.headroom.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
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
import dev.headroom.task.image.ImageLimits;
import dev.headroom.task.image.TextLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Inputs that lie elsewhere, on their way through a real model of images; the test holds their downloads. */
class ReferencePipelineTest {

    private static final DeviceThread DEVICE = new DeviceThread("test");

    private static Pipeline images;

    @BeforeAll
    static void open(@TempDir Path models) throws IOException {
        TextLines.writeModel(models.resolve("text-direction"));
        images = pipeline(models);
    }

    @AfterAll
    static void close() {
        images.close();
        DEVICE.close();
    }

    private static Pipeline pipeline(Path models) {
        ModelSpec spec = new ModelRepository(models).scan().getFirst();
        Model model = DEVICE.call(() -> OnnxModel.open(spec, new Cpu(1)));
        Batcher batcher = new Batcher(
                model,
                new Gate(DEVICE, DeviceMemory.UNKNOWN),
                Plans.of("headroom.batch.max-window", "1h", "headroom.timeout", "60s"),
                new BatchMeters(new SimpleMeterRegistry(), spec.name()));
        return OpenPipeline.of(
                new ModelTask(
                        TaskFiles.read(spec.task()), model, Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26))),
                batcher);
    }

    private static Item<Answer> run(Pipeline pipeline, Input input) {
        return pipeline.run(List.of(new Pipeline.Entry("test", input)), Options.USUAL, Urgency.INTERACTIVE)
                .getFirst();
    }

    private static Item<Answer> reference(Pipeline pipeline, Supplier<byte[]> download) {
        return run(pipeline, new Input.Reference(100, Duration.ofSeconds(10), download));
    }

    private static Outcome<Answer> outcome(Item<Answer> item) {
        return item.outcome().orTimeout(100, TimeUnit.SECONDS).join();
    }

    private static Failure failure(Item<Answer> item) {
        return assertInstanceOf(Outcome.Failed.class, outcome(item)).failure();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RequestFailedException(new Failure.Abandoned("interrupted"));
        }
    }

    @Test
    void anImageElsewhereIsAnsweredLikeOneThatIsHere() throws IOException {
        byte[] file = TextLines.line("PARTY", true, "png");
        assertInstanceOf(Outcome.Answered.class, outcome(reference(images, () -> file)));
    }

    @Test
    void aDownloadIsInterruptedOnceItsItemIsOver() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        Item<Answer> item = reference(images, () -> {
            try {
                await(never);
                return new byte[0];
            } finally {
                interrupted.countDown();
            }
        });
        item.fail(new Failure.Abandoned("The caller hung up."));
        assertTrue(interrupted.await(60, TimeUnit.SECONDS), "it still downloads");
    }

    @Test
    void nobodyWaitsForAnotherOnesDownload() throws IOException {
        CountDownLatch there = new CountDownLatch(1);
        byte[] file = TextLines.line("PARTY", true, "png");
        Item<Answer> slow = reference(images, () -> {
            await(there);
            return file;
        });
        Input.Image here = new Input.Image(file);
        assertInstanceOf(Outcome.Answered.class, outcome(run(images, here)), "within the hour's window");
        there.countDown();
        assertInstanceOf(Outcome.Answered.class, outcome(slow));
    }

    @Test
    void failedDownloadsLeaveNobodyExpected() throws IOException {
        Failure gone = new Failure.Invalid("It is not there.");
        assertEquals(gone, failure(reference(images, () -> {
            throw new RequestFailedException(gone);
        })));
        assertInstanceOf(Failure.Internal.class, failure(reference(images, () -> {
            throw new IllegalStateException("a defect");
        })));
        assertInstanceOf(Failure.Invalid.class, failure(reference(images, () -> new byte[] {1})));
        Input.Image here = new Input.Image(TextLines.line("PARTY", true, "png"));
        assertInstanceOf(Outcome.Answered.class, outcome(run(images, here)), "within the hour's window");
    }

    @Test
    void nothingIsDownloadedForAModelThatTakesNoImages() {
        try (Pipeline texts = pipeline(Path.of("models"))) {
            Failure failure = failure(reference(texts, () -> {
                throw new AssertionError("downloaded");
            }));
            assertInstanceOf(Failure.Invalid.class, failure);
            assertTrue(failure.detail().startsWith("This model takes texts, not an image"), failure.detail());
        }
    }
}
