package dev.headroom.forecast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.headroom.measured.Calibration;
import dev.headroom.measured.Calibrations;
import dev.headroom.measured.StateKey;
import dev.headroom.measured.StateStore;
import dev.headroom.model.ModelRepository;
import dev.headroom.session.WordModels;
import dev.headroom.settings.Configs;
import dev.headroom.task.DualEncoders;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanCommandTest {

    @TempDir
    Path models;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** 1 GiB, and 1 GiB more for each row of the greatest length. */
    @BeforeEach
    void writeAModel() throws IOException {
        model("big", "memory:\n  base: 1GiB\n  per_item: 1GiB\n");
    }

    private void model(String name, String memory) throws IOException {
        Path folder = Files.createDirectories(models.resolve(name));
        Files.write(folder.resolve("model.onnx"), new byte[] {8, 8});
        Files.writeString(folder.resolve("tokenizer.json"), "{}");
        Files.writeString(folder.resolve("model.yaml"), "task: embed\nmax_length: 256\n" + memory);
    }

    private int run(String... args) {
        return with(List.of(), args);
    }

    private int with(List<String> settings, String... args) {
        List<String> config = new ArrayList<>(List.of("headroom.models", models.toString()));
        config.addAll(settings);
        return new Commands(() -> Configs.of(config.toArray(String[]::new)), new PrintWriter(out), new PrintWriter(err))
                .run(args);
    }

    /** The result without the line breaks of its prose. */
    private String prose() {
        return out.toString().replaceAll("\\s+", " ");
    }

    private String row(String device) {
        return out.toString()
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith(device))
                .findFirst()
                .orElseThrow()
                .replaceAll(" {2,}", "|");
    }

    @Test
    void aDualEncoderIsPlannedByItsTwoGraphs() throws IOException {
        Path clip = DualEncoders.copy("clip", models.resolve("clip"));
        assertEquals(0, run("plan", "--model", clip.toString(), "--device", "L4", "--format", "json"), err::toString);
        assertTrue(out.toString().contains("clip/text") && out.toString().contains("clip/image"), out::toString);
    }

    @Test
    void printsARowForEachDeviceAndWarnsOfThoseThatDoNotSuit() {
        assertEquals(0, run("plan", "--device", "A100-80GB,RTX 4090,T4", "--vram", "3GiB"));
        assertEquals("", err.toString());
        assertEquals("device|memory|batch|window|prefetch|share|containerConcurrency|fit", row("device"));
        assertEquals("A100-80GB|80.0 GiB|32|10 ms|64|41.3 %|64|under-used", row("A100"));
        assertEquals("RTX 4090|24.0 GiB|16|10 ms|32|70.9 %|32|ok", row("RTX"));
        assertEquals("T4|15.0 GiB|8|10 ms|16|60.0 %|16|ok", row("T4"));
        assertEquals("GPU of 3GiB|3.0 GiB|-|-|-|-|-|does not fit", row("GPU"));
        assertTrue(prose().contains("A100-80GB: The largest batch is predicted to take less than 60 %"), prose());
        assertTrue(prose().contains("GPU of 3GiB: Not even one item of big fits"), prose());
    }

    @Test
    void warnsWhereTheBatchThatWasSetMayNotFit() {
        assertEquals(0, with(List.of("headroom.batch.max-items", "13"), "plan", "--device", "t4"));
        assertEquals("T4|15.0 GiB|13|10 ms|26|93.3 %|26|at risk", row("T4"));
        assertTrue(prose().contains("expect out-of-memory errors"), prose());
    }

    @Test
    void theSettingsOfTheServiceApply() {
        assertEquals(0, with(List.of("headroom.memory.target", "0.5"), "plan", "--device", "RTX 4090"));
        assertEquals("RTX 4090|24.0 GiB|8|10 ms|16|37.5 %|16|under-used", row("RTX"));
        assertTrue(prose().contains("set headroom.batch.max-items in between"), prose());
    }

    @Test
    void withoutDevicesPlansForAllThatAreKnown() {
        assertEquals(0, run("plan"));
        assertEquals("B200|179.1 GiB|32|10 ms|64|18.4 %|64|under-used", row("B200"));
        assertTrue(prose().contains("H200, GH200, B200: The largest batch"), prose());
        assertTrue(prose().contains("no batch is above 32 until"), prose());
    }

    @Test
    void aModelOfUnknownMemoryHasNoShare() throws IOException {
        model("unknown", "");
        assertEquals(0, run("plan", "--model", models.resolve("unknown") + "/", "--device", "L4"));
        assertEquals("L4|22.5 GiB|8|10 ms|16|-|16|unknown", row("L4"));
        assertTrue(out.toString().startsWith("unknown: "), out.toString());
    }

    @Test
    void modelsShareADevice() throws IOException {
        model("other", "memory:\n  base: 4GiB\n  per_item: 1GiB\n");
        assertEquals(0, run("plan", "--device", "T4"));
        assertTrue(out.toString().contains("big: 2 B of weights, items of up to 256 elements, beside 1 other"));
        // 0.8 x (13 GiB - 4 GiB) = 7.2 GiB for big, 4 rows; and 4 + 1 + 4 of 15 GiB taken.
        assertEquals("T4|15.0 GiB|4|10 ms|8|60.0 %|8|ok", row("T4"));
    }

    @Test
    void tellsIfModelsFitTogetherAndAtWhatBatch() throws IOException {
        model("other", "memory:\n  base: 4GiB\n  per_item: 1GiB\n");
        String[] both = {
            "plan",
            "--model",
            models.resolve("big").toString(),
            "--model",
            models.resolve("other").toString()
        };
        assertEquals(
                0,
                run(Stream.concat(Stream.of(both), Stream.of("--device", "T4")).toArray(String[]::new)));
        assertTrue(prose().contains("Together on T4: the models take"), prose());
        assertTrue(prose().contains("they fit. Batches hold up to 4 (big), "), prose());

        assertEquals(
                1,
                run(Stream.concat(Stream.of(both), Stream.of("--vram", "7.5GiB"))
                        .toArray(String[]::new)));
        assertTrue(
                prose().contains(
                                "Together on GPU of 7.5GiB: they do not fit, but each fits alone: the service opens them on demand, in turns."),
                prose());
        assertEquals(
                1,
                run(Stream.concat(Stream.of(both), Stream.of("--vram", "4GiB")).toArray(String[]::new)));
        assertTrue(prose().contains("Together on GPU of 4GiB: they do not fit, and other not even alone."), prose());
    }

    @Test
    void tellsWhichGpusAreServedInHalfPrecision() throws IOException {
        Files.write(models.resolve("big/model_fp16.onnx"), new byte[] {8});
        assertEquals(0, run("plan", "--device", "T4,V100-16GB", "--vram", "24GiB"));
        assertTrue(out.toString().startsWith("big: 1 B or 2 B of weights, "), out.toString());
        assertTrue(
                prose().contains("T4, V100-16GB: Served in half precision: model_fp16.onnx with 1 B of weights."),
                prose());
        assertTrue(
                prose().contains("GPU of 24GiB: Served in full precision: model.onnx with 2 B of weights."), prose());
    }

    @Test
    void aDeviceWithoutBfloat16DoesNotHideTheOthers() throws IOException {
        Files.move(models.resolve("big/model.onnx"), models.resolve("big/model_bf16.onnx"));
        assertEquals(0, run("plan", "--device", "T4,L4"));
        assertTrue(row("T4").endsWith("|not served"), row("T4"));
        assertTrue(row("L4").startsWith("L4|22.5 GiB|8|10 ms|16|"), row("L4"));
        assertFalse(prose().contains("T4: Served"), prose());
        assertTrue(
                prose().contains(
                                "T4: The folder of big has only model_bf16.onnx, and bfloat16 precision is for GPUs of compute capability 8.0 and newer; this one has 7.5"),
                prose());
        assertEquals(1, run("plan", "--device", "T4"));
        assertTrue(err.toString().startsWith("The folder of big has only model_bf16.onnx"), err.toString());
    }

    @Test
    void thePrecisionThatIsSetIsServedOrRefused() throws IOException {
        assertEquals(1, with(List.of("headroom.precision", "half"), "plan", "--device", "T4"));
        assertTrue(err.toString().startsWith("headroom.precision is half, but the folder of big"), err.toString());
        assertEquals("", out.toString());
        Files.write(models.resolve("big/model_fp16.onnx"), new byte[] {8});
        assertEquals(0, with(List.of("headroom.precision", "full"), "plan", "--device", "T4", "--format", "json"));
        JsonNode precision = new ObjectMapper().readTree(out.toString()).at("/devices/0/models/0/precision");
        assertEquals("full", precision.get("value").asText());
        assertEquals("model.onnx", precision.get("file").asText());
        assertEquals("set", precision.get("source").asText());
    }

    @Test
    void jsonHasEveryNumberOfEachPlan() throws IOException {
        assertEquals(0, run("plan", "--format", "json", "--device=RTX 4090", "--vram=3GiB"));
        JsonNode devices = new ObjectMapper().readTree(out.toString()).get("devices");
        JsonNode model = devices.get(0).get("models").get(0);
        assertEquals("big", model.get("model").asText());
        assertEquals(17L << 30, model.get("predictedBytes").asLong());
        assertEquals(16, model.at("/plan/batch/value").asInt());
        assertEquals("declared", model.at("/plan/batch/source").asText());
        assertEquals(32, model.at("/plan/containerConcurrency/value").asInt());
        assertTrue(devices.get(1).get("refused").asText().startsWith("Not even one item"));
    }

    @Test
    void knativeIsAnOverlayWithThePlansNumbers() throws IOException {
        assertEquals(0, run("plan", "--format", "knative", "--device", "RTX 4090"));
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        JsonNode overlay = yaml.readTree(out.toString());
        assertEquals("../nvidia-gpu", overlay.at("/resources/0").asText());
        JsonNode service = yaml.readTree(overlay.at("/patches/0/patch").asText());
        Map<String, JsonNode> values = new HashMap<>();
        service.forEach(change -> values.put(change.get("path").asText(), change.get("value")));
        assertEquals(32, values.get("/spec/template/spec/containerConcurrency").asInt());
        assertEquals(600, values.get("/spec/template/spec/timeoutSeconds").asInt());
        assertEquals(
                600,
                values.get("/spec/template/spec/responseStartTimeoutSeconds").asInt());
        assertEquals(
                "23",
                values.get("/spec/template/metadata/annotations/autoscaling.knative.dev~1target")
                        .textValue(),
                "a text, 16 / 0.7");
        assertEquals(
                "3Gi",
                values.get("/spec/template/spec/containers/0/resources/limits/memory")
                        .asText());
        JsonNode trigger = yaml.readTree(overlay.at("/patches/1/patch").asText());
        assertEquals("32", trigger.at("/0/value").textValue(), "a text");
    }

    @Test
    void theOverlayThatIsKeptIsWhatIsPrinted() throws IOException {
        assertEquals(
                0, run("plan", "--model", "models/all-minilm-l6-v2", "--format", "knative", "--device", "RTX 4090"));
        assertEquals(Files.readString(Path.of("knative/overlays/rtx-4090/kustomization.yaml")), out.toString());
    }

    @Test
    void aMillionItemsCostWhatThePriceAndTheThroughputSay() {
        assertEquals(0, run("plan", "--device", "RTX 4090", "--price", "0.34", "--throughput", "160/min"));
        assertEquals(
                "device|memory|batch|window|prefetch|share|containerConcurrency|items/s|per million|fit",
                row("device"));
        assertEquals("RTX 4090|24.0 GiB|16|10 ms|32|70.9 %|32|2.67|35.4|ok", row("RTX"));
        out.getBuffer().setLength(0);
        assertEquals(0, run("plan", "--device", "RTX 4090", "--price", "0.34", "--throughput", "400/min"));
        assertEquals("RTX 4090|24.0 GiB|16|10 ms|32|70.9 %|32|6.67|14.2|ok", row("RTX"));
        assertTrue(
                prose().contains(
                                "A million items, while it is always busy: 14.2 at 6.67 items/s (set by --throughput)"),
                prose());
    }

    @Test
    void eachDeviceHasAPriceAndAThroughputOfItsOwn() throws IOException {
        assertEquals(
                0,
                run(
                        "plan",
                        "--format",
                        "json",
                        "--device",
                        "RTX 4090,T4",
                        "--vram",
                        "40GiB",
                        "--price",
                        "0.5,geforce rtx 4090=0.34,40GiB=1",
                        "--throughput",
                        "t4=3600/h,RTX 4090=2/s"));
        JsonNode devices = new ObjectMapper().readTree(out.toString()).get("devices");
        assertEquals(0.34, devices.at("/0/pricePerHour").asDouble());
        assertEquals(2, devices.at("/0/models/0/costs/0/itemsPerSecond").asDouble());
        assertEquals(0.5, devices.at("/1/pricePerHour").asDouble());
        assertEquals(
                0.5 / 3600 * 1e6, devices.at("/1/models/0/costs/0/perMillion").asDouble(), 1e-9);
        assertEquals("set", devices.at("/1/models/0/costs/0/source").asText());
        assertEquals(1, devices.at("/2/pricePerHour").asDouble());
        assertTrue(devices.at("/2/models/0/costs").isMissingNode(), "nobody knows what it answers");
    }

    @Test
    void noThroughputIsMadeUp() {
        assertEquals(0, run("plan", "--device", "T4", "--price", "0.2"));
        assertEquals("T4|15.0 GiB|8|10 ms|16|60.0 %|16|-|-|ok", row("T4"));
        assertTrue(prose().contains("T4: What a million items cost is not known"), prose());
        assertTrue(prose().contains("give --throughput, or in headroom.state-dir the folder"), prose());
    }

    @Test
    void whatWasMeasuredOnSuchADeviceIsPlannedWith() throws IOException {
        Path state = measured("NVIDIA GeForce RTX 4090");
        List<String> kept = List.of("headroom.state-dir", state.toString());
        assertEquals(0, with(kept, "plan", "--device", "RTX 4090,T4", "--price", "0.36"));
        assertEquals("T4|15.0 GiB|8|10 ms|16|60.0 %|16|-|-|ok", row("T4"));
        assertTrue(row("RTX").contains("|40 - 500|0.2 - 2.5|"), row("RTX"));
        assertTrue(
                prose().contains("0.2 at 500 items/s (measured on 2026-01-02: items of 16 elements in batches of 10)"),
                prose());
        out.getBuffer().setLength(0);
        assertEquals(0, with(kept, "plan", "--format", "knative", "--device", "RTX 4090", "--price", "0.36"));
        assertTrue(
                out.toString().contains("# A million items of big, while it is always busy: 2.5 at 40 items/s"),
                out.toString());
        out.getBuffer().setLength(0);
        assertEquals(
                0,
                with(
                        List.of("headroom.state-dir", state.toString(), "headroom.calibration", "off"),
                        "plan",
                        "--device",
                        "RTX 4090",
                        "--price",
                        "0.36"));
        assertTrue(row("RTX").contains("|-|-|"), row("RTX"));
    }

    /** As a start on that device leaves it: 500 short items a second, and 40 of the longest. */
    private Path measured(String device) throws IOException {
        Path state = models.resolveSibling("state");
        Calibration calibration = Calibrations.of(1024, Calibrations.ran(10, 16, 20), Calibrations.ran(2, 256, 50));
        String fingerprint =
                ModelRepository.graphs(models.resolve("big")).getFirst().fingerprint();
        assertTrue(StateStore.calibrations(Optional.of(state))
                .save(new StateKey("big", fingerprint, 256, device, 1, "550", 8, 8, "1.29.0"), calibration));
        assertTrue(StateStore.calibrations(Optional.of(state))
                .save(new StateKey("big", "of other content", 256, "Tesla T4", 1, "550", 8, 8, "1.29.0"), calibration));
        return state;
    }

    @Test
    void oneSentenceSaysWhyNoDeviceCanServe() {
        assertEquals(1, run("plan", "--vram", "3GiB"));
        assertEquals("", out.toString());
        assertTrue(err.toString().startsWith("Not even one item of big fits on GPU of 3GiB"), err.toString());
        assertEquals(1, err.toString().lines().count());
    }

    @Test
    void theTableHasTheReasonsWhereTheyDiffer() {
        assertEquals(1, run("plan", "--vram", "3GiB,2GiB"));
        assertEquals("GPU of 2GiB|2.0 GiB|-|-|-|-|-|does not fit", row("GPU of 2GiB"));
        assertEquals("None of these 2 devices can serve big.", err.toString().strip());
    }

    @Test
    void aBrokenModelOrSettingIsRefusedInOneSentence() {
        assertEquals(1, run("plan", "--model", models.resolve("nowhere").toString()));
        assertEquals(
                models.resolve("nowhere") + ": there is no such folder; name the one that holds the model's files.",
                err.toString().strip());
        err.getBuffer().setLength(0);
        assertEquals(1, with(List.of("headroom.memory.target", "much"), "plan"));
        assertTrue(err.toString().contains("headroom.memory.target"), err.toString());
        assertEquals(1, err.toString().lines().count());
        assertEquals("", out.toString());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "serve|Unmatched argument at index 0: 'serve'",
                "--bogus|Unknown option: '--bogus'",
                "plan more|Unmatched argument at index 1: 'more'",
                "plan --model|Missing required parameter for option '--model' (FOLDER)",
                "plan --format xml|Invalid value for option '--format': 'xml' is none of table, json and knative",
                "plan --vram 40|'40' is no size of a memory: write it as 40GiB.",
                "plan --price|Missing required parameter for option '--price' (PRICE)",
                "plan --price 0,34|--price '0' is no price: write it as 0.34, the price of an hour in any currency.",
                "plan --price 1,2|--price gives all GPUs twice: give one amount, or NAME=AMOUNT for each GPU.",
                "plan --price T4=1,t4=2|--price gives T4 twice: give one amount, or NAME=AMOUNT for each GPU.",
                "plan --device L4 --price T4=1|--price names 'T4', which is none of the GPUs that are planned for: name it with --device or --vram, too.",
                "plan --price 1 --throughput 400|--throughput '400' is no throughput: write it as 400/min or 6.7/s, in items.",
                "plan --price 1 --throughput 0/s|--throughput '0/s' is no throughput: write it as 400/min or 6.7/s, in items.",
                "plan --throughput 400/min|--throughput says what a price buys: give --price, too, such as 0.34 for an hour.",
                "plan --format knative|--format knative is for exactly one GPU, not for 29: name it with --device or --vram.",
                "plan --device V100|There is no GPU 'V100' in the catalogue. Did you mean V100-16GB or V100-32GB? Give its memory with --vram, or one of these:",
            })
    void misuseIsAnsweredWithAHintAndTheUsage(String line, String message) {
        assertEquals(2, run(line.split(" ")));
        assertEquals("", out.toString());
        assertEquals(message, err.toString().lines().findFirst().orElseThrow());
        assertTrue(err.toString().contains("Usage: java -jar quarkus-run.jar"), err.toString());
        assertTrue(err.toString().strip().endsWith("--help'."), err.toString());
    }

    @Test
    void helpAndVersionAreResults() {
        assertEquals(0, run("--help"));
        assertEquals(0, run("plan", "-h"));
        assertEquals(0, run("--version"));
        assertTrue(out.toString().contains("--vram=SIZE"), out.toString());
        assertTrue(out.toString().contains("Known GPUs: T4, L4,"), out.toString());
        assertTrue(out.toString().lines().anyMatch(line -> line.startsWith("headroom ")), out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void aFileInHalfPrecisionIsMadeOnDemand() throws IOException {
        WordModels.embedder(models.resolve("words"));
        Path made = models.resolve("made");
        assertEquals(
                0,
                run(
                        "optimize",
                        "--model",
                        models.resolve("words").toString(),
                        "--out",
                        made.toString(),
                        "--precision",
                        "half"));
        assertTrue(Files.exists(made.resolve("model_fp16.onnx")));
        assertTrue(prose().startsWith("model_fp16.onnx: "), prose());
    }

    @Test
    void noOtherPrecisionIsMade() {
        assertEquals(2, run("optimize", "--model", "in", "--out", "out", "--precision", "int8"));
        assertTrue(err.toString().contains("'int8' is no precision to make; it is half or bfloat16"), err.toString());
    }
}
