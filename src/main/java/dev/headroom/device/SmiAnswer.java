package dev.headroom.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The output of nvidia-smi, errors and warnings included, in whatever language.
 *
 * @param fields the columns it was asked for, of {@link #FIELDS}
 * @param exit its exit status, which some warnings set too
 * @param text rows of comma-separated values, and lines that are no rows
 */
record SmiAnswer(List<String> fields, int exit, String text) {

    /** All columns, as nvidia-smi names them; memory is in MiB. */
    static final List<String> FIELDS = List.of(
            "index",
            "uuid",
            "name",
            "memory.total",
            "memory.free",
            "memory.used",
            "compute_cap",
            "driver_version",
            "mig.mode.current");

    private static final Set<String> NEWER_FIELDS = Set.of("compute_cap", "mig.mode.current"); // since 510, 450
    private static final Set<String> NOT_THERE = Set.of("[N/A]", "N/A", "[Not Supported]", "Not Supported");
    private static final int LONGEST_REMARK = 250;

    /** Leaves out byte order marks and the control characters of terminals. */
    SmiAnswer {
        fields = List.copyOf(fields);
        text = text.replaceAll("[\\p{Cc}\\uFEFF&&[^\\r\\n\\t]]", "");
    }

    /** Columns that nvidia-smi does not know: only a refusal names a column. */
    Set<String> unknownFields() {
        return NEWER_FIELDS.stream().filter(text::contains).collect(Collectors.toSet());
    }

    /**
     * The GPUs in the output.
     *
     * @param host gives its memory to a GPU without its own
     */
    Sighting sighting(Host host) {
        List<Gpu> gpus = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        rows().forEach(row -> read(row, host, gpus, remarks));
        prose().ifPresent(remarks::add);
        if (gpus.isEmpty() && remarks.isEmpty()) {
            remarks.add("nothing was printed");
        }
        if (exit != 0) {
            remarks.add("exit status " + exit);
        }
        return Sighting.of(gpus, remarks);
    }

    private Stream<Map<String, String>> rows() {
        return text.lines()
                .map(this::cells)
                .filter(this::isRow)
                .map(cells ->
                        IntStream.range(0, fields.size()).boxed().collect(Collectors.toMap(fields::get, cells::get)));
    }

    /** The lines that are no rows: an error with its remedy, warnings, "No devices were found". */
    private Optional<String> prose() {
        String prose = text.lines()
                .filter(line -> !isRow(cells(line)))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .distinct()
                .collect(Collectors.joining(" "));
        return Optional.of(prose.substring(0, Math.min(prose.length(), LONGEST_REMARK)))
                .filter(remark -> !remark.isEmpty());
    }

    /** The cells of a line: nothing is quoted, and only the name may hold a comma. */
    private List<String> cells(String line) {
        List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
        int name = fields.indexOf("name");
        while (cells.size() > fields.size()) {
            cells.set(name, cells.get(name) + "," + cells.remove(name + 1));
        }
        return cells.stream().map(String::strip).toList();
    }

    private boolean isRow(List<String> cells) {
        return cells.size() == fields.size() && cells.getFirst().matches("\\d{1,4}");
    }

    private static void read(Map<String, String> row, Host host, List<Gpu> gpus, List<String> remarks) {
        String card = "GPU " + row.get("index");
        String total = row.get("memory.total");
        if (row.getOrDefault("mig.mode.current", "").equals("Enabled")) {
            remarks.add(card + " is left out: MIG is on, and nvidia-smi does not tell the memory of the slices");
        } else if (NOT_THERE.contains(total) || total.matches("0+")) {
            remarks.add(card + " has no memory of its own and shares the host's");
            gpus.add(gpu(row, GpuMemory.of(host), true));
        } else if (isSize(total)) {
            gpus.add(gpu(row, memory(row), false));
        } else {
            remarks.add(card + " is left out: its memory is said to be " + total);
        }
    }

    private static Gpu gpu(Map<String, String> row, GpuMemory memory, boolean unified) {
        return new Gpu(
                Integer.parseInt(row.get("index")),
                known(row.get("uuid")),
                known(row.get("name")),
                memory,
                known(row.get("compute_cap")),
                known(row.get("driver_version")),
                "",
                false,
                unified);
    }

    private static GpuMemory memory(Map<String, String> row) {
        long total = bytes(row.get("memory.total"), 0);
        long used = bytes(row.get("memory.used"), total - bytes(row.get("memory.free"), total));
        return new GpuMemory(total, bytes(row.get("memory.free"), total - used), used);
    }

    private static boolean isSize(String cell) {
        return cell.matches("\\d{1,12}");
    }

    private static long bytes(String mebibytes, long otherwise) {
        return isSize(mebibytes) ? Long.parseLong(mebibytes) << 20 : otherwise;
    }

    private static String known(String cell) {
        return cell == null || cell.startsWith("[") || cell.equals("N/A") ? "" : cell;
    }
}
