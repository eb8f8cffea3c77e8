package dev.headroom.measured;

import static dev.headroom.measured.Calibrations.ran;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.LoggedLines;
import dev.headroom.measured.SeriesEnd.Reason;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Planner;
import dev.headroom.plan.Plans;
import dev.headroom.plan.ServingDevice;
import dev.headroom.serving.CalibrationReport;
import dev.headroom.serving.CalibrationStatus;
import dev.headroom.settings.Configs;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.PlanRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateStoreTest {

    private static final StateKey KEY =
            new StateKey("a-model", "f1", 512, "a GPU", 24L << 30, "550.54", 4, 1, "1.29.0");

    private static final Calibration MEASURED = new Calibration(
            Calibrations.AT,
            90L << 20,
            OptionalLong.of(5L << 30),
            List.of(ran(1, 32, 3, 91), ran(2, 32, 4)),
            Optional.of(new LaneTrial(
                    4, 8, Duration.ofMillis(44), Duration.ofMillis(29), Duration.ofMillis(7), Duration.ofMillis(6))),
            List.of(new SeriesEnd(32, Reason.TIME), new SeriesEnd(512, Reason.MEMORY)),
            Optional.of(new GrownBatch(24, ran(20, 32, 5), 2)));

    private static final HeadroomConfig CONFIG = Configs.of();

    @TempDir
    Path folder;

    private final Logger warnings = Logger.getLogger(StateStore.class.getName());
    private StateStore<Calibration> store;
    private Path file;

    @BeforeEach
    void makeStore() {
        store = StateStore.calibrations(Optional.of(folder));
        file = store.file(folder, KEY);
        warnings.setLevel(Level.OFF); // thousands of them
    }

    @AfterEach
    void warnAgain() {
        warnings.setLevel(null);
    }

    private static StateKey named(String model) {
        return new StateKey(model, "f1", 512, "a GPU", 24L << 30, "550.54", 4, 1, "1.29.0");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private void assertIgnored(String content) throws IOException {
        Files.writeString(file, content);
        assertEquals(Optional.empty(), store.load(KEY), content);
    }

    @Test
    void whatIsKeptComesBackTheSame() throws IOException {
        assertEquals(Optional.empty(), store.load(KEY));
        store.save(KEY, MEASURED);
        assertEquals(Optional.of(MEASURED), store.load(KEY));
        assertEquals(List.of(file), files(), "and nothing else is left");

        Calibration later = Calibrations.of(91, ran(1, 32, 1));
        store.save(KEY, later);
        assertEquals(Optional.of(later), store.load(KEY));
    }

    @Test
    void whatWasLearnedStandsBesideWhatWasMeasured() throws IOException {
        StateStore<LearnedLimits> limits = StateStore.limits(Optional.of(folder));
        LearnedLimits learned = new LearnedLimits(
                Calibrations.AT, 60L << 20, Optional.of(new LearnedLimit(1024, 64)), Optional.empty());
        store.save(KEY, MEASURED);
        limits.save(KEY, learned);
        assertEquals(Optional.of(learned), limits.load(KEY));
        assertEquals(Optional.of(MEASURED), store.load(KEY));
        Files.writeString(
                limits.file(folder, KEY),
                Files.readString(limits.file(folder, KEY)).replace("1024", "-1"));
        assertEquals(Optional.empty(), limits.load(KEY));
        limits.forget(KEY);
        limits.forget(KEY);
        assertEquals(List.of(file), files());
    }

    @Test
    void allThatIsWholeIsFoundWhateverItIsFor() throws IOException {
        store.save(KEY, MEASURED);
        store.save(named("another"), MEASURED);
        Files.writeString(folder.resolve("broken.calibration.json"), "{");
        Files.writeString(folder.resolve("other.limits.json"), "{}");
        assertEquals(Map.of(KEY, MEASURED, named("another"), MEASURED), store.all());
        assertEquals(Map.of(), StateStore.calibrations(Optional.empty()).all());
        assertEquals(
                Map.of(),
                StateStore.calibrations(Optional.of(folder.resolve("nowhere"))).all());
    }

    @Test
    void withoutAFolderNothingIsKept() {
        StateStore<Calibration> nowhere = StateStore.calibrations(Optional.empty());
        nowhere.save(KEY, MEASURED);
        assertEquals(Optional.empty(), nowhere.load(KEY));
    }

    @Test
    void aFolderThatIsMissingIsMade() {
        StateStore<Calibration> deep = StateStore.calibrations(Optional.of(folder.resolve("a/b/c")));
        assertEquals(Optional.empty(), deep.load(KEY));
        deep.save(KEY, MEASURED);
        assertEquals(Optional.of(MEASURED), deep.load(KEY));
    }

    @Test
    void aFileThatEndsTooSoonIsIgnored() throws IOException {
        store.save(KEY, MEASURED);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertEquals(Optional.empty(), store.load(KEY), "the first " + length + " bytes");
        }
    }

    @Test
    void aFileWithAnythingBehindItsEndIsIgnored() throws IOException {
        store.save(KEY, MEASURED);
        assertIgnored(Files.readString(file) + "}");
        store.save(KEY, MEASURED);
        assertIgnored(Files.readString(file) + Files.readString(file));
    }

    @Test
    void damageOfAnyByteNeverFails() throws IOException {
        store.save(KEY, MEASURED);
        byte[] whole = Files.readAllBytes(file);
        Random random = new Random(7);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j <= i % 3; j++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            store.load(KEY).ifPresent(StateStoreTest::use);
        }
    }

    /** What is read is fit to be planned with. */
    private static void use(Calibration read) {
        use(read, new ServingDevice(true, "a GPU", "8.9", 24L << 30, 24L << 30, "test"));
        use(read, new ServingDevice(false, "a CPU", "", 24L << 30, 24L << 30, "test"));
    }

    private static void use(Calibration read, ServingDevice device) {
        ModelDemand demand = new ModelDemand(
                "m",
                Plans.PRECISION,
                1 << 20,
                512,
                100,
                Optional.empty(),
                OptionalInt.empty(),
                false,
                Optional.of(read));
        Plan plan = new Planner(device, new Planner.Host(4, 1L << 30), CONFIG)
                .plan(List.of(demand))
                .getFirst()
                .plan();
        assertTrue(plan.batch().asInt() >= 1 && plan.allows(1, 512), read::toString);
        assertTrue(plan.timeout().value() >= 1 && plan.directMemory().value() > 0, read::toString);
        CalibrationReport.of(CalibrationStatus.STORED, Optional.of(read)).text();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "null", "[]", "{}", "7", "\"text\"", "{", "\u0000\u0000", "not JSON", "{\"version\":2}"
            })
    void whatIsNoCalibrationIsIgnored(String content) throws IOException {
        assertIgnored(content);
    }

    @Test
    void whatIsNestedWithoutEndIsIgnored() throws IOException {
        assertIgnored("[".repeat(1 << 19));
        assertIgnored("{\"version\":".repeat(1 << 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"version\":2 -> \"version\":3",
                "\"version\":2 -> \"version\":null",
                "\"baseBytes\":94371840 -> \"baseBytes\":NaN",
                "\"baseBytes\":94371840 -> \"baseBytes\":-1",
                "\"baseBytes\":94371840 -> \"baseBytes\":1e300",
                "\"baseBytes\":94371840 -> \"baseBytes\":99999999999999999999",
                "\"baseBytes\":94371840 -> \"baseBytes\":9223372036854775807",
                "\"baseBytes\":94371840 -> \"baseBytes\":\"many\"",
                "\"batch\":1 -> \"batch\":0",
                "\"batch\":1 -> \"batch\":-4",
                "\"batch\":1 -> \"batch\":2147483647",
                "\"batch\":1 -> \"batch\":null",
                "\"length\":32 -> \"length\":-32",
                "\"length\":32 -> \"length\":9223372036854775807",
                "\"memoryBytes\":95420416 -> \"memoryBytes\":-95420416",
                "\"memoryBytes\":95420416 -> \"memoryBytes\":Infinity",
                "\"time\":0.003000000 -> \"time\":-0.003",
                "\"time\":0.003000000 -> \"time\":1e18",
                "\"time\":0.003000000 -> \"time\":null",
                "\"time\":0.003000000 -> \"time\":\"soon\"",
                "\"at\":1767323045.678901234 -> \"at\":1e30",
                "\"at\":1767323045.678901234 -> \"at\":null",
                "\"samples\": -> \"patterns\":",
                "\"ends\": -> \"starts\":",
                "\"reason\":\"time\" -> \"reason\":\"soon\"",
                "\"reason\":\"time\" -> \"reason\":null",
                "\"lanes\":4 -> \"lanes\":0",
                "\"lanes\":4 -> \"lanes\":2147483647",
                "\"batch\":8 -> \"batch\":-1",
                "\"together\": -> \"apart\":",
                "\"together\":0.044000000 -> \"together\":-1",
                "\"alone\":0.029000000 -> \"alone\":1e12",
                "\"itemInLane\":0.007000000 -> \"itemInLane\":null",
                "\"lanes\":{ -> \"lanes\":{},\"more\":{",
                "\"items\":24 -> \"items\":0",
                "\"items\":24 -> \"items\":2147483647",
                "\"patience\":2 -> \"patience\":0",
                "\"samples\":[ -> \"samples\":[null,",
                "\"content\":{ -> \"content\":null,\"more\":{",
                "\"fingerprint\":\"f1\" -> \"fingerprint\":\"f2\"",
                "\"deviceBytes\":25769803776 -> \"deviceBytes\":8589934592",
                "\"driver\":\"550.54\" -> \"driver\":null",
            })
    void numbersThatCannotBeAreIgnored(String change) throws IOException {
        store.save(KEY, MEASURED);
        String[] fromTo = change.split(" -> ");
        String whole = Files.readString(file);
        assertTrue(whole.contains(fromTo[0]), whole);
        assertIgnored(whole.replaceFirst(Pattern.quote(fromTo[0]), fromTo[1]));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"bytes\":-1,\"millis\":477}",
                "{\"bytes\":9223372036854775807,\"millis\":477}",
                "{\"bytes\":42468080,\"millis\":-5000}",
                "{\"bytes\":42468080,\"millis\":9223372036854775807}",
                "{\"bytes\":42468080,\"millis\":3000000000000}",
            })
    void anOpeningThatCannotBeIsIgnored(String damaged) throws IOException {
        StateStore<Opening> openings = StateStore.openings(Optional.of(folder));
        Opening measured = new Opening(42_468_080, 477);
        openings.save(KEY, measured);
        assertEquals(Optional.of(measured), openings.load(KEY));
        Path kept = openings.file(folder, KEY);
        String content = Files.readString(kept).replace("{\"bytes\":42468080,\"millis\":477}", damaged);
        Files.writeString(kept, content);
        assertEquals(Optional.empty(), openings.load(KEY), content);
    }

    @Test
    void aFileForSomethingElseIsIgnoredWhateverItsName() throws IOException {
        StateKey other = new StateKey("a-model", "f1", 512, "a GPU", 24L << 30, "551", 4, 1, "1.29.0");
        store.save(other, MEASURED);
        Files.move(store.file(folder, other), file);
        assertEquals(Optional.empty(), store.load(KEY));
    }

    @Test
    void aFileThatIsTooLargeIsIgnored() throws IOException {
        store.save(KEY, MEASURED);
        assertIgnored(Files.readString(file) + " ".repeat(1 << 20));
    }

    @Test
    void aFileWithoutEndIsIgnored() throws IOException {
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        assertEquals(Optional.empty(), store.load(KEY));
    }

    @Test
    void aFolderInTheFilesPlaceIsIgnoredAndStays() throws IOException {
        Files.createDirectories(file.resolve("inside"));
        assertEquals(Optional.empty(), store.load(KEY));
        store.save(KEY, MEASURED);
        assertEquals(Optional.empty(), store.load(KEY));
        assertEquals(List.of(file), files(), "no temporary file is left");
    }

    @Test
    void aFolderThatCannotBeReadOrWrittenFailsNothing() throws IOException {
        Path regular = Files.writeString(folder.resolve("regular"), "a file");
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("/nowhere/at/all"));
        for (Path unusable : List.of(regular, regular.resolve("below"), dangling, Path.of("/proc/headroom"))) {
            StateStore<Calibration> broken = StateStore.calibrations(Optional.of(unusable));
            broken.save(KEY, MEASURED);
            assertEquals(Optional.empty(), broken.load(KEY), unusable::toString);
        }
        assertEquals("a file", Files.readString(regular));
    }

    @Test
    void whatAKilledWriterLeftBehindIsIgnored() throws IOException {
        store.save(KEY, MEASURED);
        byte[] whole = Files.readAllBytes(file);
        Files.write(folder.resolve(".12345.tmp"), Arrays.copyOf(whole, whole.length / 2));
        assertEquals(Optional.of(MEASURED), store.load(KEY));
        store.save(KEY, MEASURED);
        assertEquals(Optional.of(MEASURED), store.load(KEY));
    }

    @Test
    void nobodyEverReadsHalfAFile() throws Exception {
        List<Calibration> written = Stream.of(1, 7, 400)
                .map(count -> Calibrations.of(
                        count,
                        Stream.generate(() -> ran(1, 32, count)).limit(count).toArray(Sample[]::new)))
                .toList();
        store.save(KEY, written.getFirst());
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<?>> all = new ArrayList<>();
            for (Calibration calibration : written) {
                all.add(threads.submit(() -> repeat(() -> store.save(KEY, calibration))));
                all.add(threads.submit(() ->
                        repeat(() -> assertTrue(written.contains(store.load(KEY).orElseThrow())))));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        assertEquals(List.of(file), files());
    }

    private static void repeat(Runnable action) {
        for (int i = 0; i < 50; i++) {
            action.run();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x",
                "../../etc/x",
                "/etc/x",
                "..",
                ".",
                "",
                "a/b",
                "a\\b",
                "a\u0000b",
                "line\nbreak",
                "größe",
                "模型",
                "\ud800",
                "%s%n",
                "$1",
                "-rf",
                ".hidden",
                "CON",
            })
    void noModelsNameLeavesTheFolder(String name) throws IOException {
        assertKeptInTheFolder(named(name));
    }

    @Test
    void noModelsNameIsTooLong() throws IOException {
        assertKeptInTheFolder(named("m".repeat(300)));
        assertKeptInTheFolder(named("模".repeat(300)));
    }

    private void assertKeptInTheFolder(StateKey key) throws IOException {
        store.save(key, MEASURED);
        assertEquals(Optional.of(MEASURED), store.load(key));
        assertTrue(folder.resolve(key.fileName()).normalize().getParent().equals(folder), key::fileName);
        assertTrue(key.fileName().matches("[A-Za-z0-9._-]{1,100}"), key::fileName);
        assertTrue(files().stream().allMatch(Files::isRegularFile), key::fileName);
    }

    @Test
    void namesThatLookAlikeInAFileSystemKeepTheirOwnFiles() {
        assertFalse(named("a/b").fileName().equals(named("a_b").fileName()));
        assertFalse(
                named("m".repeat(300)).fileName().equals(named("m".repeat(301)).fileName()));
        assertTrue(KEY.fileName().matches("a-model-[0-9a-f]{16}"), KEY.fileName());
    }

    @Test
    void aFolderThatIsNotThereIsMadeAtTheStart() throws IOException {
        Path deep = folder.resolve("a/b");
        StateStore.prepare(Optional.of(deep));
        StateStore.prepare(Optional.of(deep));
        StateStore.prepare(Optional.empty());
        try (Stream<Path> files = Files.list(deep)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void whatIsNoFolderAndCannotBeOneIsRefusedAtTheStart() throws IOException {
        Path taken = Files.createFile(folder.resolve("file"));
        assertEquals(
                "headroom.state-dir is %s, which is a file: set it to a folder that can be written, or leave it out."
                        .formatted(taken),
                assertThrows(PlanRefusedException.class, () -> StateStore.prepare(Optional.of(taken)))
                        .getMessage());
        String message = assertThrows(
                        PlanRefusedException.class, () -> StateStore.prepare(Optional.of(taken.resolve("below"))))
                .getMessage();
        assertTrue(message.startsWith("headroom.state-dir is " + taken.resolve("below") + ", which cannot"), message);
    }

    @Test
    void aFolderThatCannotBeWrittenIsAWarningAtTheStart() {
        warnings.setLevel(null);
        try (LoggedLines logged = new LoggedLines(StateStore.class)) {
            StateStore.prepare(Optional.of(Path.of("/proc"))); // not even by root
            assertEquals(1, logged.lines().size(), logged.lines().toString());
            assertTrue(
                    logged.lines().getFirst().contains("headroom.state-dir is /proc, which cannot be written ("),
                    logged.lines().toString());
        }
    }
}
