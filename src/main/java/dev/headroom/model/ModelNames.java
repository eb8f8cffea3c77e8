package dev.headroom.model;

import dev.headroom.model.file.BrokenModelException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The names of models: that of a model's folder or repository, and the aliases in its model.yaml. */
final class ModelNames {

    private static final String ALIAS = "(?U)[^\\s/\\p{Cntrl}]+(/[^\\s/\\p{Cntrl}]+)*";
    private static final int LONGEST = 200;

    /** Parts of the paths below /v2/models, where a name with slashes stands as it is. */
    private static final Set<String> PATHS = Set.of("infer", "ready", "versions", ".", "..");

    /** The form of a name that the operator gives. */
    static final String RULE =
            "write 1 to %d characters without spaces, slashes between them alone, and none of its parts %s"
                    .formatted(LONGEST, PATHS.stream().sorted().toList());

    private ModelNames() {}

    /** The name of a folder. */
    static String ofFolder(Path folder) {
        return folder.toAbsolutePath().normalize().getFileName().toString();
    }

    /**
     * The model's own name, then the aliases.
     *
     * @throws BrokenModelException when an alias cannot be one
     */
    static List<String> of(ModelFolder model) {
        List<String> aliases = Optional.ofNullable(model.yaml().aliases()).orElse(List.of());
        for (String alias : aliases) {
            if (!isName(alias)) {
                throw new BrokenModelException("%s: model.yaml says 'aliases: [%s]', which can be no name; %s."
                        .formatted(model.files(), shown(alias), RULE));
            }
        }
        return Stream.concat(Stream.of(model.name()), aliases.stream())
                .distinct()
                .toList();
    }

    /** A name as a message may show it. */
    static String shown(String alias) {
        String line = String.valueOf(alias).lines().findFirst().orElse("\"\"");
        return line.length() <= 60 ? line : line.substring(0, 60) + "...";
    }

    /** True if a model may be called so beside its own name. */
    static boolean isName(String alias) {
        return alias != null
                && alias.length() <= LONGEST
                && alias.matches(ALIAS)
                && Stream.of(alias.split("/")).noneMatch(PATHS::contains);
    }

    /**
     * Checks that no two folders have the same name.
     *
     * @throws BrokenModelException when two have
     */
    static void checkUnique(List<ModelSpec> models) {
        Map<String, String> folders = new HashMap<>();
        for (ModelSpec model : models) {
            String own = model.names().getFirst();
            if (!own.equals(model.name()) && model.names().contains(model.name())) {
                throw new BrokenModelException(
                        "The model %s has the alias '%s', which is the name of one of its graphs; change it in its model.yaml."
                                .formatted(own, model.name()));
            }
            Stream.concat(Stream.of(model.name()), model.names().stream()).forEach(name -> {
                String other = folders.putIfAbsent(name, own);
                if (other != null && !other.equals(own)) {
                    throw new BrokenModelException(
                            "The models %s and %s both have the name '%s'; change the aliases in the model.yaml of one of them, or the name of its folder."
                                    .formatted(other, own, name));
                }
            });
        }
    }
}
