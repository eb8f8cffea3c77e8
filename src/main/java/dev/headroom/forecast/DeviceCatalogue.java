package dev.headroom.forecast;

import dev.headroom.plan.ServingDevice;
import dev.headroom.settings.Spelling;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** GPUs by the names that people type, with their compute capability and the memory that {@code nvidia-smi} reports. */
public final class DeviceCatalogue {

    private static final List<Card> CARDS = List.of(
            new Card("T4", "7.5", 15_360),
            new Card("L4", "8.9", 23_034),
            new Card("A10", "8.6", 23_028),
            new Card("A10G", "8.6", 23_028),
            new Card("A30", "8.0", 24_576),
            new Card("RTX 3060", "8.6", 12_288),
            new Card("RTX 3090", "8.6", 24_576),
            new Card("RTX 4060", "8.9", 8_188),
            new Card("RTX 4090", "8.9", 24_564),
            new Card("RTX 5090", "12.0", 32_607),
            new Card("RTX 4000 Ada", "8.9", 20_475),
            new Card("RTX 6000 Ada", "8.9", 49_140),
            new Card("A40", "8.6", 46_068),
            new Card("A6000", "8.6", 49_140),
            new Card("L40", "8.9", 46_068),
            new Card("L40S", "8.9", 46_068),
            new Card("V100-16GB", "7.0", 16_384),
            new Card("V100-32GB", "7.0", 32_768),
            new Card("A100-40GB", "8.0", 40_960),
            new Card("A100-80GB", "8.0", 81_920),
            new Card("H100", "9.0", 81_559, "H100-80GB"),
            new Card("H200", "9.0", 143_771),
            new Card("GH200", "9.0", 97_871),
            new Card("B200", "10.0", 183_359),
            new Card("A100-40GB 1g.5gb", "8.0", 4_864),
            new Card("A100-40GB 2g.10gb", "8.0", 9_856),
            new Card("A100-40GB 3g.20gb", "8.0", 19_968),
            new Card("A100-80GB 1g.10gb", "8.0", 9_728),
            new Card("A100-80GB 3g.40gb", "8.0", 40_448));

    /** Parts of a name that drivers and shops add and that people leave out. */
    private static final Pattern BESIDE_THE_NAME =
            Pattern.compile("nvidia|tesla|geforce|rtx|pcie|sxm\\d?|hbm\\de?|generation|mig|gi?b|[\\s_-]");

    private static final Pattern SIZE =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([MGT])(i?)B?", Pattern.CASE_INSENSITIVE);

    private static final int TYPING_ERRORS = 2;
    private static final int MOST_ALIKE = 4;

    private record Card(String name, String computeCapability, long mebibytes, String... aliases) {

        private ServingDevice device() {
            return whatIf(name, computeCapability, mebibytes << 20);
        }

        private boolean called(String typed) {
            return Stream.concat(Stream.of(name), Arrays.stream(aliases))
                    .anyMatch(one -> plain(one).equals(plain(typed)));
        }

        /** The distance between the name and a typed word, in characters; 0 where the word is a part of the name. */
        private int distance(String typed) {
            String from = plain(typed);
            String to = plain(name);
            return from.length() > 1 && to.contains(from) ? 0 : Spelling.distance(from, to);
        }
    }

    private DeviceCatalogue() {}

    /** All GPUs of the catalogue, each with all of its memory free. */
    public static List<ServingDevice> all() {
        return CARDS.stream().map(Card::device).toList();
    }

    /** The GPU of this name; case, spaces, dashes, "NVIDIA", "GeForce" and "GB" make no difference. */
    public static Optional<ServingDevice> named(String name) {
        return CARDS.stream().filter(card -> card.called(name)).findFirst().map(Card::device);
    }

    /** The few names that are most like a mistyped one. */
    public static List<String> like(String name) {
        int nearest = CARDS.stream().mapToInt(card -> card.distance(name)).min().orElseThrow();
        return CARDS.stream()
                .filter(card -> nearest <= TYPING_ERRORS && card.distance(name) == nearest)
                .map(Card::name)
                .limit(MOST_ALIKE)
                .toList();
    }

    /** A GPU of a size such as {@code 40GiB}, {@code 24GB} (decimal) or {@code 40960MiB}; empty where the word is no size. */
    public static Optional<ServingDevice> ofSize(String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean decimal = matcher.group(3).isEmpty()
                && matcher.group().toUpperCase(Locale.ROOT).endsWith("B");
        int power = "MGT".indexOf(matcher.group(2).toUpperCase(Locale.ROOT)) + 2;
        long bytes = (long) (Double.parseDouble(matcher.group(1)) * Math.pow(decimal ? 1000 : 1024, power));
        return bytes > 0 ? Optional.of(whatIf("GPU of " + size, "", bytes)) : Optional.empty();
    }

    private static ServingDevice whatIf(String name, String computeCapability, long bytes) {
        return new ServingDevice(
                true, name, computeCapability, bytes, bytes, "What if it were here, and nobody else on it.");
    }

    private static String plain(String name) {
        return BESIDE_THE_NAME.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
    }
}
