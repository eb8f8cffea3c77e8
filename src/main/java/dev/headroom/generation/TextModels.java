package dev.headroom.generation;

import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The models that generate text, by every name that requests may use. Any thread may call. */
@Singleton
public class TextModels {

    private volatile Map<String, TextModel> byName = Map.of();

    /**
     * From now on these are served.
     *
     * @param models by name and by alias
     */
    public void open(Map<String, TextModel> models) {
        byName = new LinkedHashMap<>(models);
    }

    /** The model of this name or alias; empty where none generates text under it. */
    public Optional<TextModel> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** All models, each once. */
    public List<TextModel> all() {
        return byName.values().stream().distinct().toList();
    }

    /** All names and aliases. */
    public Set<String> names() {
        return byName.keySet();
    }
}
