package dev.headroom.batch;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Measures a lane's cost for each item with a model that takes no time: 256 rows a batch, of 3 to 202 elements, from 32
 * threads. With {@code -Dagainst} it measures the classes of another build in turns, and prints the medians of the ratios.
 *
 * <p>{@code ./mvnw test-compile surefire:test@default-test -Dtest=LaneBenchmark -DexcludedGroups= [-Drounds=5]
 * [-Dagainst=other/target/classes:other/target/test-classes]}
 */
@Tag("benchmark")
class LaneBenchmark {

    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final String SECONDS = System.getProperty("seconds", "2");
    private static final String[] FIGURES = {
        "lane's processor time, us an item",
        "all threads' processor time, us an item",
        "bytes an item",
        "items a batch",
        "items a second"
    };

    @Test
    void print() throws ReflectiveOperationException, MalformedURLException {
        Optional<ClassLoader> other = other();
        Build here = new Build(LaneBenchmark.class.getClassLoader());
        Optional<Build> against = other.map(Build::new);
        for (int request : new int[] {1, 64}) {
            print("requests of " + request, FIGURES, here, against, build -> build.load(request));
        }
        for (int items : new int[] {256, 1024, 4096}) {
            print("max-items " + items, new String[] {"a close, us"}, here, against, build -> build.close(items));
        }
        for (int request : new int[] {1, 64}) {
            System.out.printf("requests of %d: %.2f locks taken an item%n", request, locks(request));
        }
    }

    private static Optional<ClassLoader> other() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("against", "").split(":")) {
            if (!path.isEmpty()) {
                urls.add(Path.of(path).toUri().toURL());
            }
        }
        return urls.isEmpty() ? Optional.empty() : Optional.of(new OtherBuild(urls.toArray(URL[]::new)));
    }

    private static double locks(int request) throws ReflectiveOperationException {
        LockCounting counting = new LockCounting(LaneBenchmark.class.getClassLoader());
        Build build = new Build(counting);
        long before = LockCounting.TAKEN.sum();
        double[] figures = build.load(request);
        return (LockCounting.TAKEN.sum() - before) / (figures[4] * Double.parseDouble(SECONDS));
    }

    private interface Round {
        double[] of(Build build) throws ReflectiveOperationException;
    }

    private static void print(String load, String[] names, Build here, Optional<Build> against, Round round)
            throws ReflectiveOperationException {
        List<double[]> figures = new ArrayList<>();
        List<double[]> ratios = new ArrayList<>();
        for (int i = -1; i < ROUNDS; i++) { // the first warms up
            double[] now = round.of(here);
            double[] then = against.isPresent() ? round.of(against.get()) : now;
            if (i >= 0) {
                figures.add(now);
                ratios.add(ratios(now, then));
            }
        }
        for (int i = 0; i < names.length; i++) {
            System.out.printf("%s: %s: %,.2f (x %.2f)%n", load, names[i], median(figures, i), median(ratios, i));
        }
    }

    private static double[] ratios(double[] now, double[] then) {
        double[] ratios = new double[now.length];
        Arrays.setAll(ratios, i -> now[i] / then[i]);
        return ratios;
    }

    private static double median(List<double[]> rounds, int figure) {
        return rounds.stream()
                .mapToDouble(round -> round[figure])
                .sorted()
                .skip(rounds.size() / 2)
                .findFirst()
                .orElseThrow();
    }

    /** The classes that one loader finds. */
    private record Build(ClassLoader classes) {

        double[] load(int request) throws ReflectiveOperationException {
            return (double[])
                    call("run", new Class<?>[] {int.class, double.class}, request, Double.parseDouble(SECONDS));
        }

        double[] close(int items) throws ReflectiveOperationException {
            return new double[] {(double) call("close", new Class<?>[] {int.class}, items)};
        }

        private Object call(String method, Class<?>[] types, Object... arguments) throws ReflectiveOperationException {
            return Class.forName("dev.headroom.batch.LaneLoad", true, classes)
                    .getMethod(method, types)
                    .invoke(null, arguments);
        }
    }

    /** Finds the project's classes in another build first. */
    private static final class OtherBuild extends URLClassLoader {

        OtherBuild(URL[] urls) {
            super(urls, LaneBenchmark.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded == null && name.startsWith("dev.headroom.")) {
                    loaded = findClass(name);
                }
                return loaded == null ? super.loadClass(name, resolve) : loaded;
            }
        }
    }
}
