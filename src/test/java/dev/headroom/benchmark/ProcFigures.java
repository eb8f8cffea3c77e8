package dev.headroom.benchmark;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The figures of a process in Linux's /proc. */
record ProcFigures(long pid) {

    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    /** A tick of {@code /proc} is a hundredth of a second on every Linux that runs Java. */
    private static final double MICROS_PER_TICK = 10_000;

    private static final double KIB_PER_MB = 1e6 / 1024;

    /** Processor time that the process has used so far, user and system, in microseconds. */
    double cpuMicros() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * MICROS_PER_TICK;
    }

    /** The same without the threads of the JVM's compilers, whose work ends. */
    double serviceMicros() throws IOException {
        double nanos = 0;
        for (File thread : new File("/proc/" + pid + "/task").listFiles()) {
            try {
                String name = Files.readString(thread.toPath().resolve("comm"));
                String used = Files.readString(thread.toPath().resolve("schedstat"));
                nanos += name.contains("Compiler") ? 0 : Long.parseLong(used.split(" ")[0]);
            } catch (IOException _) {
                // the thread has ended
            }
        }
        return nanos / 1000;
    }

    /** Memory that the process holds, in megabytes of 10^6 bytes. */
    double residentMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / KIB_PER_MB)
                .findFirst()
                .orElseThrow();
    }
}
