package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Virtual GPUs: cards that exist in one folder's library and state alone. A child process with their {@link #environment}
 * finds CUDA, cuBLAS, cuDNN, NVML and nvidia-smi in that folder. The head of vgpu.h says which of it is real.
 */
public final class VirtualGpu {

    private static final int REFUSALS = 8;

    private final Path folder;
    private final VirtualGpuState state;

    private VirtualGpu(Path folder, VirtualGpuState state) {
        this.folder = folder;
        this.state = state;
    }

    /**
     * New cards, in the order of their bus. Tests of the same library do not share them.
     *
     * @param cards as VGPU_CARDS has them: {@code "NVIDIA L4:23034:8.9:434"} is name, MiB, compute capability and the
     *     MiB that the driver keeps, and {@code "/MIG 3g.20gb:19968"} a slice of the card before
     */
    public static VirtualGpu of(String... cards) throws IOException, InterruptedException {
        return of(VirtualGpuLibrary.compiled(List.of()), cards);
    }

    /** The same on a driver so old that some of NVML's functions are missing. */
    static VirtualGpu ofOldDriver(String... cards) throws IOException, InterruptedException {
        return of(VirtualGpuLibrary.compiled(List.of("-DOLD_DRIVER")), cards);
    }

    private static VirtualGpu of(Path library, String... cards) throws IOException, InterruptedException {
        Path folder = VirtualGpuLibrary.newFolder("cards");
        for (String file : List.of(VirtualGpuLibrary.LIBRARY, VirtualGpuLibrary.COMMAND)) {
            Files.copy(library.resolve(file), folder.resolve(file)); // one file is one library to the loader
        }
        for (String name : VirtualGpuLibrary.NAMES) {
            Files.createSymbolicLink(folder.resolve(name), Path.of(VirtualGpuLibrary.LIBRARY));
        }
        Files.createSymbolicLink(folder.resolve("nvidia-smi"), Path.of(VirtualGpuLibrary.COMMAND));
        ProcessBuilder show =
                new ProcessBuilder(folder.resolve(VirtualGpuLibrary.COMMAND).toString(), "show");
        show.environment().put("VGPU_CARDS", cards.length == 0 ? "none" : String.join(";", cards));
        assertEquals(
                0, show.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor(), "vgpuctl makes the state");
        VirtualGpuState state = new VirtualGpuState(folder.resolve("state"));
        assertEquals(cards.length, state.get("count"), "cards in " + String.join(";", cards));
        return new VirtualGpu(folder, state);
    }

    /** The variables with which a process finds these cards and no others. */
    public Map<String, String> environment() {
        return Map.of("LD_LIBRARY_PATH", folder.toString(), "PATH", folder + ":" + System.getenv("PATH"));
    }

    /** The library by one of its names. */
    Path library(String name) {
        return folder.resolve(name);
    }

    /** Removes the libraries whose names begin so, for processes that start later. */
    public void remove(String name) throws IOException {
        for (String library : VirtualGpuLibrary.NAMES) {
            if (library.startsWith(name)) {
                Files.delete(folder.resolve(library));
            }
        }
    }

    /** A card or slice, in the order given. */
    public VirtualCard card(int index) {
        return new VirtualCard(state, index);
    }

    /** Sets the newest CUDA of the driver: 12040 is 12.4. Only processes that start later know. */
    public void driverCuda(int version) {
        state.set(version, "driver_cuda");
    }

    /** Makes all functions whose names begin so answer this status. */
    public void refuse(String function, int status) {
        refuse(function, status, 0);
    }

    /** Makes the next calls of all functions whose names begin so answer this status. */
    public void refuse(String function, int status, int times) {
        int free = 0;
        while (!state.text("refusals", free, "function").isEmpty()) {
            free++;
        }
        state.set(status, "refusals", free, "status");
        state.set(times, "refusals", free, "times");
        state.setText(function, "refusals", free, "function");
    }

    /** Makes all functions whose names begin so hang, until {@link #refuseNothing}. */
    public void hang(String function) {
        refuse(function, -1);
    }

    /** Takes all refusals back. */
    public void refuseNothing() {
        for (int refusal = 0; refusal < REFUSALS; refusal++) {
            state.setText("", "refusals", refusal, "function");
        }
    }
}
