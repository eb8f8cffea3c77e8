package dev.headroom.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Asks the driver's command-line tool: for where its library is out of this process's reach. */
final class NvidiaSmi implements GpuSource {

    /** Where it usually is: on the PATH, or where installers, container runtimes and WSL put it. */
    static final List<String> PLACES = List.of(
            "nvidia-smi",
            "/usr/bin/nvidia-smi",
            "/usr/local/bin/nvidia-smi",
            "/usr/local/nvidia/bin/nvidia-smi",
            "/usr/lib/wsl/lib/nvidia-smi",
            "/opt/bin/nvidia-smi");

    private static final int MOST_BYTES = 64 * 1024; // also what a pipe holds, so it can end before it is read

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
            int exit = process.waitFor();
            byte[] text = process.getInputStream().readNBytes(MOST_BYTES);
            return new SmiAnswer(fields, exit, new String(text, StandardCharsets.UTF_8));
        } finally {
            if (process.isAlive()) { // interrupted: nobody waits any longer
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    private Process start(String... arguments) throws IOException {
        String reason = "nvidia-smi is not on this machine, neither on the PATH nor in the usual places";
        for (String place : places) {
            if (place.startsWith("/") && !Files.isExecutable(Path.of(place))) {
                continue;
            }
            List<String> command = new ArrayList<>(List.of(arguments));
            command.addFirst(place);
            try {
                return new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                if (place.startsWith("/")) {
                    reason = e.getMessage();
                }
            }
        }
        throw new IOException(reason);
    }
}
