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
import dev.headroom.request.Priority;
import dev.headroom.request.RequestFailedException;
import dev.headroom.request.Urgency;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.session.Model;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.WordModels;
import dev.headroom.task.image.ImageLimits;
import dev.headroom.task.image.TextLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A model of images and one of texts on a machine of two cores; the test holds the decoder. */
@Timeout(60)
class ImagePipelineTest {

    private final DeviceThread device = new DeviceThread("test");
    private final Gate gate = new Gate(device, DeviceMemory.UNKNOWN);
    private final Preparation preparation = Preparation.by(2, 2, new ImageLimits(1_000_000, 1 << 26));
    private Pipeline images;
    private Pipeline texts;
    private HeldDecoders held;
    private byte[] file;

    @BeforeEach
    void open(@TempDir Path models) throws IOException {
        TextLines.writeModel(models.resolve("images/text-direction"));
        WordModels.embedder(models.resolve("texts/embedder"));
        images = pipeline(models.resolve("images"));
        texts = pipeline(models.resolve("texts"));
        file = TextLines.line("PARTY", true, "png");
        held = HeldDecoders.of(preparation.decoders());
    }

    @AfterEach
    void close() {
        held.letGo();
        images.close();
        texts.close();
        device.close();
    }

    private Pipeline pipeline(Path models) {
        ModelSpec spec = new ModelRepository(models).scan().getFirst();
        Model model = device.call(() -> OnnxModel.open(spec, new Cpu(1)));
        Batcher batcher = new Batcher(model, gate, Plans.of(), new BatchMeters(new SimpleMeterRegistry(), spec.name()));
        return OpenPipeline.of(new ModelTask(TaskFiles.read(spec.task()), model, preparation), batcher);
    }

    private Item<Answer> image(byte[] of, Optional<Duration> deadline) {
        return run(images, new Input.Image(of), new Urgency(Priority.INTERACTIVE, deadline));
    }

    private Item<Answer> image() {
        return image(file, Optional.empty());
    }

    private static Item<Answer> run(Pipeline pipeline, Input input, Urgency urgency) {
        return pipeline.run(List.of(new Pipeline.Entry("test", input)), Options.USUAL, urgency)
                .getFirst();
    }

    private static void assertAnswered(Item<Answer> item) {
        assertInstanceOf(Outcome.Answered.class, item.outcome().join());
    }

    @Test
    void textsAreAnsweredWhileImagesStandInLine() {
        List<Item<Answer>> inLine = Stream.generate(this::image).limit(20).toList();
        assertAnswered(run(texts, new Input.Text("river"), Urgency.INTERACTIVE));
        assertAnswered(run(texts, new Input.Text("river ".repeat(1000)), Urgency.INTERACTIVE));
        assertTrue(inLine.stream().noneMatch(item -> item.outcome().isDone()));
        held.letGo();
        inLine.forEach(ImagePipelineTest::assertAnswered);
    }

    @Test
    void anImageThatCannotBeDecodedInTimeIsRefusedAtTheDoor() {
        List<Item<Answer>> inLine = Stream.generate(this::image).limit(20).toList();
        Optional<Duration> tooSoon = Optional.of(Duration.ofNanos(1));
        Failure refused = assertThrows(RequestFailedException.class, () -> image(file, tooSoon))
                .failure();
        Failure.Overloaded overloaded = assertInstanceOf(Failure.Overloaded.class, refused);
        assertTrue(overloaded.detail().contains("decoded before them"), overloaded.detail());
        assertTrue(overloaded.pause().isPositive(), overloaded.toString());
        assertEquals(20, preparation.decoders().waiting());
        Item<Answer> hopeful = image(file, Optional.of(Duration.ofHours(1)));
        held.letGo();
        inLine.forEach(ImagePipelineTest::assertAnswered);
        assertAnswered(hopeful);
    }

    @Test
    void anImageBeforeWhichNothingIsIsTried() {
        Item<Answer> item = image(file, Optional.of(Duration.ofNanos(1)));
        Failure late =
                assertInstanceOf(Outcome.Failed.class, item.outcome().join()).failure();
        assertInstanceOf(Failure.DeadlineExceeded.class, late);
    }

    @Test
    void anImageWhoseCallerHungUpLeavesTheLine() {
        Item<Answer> item = image();
        Item<Answer> other = image();
        item.fail(new Failure.Abandoned("The caller hung up."));
        assertEquals(1, preparation.decoders().waiting());
        held.letGo();
        assertAnswered(other);
        assertAnswered(image());
    }

    @Test
    void aTextForAModelOfImagesFailsWithoutStandingInLine() {
        List<Item<Answer>> items = images.run(
                List.of(
                        new Pipeline.Entry("image", new Input.Image(file)),
                        new Pipeline.Entry("text", new Input.Text("river"))),
                Options.USUAL,
                Urgency.INTERACTIVE);
        assertInstanceOf(Outcome.Failed.class, items.getLast().outcome().join());
        assertFalse(items.getFirst().outcome().isDone());
        held.letGo();
        assertAnswered(items.getFirst());
    }
}
