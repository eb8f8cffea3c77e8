import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes.Name;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes one jar of the service's 180: a start opens, lists and describes to the JVM each jar of the class path, which took a
 * tenth of it. Of equal names the first counts, as on a class path, and files that are read in every jar are joined.
 *
 * <p>ONNX Runtime's jar stays by itself, for programs that run the image's library without the service.
 */
final class OneJar implements AutoCloseable {

    private static final Path FOLDER = Path.of("lib/main");
    private static final Path NAME = FOLDER.resolve("headroom.jar");
    private static final String APART = "onnxruntime";

    /** Signatures of jars, what names their parts, and what the build of another service would read. */
    private static final String DROPPED =
            "META-INF/(MANIFEST.MF|INDEX.LIST|[^/]+\\.(SF|RSA|DSA|EC)|jandex.idx|beans.xml|quarkus-.*|native-image/.*)"
                    + "|OSGI-INF/.*|(.*/)?module-info.class|[^/]+\\.proto";

    private static final String JOINED = "META-INF/(services/[^/]+|io.netty.versions.properties)";
    private static final String FIRST = ".*\\.class|META-INF/maven/.*";
    private static final String LEGAL = "(?i).*(licen[sc]e|notice|dependencies|copyright|readme|changes)[^/]*";

    private final NativeLibraries libraries;
    private final JarOutputStream jar;
    private final Map<String, byte[]> written = new HashMap<>();
    private final Map<String, ByteArrayOutputStream> joined = new TreeMap<>();

    private OneJar(Path jar, NativeLibraries libraries) throws IOException {
        this.libraries = libraries;
        this.jar = new JarOutputStream(Files.newOutputStream(jar));
    }

    /**
     * Copies the packaged service.
     *
     * @throws IOException also when jars have different files of one name that nobody has thought of
     */
    static void copy(Path from, Path to, NativeLibraries libraries) throws IOException {
        Files.createDirectories(to.resolve(FOLDER));
        Files.createDirectories(to.resolve("quarkus"));
        Path application = Path.of("quarkus/quarkus-application.dat");
        Files.copy(from.resolve(application), to.resolve(application));
        Manifest manifest;
        try (JarFile run = new JarFile(from.resolve("quarkus-run.jar").toFile())) {
            manifest = run.getManifest();
        }
        StringBuilder classPath = new StringBuilder(NAME.toString());
        try (OneJar one = new OneJar(to.resolve(NAME), libraries)) {
            for (String part : manifest.getMainAttributes().getValue(Name.CLASS_PATH).split(" ")) {
                Path file = from.resolve(part);
                if (part.contains(APART)) {
                    Path apart = FOLDER.resolve(file.getFileName());
                    libraries.copyWithout(file, to.resolve(apart));
                    classPath.append(' ').append(apart);
                } else {
                    one.add(file);
                }
            }
            one.name(Files.readAllLines(from.resolve("quarkus-app-dependencies.txt")));
        }
        manifest.getMainAttributes().put(Name.CLASS_PATH, classPath.toString());
        new JarOutputStream(Files.newOutputStream(to.resolve("quarkus-run.jar")), manifest).close();
    }

    private void add(Path file) throws IOException {
        try (JarFile part = new JarFile(file.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
            for (JarEntry entry : part.versionedStream().filter(e -> !e.isDirectory()).toList()) {
                String name = entry.getName();
                if (libraries.take(part, entry) || name.matches(DROPPED)) {
                    continue;
                }
                try (InputStream content = part.getInputStream(entry)) {
                    add(file, name, content.readAllBytes());
                }
            }
        }
    }

    private void add(Path file, String name, byte[] content) throws IOException {
        byte[] first = written.get(name);
        if (name.matches(JOINED)) {
            ByteArrayOutputStream all = joined.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
            all.writeBytes(content);
            all.write('\n');
        } else if (first == null) {
            write(name, content);
        } else if (!name.matches(FIRST) && !Arrays.equals(first, content)) {
            if (!name.matches(LEGAL)) {
                throw new IOException("%s holds another %s than the jars before it: OneJar has to know what becomes of it"
                        .formatted(file, name));
            }
            write("META-INF/legal/%s/%s".formatted(file.getFileName(), name), content);
        }
    }

    /** Names each jar, as Maven does in most of them, so that scanners find all: {@code group:artifact:classifier:jar:version}. */
    private void name(List<String> jars) throws IOException {
        for (String jar : jars) {
            String[] parts = jar.split(":");
            String name = "META-INF/maven/%s/%s/pom.properties".formatted(parts[0], parts[1]);
            if (!written.containsKey(name)) {
                write(name, "groupId=%s%nartifactId=%s%nversion=%s%n".formatted(parts[0], parts[1], parts[4]).getBytes());
            }
        }
    }

    private void write(String name, byte[] content) throws IOException {
        written.put(name, content);
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(0);
        jar.putNextEntry(entry);
        jar.write(content);
        jar.closeEntry();
    }

    @Override
    public void close() throws IOException {
        try (jar) {
            for (Map.Entry<String, ByteArrayOutputStream> all : joined.entrySet()) {
                write(all.getKey(), all.getValue().toByteArray());
            }
        }
    }
}
