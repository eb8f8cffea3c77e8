package dev.headroom.device;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The GPUs that the environment lets this process use.
 *
 * <p>Both are lists of indices, UUIDs, or beginnings of a UUID that only one device has ({@code GPU-8932f937}). As with
 * CUDA a list ends at its first entry that names no device, so an empty text, "none", "void", "-1" and "NoDevFiles"
 * hide everything, and an entry given twice leaves nothing.
 *
 * @param cuda the value of CUDA_VISIBLE_DEVICES, null where unset; it also gives the order
 * @param nvidia the value of NVIDIA_VISIBLE_DEVICES, null where unset; "all" hides nothing
 */
public record VisibleDevices(String cuda, String nvidia) {

    /** Neither variable is set, so that nothing is hidden. */
    public static final VisibleDevices ALL = new VisibleDevices(null, null);

    private static final Pattern INDEX = Pattern.compile("\\d{1,6}");

    /**
     * The visible part of a list of GPUs.
     *
     * @param gpus in CUDA's order, each with the number that CUDA gives it
     * @param notes sentences on what was hidden and why
     */
    public record Choice(List<Gpu> gpus, List<String> notes) {}

    /** Picks from the GPUs of this machine, numbered as the driver does. */
    public Choice pick(List<Gpu> present) {
        List<String> notes = new ArrayList<>();
        List<Gpu> shown = cuda == null ? present : named("CUDA_VISIBLE_DEVICES", cuda, present, notes);
        List<Gpu> allowed = nvidia == null || nvidia.strip().equals("all")
                ? present
                : named("NVIDIA_VISIBLE_DEVICES", nvidia, present, notes);
        List<Gpu> gpus = IntStream.range(0, shown.size())
                .filter(number -> allowed.contains(shown.get(number)))
                .mapToObj(number -> shown.get(number).numbered(number))
                .toList();
        return new Choice(gpus, List.copyOf(notes));
    }

    private static List<Gpu> named(String variable, String value, List<Gpu> present, List<String> notes) {
        List<Gpu> named = new ArrayList<>();
        String end = "";
        for (String entry : value.split(",", -1)) {
            List<Gpu> meant = meant(entry.strip(), present);
            if (meant.isEmpty()) {
                end = ": it ends at \"" + entry.strip() + "\", which is no device here";
                break;
            }
            if (named.containsAll(meant)) {
                named.clear();
                end = ": it names \"" + entry.strip() + "\" twice";
                break;
            }
            named.addAll(meant);
        }
        if (named.size() < present.size()) {
            int hidden = present.size() - named.size();
            notes.add(variable + "=" + value + " hides " + hidden + " of " + present.size() + " devices" + end);
        }
        return named;
    }

    private static List<Gpu> meant(String entry, List<Gpu> present) {
        Matcher index = INDEX.matcher(entry);
        if (index.lookingAt()) { // like CUDA, which reads "1st" as 1
            int number = Integer.parseInt(index.group());
            return present.stream().filter(gpu -> gpu.index() == number).toList();
        }
        boolean identifier = entry.startsWith("GPU-") || entry.startsWith("MIG-");
        List<Gpu> alike = present.stream()
                .filter(gpu -> identifier && gpu.uuid().startsWith(entry))
                .toList();
        return alike.size() == 1 ? alike : List.of();
    }
}
