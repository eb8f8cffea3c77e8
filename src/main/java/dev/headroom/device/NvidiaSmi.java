package dev.headroom.device;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Asks the driver's command-line tool, for machines where the driver's library is out of reach. */
final class NvidiaSmi implements GpuSource {

    /** The usual places: the PATH, and the folders that installers, container runtimes and WSL use. */
    static final List<String> PLACES = List.of(
            "nvidia-smi",
            "/usr/bin/nvidia-smi",
            "/usr/sbin/nvidia-smi",
            "/usr/local/bin/nvidia-smi",
            "/usr/local/nvidia/bin/nvidia-smi",
            "/usr/lib/wsl/lib/nvidia-smi",
            "/opt/bin/nvidia-smi");

    private static final int MOST_BYTES = 64 * 1024;
    private static final int GLANCE_MILLIS = 10;

    private final List<String> places;

    NvidiaSmi(List<String> places) {
        this.places = List.copyOf(places);
    }

    @Override
    public String name() {
        return "nvidia-smi";
    }

    @Override
    public Sighting look(Host host) throws IOException, InterruptedException {
        List<String> fields = new ArrayList<>(SmiAnswer.FIELDS);
        SmiAnswer answer = ask(fields);
        while (fields.removeAll(answer.unknownFields())) {
            answer = ask(fields);
        }
        return answer.sighting(host);
    }

    private SmiAnswer ask(List<String> fields) throws IOException, InterruptedException {
        Process process = start("--query-gpu=" + String.join(",", fields), "--format=csv,noheader,nounits");
        try {
            String text = text(process);
            return new SmiAnswer(fields, process.waitFor(), text);
        } finally {
            if (process.isAlive()) { // the probe has given up
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /**
     * Reads the tool's output, only as far as it is there already. A read that waits cannot be interrupted, and the
     * pipe has no end while a process that the tool started keeps it open.
     */
    private static String text(Process process) throws IOException, InterruptedException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        InputStream pipe = process.getInputStream();
        boolean ended = false;
        while (!ended) {
            ended = process.waitFor(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
            text.write(pipe.readNBytes(pipe.available()));
            if (text.size() > MOST_BYTES) {
                throw new IOException("nvidia-smi printed more than 64 KiB and was stopped");
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    private Process start(String... arguments) throws IOException {
        String reason = "nvidia-smi is not on this machine, neither on the PATH nor in the usual places";
        for (String place : places) {
            if (place.startsWith("/") && !Files.exists(Path.of(place))) {
                continue;
            }
            List<String> command = new ArrayList<>(List.of(arguments));
            command.addFirst(place);
            try {
                Process process =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                process.getOutputStream().close(); // the tool is asked nothing on its input
                return process;
            } catch (IOException e) {
                if (place.startsWith("/")) {
                    reason = e.getMessage();
                }
            }
        }
        throw new IOException(reason);
    }
}
