import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Enumeration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The native libraries of this platform, taken out of the jars that bring them for all.
 *
 * @param folder where they go
 */
record NativeLibraries(Path folder) {

    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    /** Where each jar has its libraries, and below that those of this platform. */
    private static final Map<String, String> PLACES = Map.of(
            "ai/onnxruntime/native/", ARM ? "linux-aarch64/" : "linux-x64/",
            "native/lib/", ARM ? "linux-aarch64/cpu/" : "linux-x86_64/cpu/");

    /** A part of ONNX Runtime's GPU build that wants TensorRT, which the service does not use. */
    private static final String UNUSED = "tensorrt";

    /** Copies a jar without its native libraries, of which this platform's go into the folder. */
    void copyWithout(Path file, Path copy) throws IOException {
        try (ZipFile jar = new ZipFile(file.toFile());
                ZipOutputStream rest = new ZipOutputStream(Files.newOutputStream(copy))) {
            for (Enumeration<? extends ZipEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                if (!take(jar, entry)) {
                    copy(jar, entry, rest);
                }
            }
        }
    }

    /** Whether an entry is a native library; one of this platform goes into the folder. */
    boolean take(ZipFile jar, ZipEntry entry) throws IOException {
        boolean library = isLibrary(entry);
        if (library && isThisPlatforms(entry.getName())) {
            unpack(jar, entry);
        }
        return library;
    }

    private static boolean isLibrary(ZipEntry entry) {
        String name = entry.getName();
        return !entry.isDirectory()
                && !name.endsWith(".properties") // the tokeniser reads its own
                && PLACES.keySet().stream().anyMatch(name::startsWith);
    }

    private static boolean isThisPlatforms(String name) {
        return !name.contains(UNUSED)
                && PLACES.entrySet().stream().anyMatch(place -> name.startsWith(place.getKey() + place.getValue()));
    }

    private static void copy(ZipFile jar, ZipEntry entry, ZipOutputStream to) throws IOException {
        ZipEntry same = new ZipEntry(entry.getName());
        same.setLastModifiedTime(FileTime.fromMillis(entry.getTime()));
        to.putNextEntry(same);
        try (InputStream content = jar.getInputStream(entry)) {
            content.transferTo(to);
        }
        to.closeEntry();
    }

    private void unpack(ZipFile jar, ZipEntry entry) throws IOException {
        String name = entry.getName().substring(entry.getName().lastIndexOf('/') + 1);
        try (InputStream content = jar.getInputStream(entry);
                OutputStream library = Files.newOutputStream(folder.resolve(name))) {
            content.transferTo(library);
        }
    }
}
