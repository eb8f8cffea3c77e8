package dev.headroom.settings;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The environment variables of a process.
 *
 * @param variables the values by their names
 */
public record Environment(Map<String, String> variables) {

    /** Variables that name the GPUs of a process: read anew wherever it is restored. */
    public static final List<String> DEVICES = List.of("CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES");

    /** Variables that a platform, an engine or a shell sets anew for each container, and that nothing here reads. */
    private static final Pattern OF_THE_PLATFORM = Pattern.compile(
            "HOSTNAME|PORT|K_SERVICE|K_REVISION|K_CONFIGURATION|KUBERNETES_.*|container|NVIDIA_(DRIVER_CAPABILITIES|REQUIRE_.*)"
                    + "|PWD|OLDPWD|SHLVL|_|TERM|LS_COLORS");

    private static final Pattern OF_A_SERVICE =
            Pattern.compile(".*_SERVICE_HOST|.*_SERVICE_PORT(_.*)?|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern ADDRESS_OF_A_SERVICE = Pattern.compile("(tcp|udp|sctp)://.*");

    private static final Pattern SECRET =
            Pattern.compile(".*(KEY|KEYS|TOKEN|SECRET|PASSWORD|HEADERS)", Pattern.CASE_INSENSITIVE);

    /** An index in a list: {@code [0]}, in the environment {@code _0_}. */
    private static final Pattern PLACE = Pattern.compile("\\[\\d+]$|_\\d+_$");

    private static final Pattern PASSWORD_IN_ADDRESS = Pattern.compile("://[^/@\\s]*:[^/@\\s]+@");

    private static final Predicate<String> SWITCH =
            Pattern.compile("HF_HUB_DISABLE_.*").asMatchPredicate();

    /** Copies the map. */
    public Environment {
        variables = Map.copyOf(variables);
    }

    /**
     * Reads an environment that is written as in Linux's {@code /proc/PID/environ}: {@code NAME=value}, each with a zero byte
     * behind it. The JVM would decode other bytes than ASCII as its locale has it; here each byte is a character.
     */
    public static Environment read(Path file) throws IOException {
        Map<String, String> variables = new HashMap<>();
        for (String entry : Files.readString(file, StandardCharsets.ISO_8859_1).split("\0")) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                variables.putIfAbsent(
                        entry.substring(0, equals), entry.substring(equals + 1)); // as getenv finds the first
            }
        }
        return new Environment(variables);
    }

    /** The value of a variable; empty where it is not set. */
    public Optional<String> value(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    /** The names, in order, of the variables whose values are others, less those that a process does not depend on. */
    public List<String> differences(Environment other) {
        TreeSet<String> names = new TreeSet<>(variables.keySet());
        names.addAll(other.variables.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(variables.get(name), other.variables.get(name)))
                .filter(name -> !DEVICES.contains(name))
                .filter(name -> !ofThePlatform(name) && !other.ofThePlatform(name))
                .toList();
    }

    private boolean ofThePlatform(String name) {
        return OF_THE_PLATFORM.matcher(name).matches()
                || isOfAService(name, value(name).orElse(""));
    }

    /** True for the variables that Kubernetes sets in each pod for each Service, whose name may begin with "headroom". */
    static boolean isOfAService(String name, String value) {
        return OF_A_SERVICE.matcher(name).matches()
                || name.endsWith("_PORT") && ADDRESS_OF_A_SERVICE.matcher(value).matches();
    }

    /** The name of a list, given that of one of its elements; another name as it is. */
    static String ofAList(String name) {
        return PLACE.matcher(name).replaceFirst("");
    }

    /** True if a variable or a setting holds a secret: by its name, or by a password in an address. */
    public static boolean isSecret(String name, String value) {
        return !value.isEmpty()
                && (SECRET.matcher(ofAList(name)).matches() && !SWITCH.test(name)
                        || PASSWORD_IN_ADDRESS.matcher(value).find());
    }
}
