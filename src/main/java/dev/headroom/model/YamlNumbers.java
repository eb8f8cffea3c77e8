package dev.headroom.model;

import dev.headroom.measured.MemoryProfile;
import dev.headroom.model.file.BrokenModelException;
import dev.headroom.settings.SettingRules;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/** The numbers in a model.yaml, checked. Each method throws a {@link BrokenModelException} for one that cannot be. */
record YamlNumbers(Path folder, ModelYaml yaml) {

    private static final int MOST_WEIGHT = 1000;

    /** The most items of a batch; empty where the plan derives it. */
    OptionalInt batch() {
        if (yaml.batch() == null) {
            return OptionalInt.empty();
        }
        if (yaml.batch() < 1 || yaml.batch() > SettingRules.MOST_ITEMS) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'batch: %d'; set it to the most items of a batch, between 1 and %,d, or leave it out to have it derived."
                            .formatted(folder, yaml.batch(), SettingRules.MOST_ITEMS));
        }
        return OptionalInt.of(yaml.batch());
    }

    /** The share of the device beside other models. */
    int weight() {
        int weight = Optional.ofNullable(yaml.weight()).orElse(1);
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new BrokenModelException(
                    "%s: model.yaml says 'weight: %d'; set it to between 1 and %d, twice another model's for twice its share of the device."
                            .formatted(folder, weight, MOST_WEIGHT));
        }
        return weight;
    }

    /** When the model is open. */
    Residence residence() {
        Optional<Residence.Opening> opening = Optional.ofNullable(yaml.open()).map(word -> switch (word) {
            case "start" -> Residence.Opening.START;
            case "on-demand" -> Residence.Opening.ON_DEMAND;
            default ->
                throw new BrokenModelException(
                        "%s: model.yaml says 'open: %s'; write start or on-demand, or leave it out to have the model opened at the start if it fits."
                                .formatted(folder, word));
        });
        return new Residence(Boolean.TRUE.equals(yaml.pinned()), opening);
    }

    /** The declared memory of a model whose longest item has so many elements. */
    Optional<MemoryProfile> memory(long longest) {
        if (yaml.memory() == null) {
            return Optional.empty();
        }
        return Optional.of(MemoryProfile.ofItem(
                bytes("base", yaml.memory().base()),
                bytes("per_item", yaml.memory().perItem()),
                longest));
    }

    private long bytes(String field, String text) {
        try {
            long bytes = new MemorySizeConverter()
                    .convert(String.valueOf(text).trim().replaceFirst("(?i)(?<=[KMGT])i?B$", ""))
                    .asLongValue();
            if (bytes > 0) {
                return bytes;
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            // refused below
        }
        throw new BrokenModelException(
                "%s: model.yaml says 'memory.%s: %s', which is no size; write it as 90MiB or 2GiB."
                        .formatted(folder, field, text));
    }
}
