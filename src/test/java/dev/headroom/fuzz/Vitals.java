package dev.headroom.fuzz;

import dev.headroom.ServiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The resources of an idle process after a garbage collection.
 *
 * @param series lines of its metrics
 * @param queued items that it has not answered
 */
record Vitals(long heapMib, long directMib, long residentMib, long threads, long files, long series, long queued) {

    static Vitals of(ServiceProcess service) throws IOException, InterruptedException {
        collect(service.pid());
        String metrics = service.get("/q/metrics").body();
        return new Vitals(
                sum(metrics, "jvm_memory_used_bytes{area=\"heap\"") >> 20,
                sum(metrics, "jvm_buffer_memory_used_bytes{") >> 20,
                resident(service.pid()) >> 10,
                sum(metrics, "jvm_threads_live_threads"),
                sum(metrics, "process_files_open_files"),
                metrics.lines().filter(line -> !line.startsWith("#")).count(),
                sum(metrics, "headroom_queue_items"));
    }

    private static void collect(long pid) throws IOException, InterruptedException {
        Process jcmd = new ProcessBuilder(System.getProperty("java.home") + "/bin/jcmd", Long.toString(pid), "GC.run")
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd could not have the garbage collected");
        }
    }

    private static long sum(String metrics, String series) {
        return (long) metrics.lines()
                .filter(line -> line.startsWith(series))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private static long resident(long pid) throws IOException {
        Matcher kib = Pattern.compile("VmRSS:\\s+(\\d+)")
                .matcher(Files.readString(Path.of("/proc/%d/status".formatted(pid))));
        return kib.find() ? Long.parseLong(kib.group(1)) : 0;
    }

    /** True if they are about as before: nothing leaks with each request. */
    boolean near(Vitals before) {
        return heapMib <= before.heapMib + 24
                && directMib <= before.directMib + 48
                && residentMib <= before.residentMib + 600
                && threads <= before.threads + 24
                && files <= before.files + 24
                && series <= before.series + 400
                && queued == 0;
    }
}
