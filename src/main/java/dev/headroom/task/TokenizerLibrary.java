package dev.headroom.task;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.nio.file.Files;
import java.nio.file.Path;

/** DJL's library of tokenisers, which a process loads once. */
final class TokenizerLibrary {

    /** DJL's setting for the library's folder or file. Without it the library is unpacked into DJL's cache. */
    private static final String FOLDER = "RUST_LIBRARY_PATH";

    private static boolean loaded;

    private TokenizerLibrary() {}

    /** Loads the library. DJL would first unpack another library to look for CUDA. */
    @SuppressWarnings("restricted")
    static synchronized void load() {
        if (loaded) {
            return;
        }
        // Otherwise DJL looks for a GPU build of the library in the network, and reports its use on EC2.
        System.setProperty("ai.djl.offline", "true");
        String folder = System.getProperty(FOLDER, System.getenv(FOLDER));
        if (folder == null) {
            LibUtils.checkStatus();
        } else {
            Path path = Path.of(folder).toAbsolutePath();
            System.load(
                    (Files.isDirectory(path) ? path.resolve(System.mapLibraryName("tokenizers")) : path).toString());
        }
        loaded = true;
    }
}
