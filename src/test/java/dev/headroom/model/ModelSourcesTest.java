package dev.headroom.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.hub.CacheFolder;
import dev.headroom.hub.LoggedProgress;
import dev.headroom.hub.StandInHub;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.plan.PrecisionRule;
import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.PrecisionMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ModelSourcesTest {

    private static final PrecisionRule CPU = PrecisionRule.likely(PrecisionMode.AUTO, List.of());
    private static final PrecisionRule L4 =
            new PrecisionRule(PrecisionMode.AUTO, new ServingDevice(true, "L4", "8.9", 1, 1, ""));

    private final StandInHub hub = new StandInHub();

    @TempDir
    Path root;

    @AfterEach
    void close() {
        hub.close();
    }

    private ModelSources sources(String... entries) {
        Map<String, String> variables = Map.of(
                "HF_ENDPOINT",
                hub.address(),
                "HF_HUB_CACHE",
                root.resolve("cache").toString());
        return new ModelSources(List.of(entries), variables::get, LoggedProgress::new);
    }

    private String refusal(String... entries) {
        try (ModelSources sources = sources(entries)) {
            return assertThrows(BrokenModelException.class, () -> sources.models(CPU))
                    .getMessage();
        }
    }

    private List<String> downloaded(String part) {
        return hub.requests().stream()
                .filter(request -> request.startsWith("hub GET /acme/") && request.contains(part))
                .toList();
    }

    @Test
    void foldersAndNamesAreServedTogether() throws IOException {
        String commit = CacheFolder.add(hub).commit();
        Path own = Files.createDirectories(root.resolve("models/mine"));
        Files.writeString(own.resolve("model.onnx"), "graph");
        try (ModelSources sources = sources(root.resolve("models").toString(), " " + CacheFolder.NAME)) {
            List<ModelSpec> models = sources.models(CPU);
            assertEquals(
                    List.of("acme/tiny-sentences", "mine"),
                    models.stream().map(ModelSpec::name).toList());
            HubOrigin origin = models.getFirst().origin().orElseThrow();
            assertEquals(
                    List.of("acme/tiny-sentences", "main", commit),
                    List.of(origin.repository(), origin.revision(), origin.commit()));
            assertEquals("onnx/model.onnx", origin.graphs().getFirst().file());
            assertTrue(models.getLast().origin().isEmpty());
            assertTrue(sources.named());
            assertTrue(models.getFirst().task() instanceof TaskSpec.Embed);
        }
    }

    @Test
    void aModelIsServedUnderTheNameBeforeItsFolder() throws IOException {
        Path mounted = Files.createDirectories(root.resolve("mnt/models"));
        Files.writeString(mounted.resolve("model.onnx"), "graph");
        Files.writeString(mounted.resolve("model.yaml"), "aliases: [models, old]");
        try (ModelSources sources = sources(" products.v2 = " + mounted)) {
            ModelSpec model = sources.models(CPU).getFirst();
            assertEquals("products.v2", model.name());
            assertEquals(List.of("products.v2", "models", "old"), model.names());
        }
        try (ModelSources sources = sources("a=" + mounted, "b=" + mounted)) {
            assertEquals(
                    "The models a and b both have the name 'models'; change the aliases in the model.yaml of one of them, or the name of its folder.",
                    assertThrows(BrokenModelException.class, () -> sources.models(CPU))
                            .getMessage());
        }
    }

    @Test
    void aFolderThatHoldsOneModelGivesItTheName() throws IOException {
        Path only = Files.createDirectories(root.resolve("mnt/models/minilm"));
        Files.writeString(only.resolve("model.onnx"), "graph");
        Files.createDirectories(root.resolve("mnt/models/lost+found"));
        String entry = "products=" + root.resolve("mnt/models");
        try (ModelSources sources = sources(entry)) {
            assertEquals(List.of("products"), sources.models(CPU).getFirst().names());
        }
        Path second = Files.createDirectories(root.resolve("mnt/models/second"));
        Files.writeString(second.resolve("model.onnx"), "graph");
        assertEquals(
                "headroom.models calls the model in %s 'products', but the folder holds 2 models; write a name for each of them, such as products=%s, or none."
                        .formatted(root.resolve("mnt/models"), only),
                refusal(entry));
    }

    @Test
    void aModelOfTheHubIsServedUnderTheNameBeforeItsOwn() throws IOException {
        CacheFolder.add(hub);
        try (ModelSources sources = sources("products=" + CacheFolder.NAME)) {
            ModelSpec model = sources.models(CPU).getFirst();
            assertEquals(List.of("products"), model.names());
            assertEquals(CacheFolder.NAME, model.origin().orElseThrow().repository());
        }
    }

    @Test
    void aFolderWithAnEqualsSignInItsPathIsThatFolder() throws IOException {
        Path own = Files.createDirectories(root.resolve("run=7"));
        Files.writeString(own.resolve("model.onnx"), "graph");
        try (ModelSources sources = sources(own.toString())) {
            assertEquals("run=7", sources.models(CPU).getFirst().name());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"=models", "a b=models", "a/=models", "a/infer=models", "{{.Name }} x=models"})
    void aNameThatCanBeNoneIsRefused(String entry) {
        String message = refusal(entry);
        assertTrue(
                message.startsWith("'" + entry + "' in headroom.models calls a model '")
                        && message.contains("which can be no name; write 1 to 200 characters"),
                message);
    }

    @Test
    void foldersAloneAskNobody() throws IOException {
        Path own = Files.createDirectories(root.resolve("mine"));
        Files.writeString(own.resolve("model.onnx"), "graph");
        try (ModelSources sources = sources(own.toString())) {
            assertEquals("mine", sources.models(CPU).getFirst().name(), "the folder of a model itself");
            assertFalse(sources.named());
        }
        assertEquals(List.of(), hub.requests());
    }

    @Test
    void aFoldersModelYamlGoesBeforeTheRepositorys() throws IOException {
        byte[] graph = Files.readAllBytes(Path.of("src/test/resources/sentences/model.onnx"));
        CacheFolder.add(hub).file("onnx/other.onnx", graph).file("model.yaml", "max_length: 8\n");
        Path own = Files.createDirectories(root.resolve("models/mine"));
        Files.writeString(
                own.resolve("model.yaml"),
                "repository: acme/tiny-sentences\nfile: onnx/other.onnx\nmax_length: 9\naliases: [tiny]\n");
        try (ModelSources sources = sources(root.resolve("models").toString(), CacheFolder.NAME)) {
            List<ModelSpec> models = sources.models(CPU);
            ModelSpec mine = models.getLast();
            assertEquals(List.of("mine", "tiny"), mine.names());
            assertEquals("other.onnx", mine.onnx().getFileName().toString());
            assertEquals(9, ((TaskSpec.Embed) mine.task()).text().maxLength());
            assertTrue(sources.models(L4).getLast().onnx().endsWith("onnx/other.onnx"), "it has no other precision");
            assertEquals(8, ((TaskSpec.Embed) models.getFirst().task()).text().maxLength());
        }
        String message = assertThrows(BrokenModelException.class, () -> ModelRepository.graphs(own))
                .getMessage();
        assertTrue(message.contains("run 'pull acme/tiny-sentences'"), message);
    }

    @Test
    void anotherDeviceBringsItsGraph() throws IOException {
        byte[] graph = Files.readAllBytes(Path.of("src/test/resources/sentences/model.onnx"));
        CacheFolder.add(hub).file("onnx/model_fp16.onnx", graph.clone());
        try (ModelSources sources = sources(CacheFolder.NAME)) {
            sources.models(L4);
            assertEquals(0, downloaded("onnx/model.onnx").size());
            ModelSpec onCpu = sources.models(CPU).getFirst().by(CPU);
            assertEquals("model.onnx", onCpu.onnx().getFileName().toString());
            assertEquals(
                    1,
                    hub.requests().stream()
                            .filter(request -> request.contains("/revision/"))
                            .count());
        }
    }

    @Test
    void theNamedGraphComesInTheDevicesPrecisionAlone() throws IOException {
        byte[] graph = Files.readAllBytes(Path.of("src/test/resources/sentences/model.onnx"));
        CacheFolder.add(hub)
                .file("onnx/x.onnx", graph)
                .file("onnx/x_fp16.onnx", graph)
                .file("model.yaml", "file: onnx/x.onnx\n");
        try (ModelSources sources = sources(CacheFolder.NAME)) {
            assertTrue(sources.models(L4).getFirst().by(L4).onnx().endsWith("onnx/x_fp16.onnx"));
            assertEquals(0, downloaded("onnx/x.onnx").size());
            assertTrue(sources.models(CPU).getFirst().by(CPU).onnx().endsWith("onnx/x.onnx"));
        }
    }

    @Test
    void noGraphIsToldWithTheCommandAndTheRepositoryThatHasOne() {
        hub.repository("acme/plain-v1").file("config.json", "{}").file("model.safetensors", "x");
        String command =
                "export it with 'optimum-cli export onnx --model acme/plain-v1 DIR', and set headroom.models to DIR.";
        assertEquals("acme/plain-v1: the repository has no ONNX graph; " + command, refusal("acme/plain-v1"));
        hub.repository("Xenova/plain-v1").file("onnx/model.onnx", "x");
        assertEquals(
                "acme/plain-v1: the repository has no ONNX graph; serve Xenova/plain-v1, which has one of a model of that name, or "
                        + command,
                refusal("acme/plain-v1"));
        hub.repository("acme/decoder").file("onnx/decoder_model.onnx", "x");
        assertTrue(refusal("acme/decoder").contains("no model.onnx, but [onnx/decoder_model.onnx]; serve one of them"));
    }

    @Test
    void whatIsNeitherFolderNorNameIsRefused() {
        assertEquals(
                "'a b' in headroom.models is neither a folder here nor a name on the Hub; correct it, such as to BAAI/bge-small-en-v1.5 or org/name@revision.",
                refusal("a b"));
        assertTrue(refusal("/none/of/these").contains("does not exist"));
        assertTrue(refusal("acme/unknown").contains("there is no such repository (nor a folder of that name here)"));
        assertEquals(
                0,
                hub.requests().stream()
                        .filter(request -> request.contains("none"))
                        .count());
    }
}
