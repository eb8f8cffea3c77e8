package dev.headroom.forecast;

import dev.headroom.device.Bytes;
import dev.headroom.plan.CudaBuild;
import dev.headroom.plan.ModelDemand;
import dev.headroom.plan.Plan;
import dev.headroom.plan.Precision;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The forecasts of several devices, as a table for people or as JSON for programs.
 *
 * @param forecasts one for each device, in the order of the command line; at least one
 * @param generating those of models that generate text, device by device
 */
public record ForecastReport(List<Forecast> forecasts, List<GenerationForecast> generating) {

    private static final List<String> COLUMNS =
            List.of("device", "memory", "batch", "window", "prefetch", "share", "containerConcurrency", "fit");
    private static final List<String> COLUMNS_OF_COST = List.of("items/s", "per million");

    private static final String NOTHING = "-";

    /** The forecasts of the devices that can serve the models. */
    public List<Forecast.Served> served() {
        return forecasts.stream()
                .filter(Forecast.Served.class::isInstance)
                .map(Forecast.Served.class::cast)
                .toList();
    }

    /** True if a device can serve all models. */
    boolean serves() {
        return served().stream()
                .anyMatch(served -> generating.stream()
                        .filter(one -> one.device().equals(served.device()))
                        .allMatch(one -> one.plan().isPresent()));
    }

    /** The reason why no device can serve the models; one sentence where all devices have the same. */
    public String refusal() {
        List<String> texts = generating.stream()
                .map(GenerationForecast::refusal)
                .filter(refusal -> !refusal.isEmpty())
                .distinct()
                .toList();
        if (!served().isEmpty() && texts.size() == 1) {
            return texts.getFirst();
        }
        return reasons().size() == 1
                ? reasons().getFirst()
                : "None of these %d devices can serve %s."
                        .formatted(
                                forecasts.size(),
                                Stream.concat(
                                                models().stream().map(ModelDemand::name),
                                                generating.stream()
                                                        .map(one -> one.model().name()))
                                        .distinct()
                                        .collect(Collectors.joining(", ")));
    }

    /** The models as the first device serves them. */
    private List<ModelDemand> models() {
        return forecasts.getFirst().demands();
    }

    private List<String> reasons() {
        return forecasts.stream()
                .filter(Forecast.Refused.class::isInstance)
                .map(refused -> ((Forecast.Refused) refused).reason())
                .distinct()
                .toList();
    }

    /** A table for each model, with remarks on the devices below it; empty where no device can serve the models. */
    public String text() {
        return Stream.of(batchText(), generatingText())
                .filter(part -> !part.isBlank())
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /** A table for each model that generates text. */
    private String generatingText() {
        return generating.stream()
                .collect(Collectors.groupingBy(one -> one.model().name(), LinkedHashMap::new, Collectors.toList()))
                .values()
                .stream()
                .map(GenerationForecast::text)
                .collect(Collectors.joining(
                        System.lineSeparator().repeat(2), "", generating.isEmpty() ? "" : System.lineSeparator()));
    }

    private String batchText() {
        if (models().isEmpty()) {
            return "";
        }
        if (served().isEmpty() && reasons().size() == 1) {
            return together();
        }
        return IntStream.range(0, models().size())
                        .mapToObj(this::modelText)
                        .collect(Collectors.joining(System.lineSeparator().repeat(2), "", System.lineSeparator()))
                + together();
    }

    private String together() {
        return forecasts.stream()
                .flatMap(forecast -> forecast.together().stream())
                .map(sentence -> System.lineSeparator() + sentence + System.lineSeparator())
                .collect(Collectors.joining());
    }

    private String modelText(int index) {
        int others = models().size() - 1;
        String beside = others == 0 ? "" : ", beside %d other%s".formatted(others, others == 1 ? "" : "s");
        List<List<String>> rows = new ArrayList<>(List.of(withCost(COLUMNS, COLUMNS_OF_COST)));
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (Forecast forecast : forecasts) {
            rows.add(withCost(row(forecast, index), costCells(forecast, index)));
            Stream.of(build(forecast), precision(forecast, index), note(forecast, index), costNote(forecast, index))
                    .flatMap(Optional::stream)
                    .forEach(note -> notes.computeIfAbsent(note, first -> new ArrayList<>())
                            .add(forecast.device().name()));
        }
        return "%s: %s of weights, items of up to %d elements%s%s%s"
                .formatted(
                        models().get(index).name(),
                        weights(index),
                        models().get(index).elementsPerItem(),
                        beside,
                        new Table(rows).text(),
                        notes.isEmpty() ? "" : System.lineSeparator() + notesText(notes));
    }

    /** The columns for costs, before the last column; only where a price is given. */
    private List<String> withCost(List<String> row, List<String> cost) {
        if (served().stream().noneMatch(served -> served.rates().pricePerHour().isPresent())) {
            return row;
        }
        List<String> wider = new ArrayList<>(row);
        wider.addAll(row.size() - 1, cost);
        return wider;
    }

    private static List<String> costCells(Forecast forecast, int index) {
        List<Cost> costs = costs(forecast, index);
        return costs.isEmpty()
                ? List.of(NOTHING, NOTHING)
                : List.of(between(costs, Cost::itemsPerSecond), between(costs, Cost::perMillion));
    }

    private static String between(List<Cost> costs, ToDoubleFunction<Cost> number) {
        return costs.stream()
                .mapToDouble(number)
                .sorted()
                .mapToObj(Cost::text)
                .distinct()
                .collect(Collectors.joining(" - "));
    }

    private static List<Cost> costs(Forecast forecast, int index) {
        return switch (forecast) {
            case Forecast.Refused refused -> List.of();
            case Forecast.Served served -> served.costs(served.models().get(index));
        };
    }

    /** The source of the throughput, or how to get one. */
    private static Optional<String> costNote(Forecast forecast, int index) {
        if (!(forecast instanceof Forecast.Served served)
                || served.rates().pricePerHour().isEmpty()) {
            return Optional.empty();
        }
        List<Cost> costs = costs(served, index);
        return Optional.of(
                costs.isEmpty()
                        ? "What a million items cost is not known, because nothing was measured there: give --throughput, or in"
                                + " headroom.state-dir the folder of a start on such a device."
                        : "A million items, while it is always busy: %s."
                                .formatted(costs.stream().map(Cost::words).collect(Collectors.joining("; "))));
    }

    /** The sizes of the weights; they differ where only some devices get a file in half precision. */
    private String weights(int index) {
        return forecasts.stream()
                .map(forecast -> forecast.demands().get(index).weightBytes())
                .distinct()
                .sorted()
                .map(Bytes::text)
                .collect(Collectors.joining(" or "));
    }

    /** The build that the device needs, unless every build serves it. */
    private static Optional<String> build(Forecast forecast) {
        return CudaBuild.remark(forecast.device().computeCapability());
    }

    /** The file that is served, unless every device gets the one in full precision. */
    private Optional<String> precision(Forecast forecast, int index) {
        boolean anyHalf = forecasts.stream()
                .anyMatch(any -> any.demands().get(index).precision().value() == Precision.HALF);
        ModelDemand model = forecast.demands().get(index);
        return anyHalf
                ? Optional.of("Served in %s precision: %s with %s of weights."
                        .formatted(
                                model.precision().value(), model.precision().file(), Bytes.text(model.weightBytes())))
                : Optional.empty();
    }

    private static List<String> row(Forecast forecast, int index) {
        String name = forecast.device().name();
        String memory = Bytes.text(forecast.device().totalBytes());
        return switch (forecast) {
            case Forecast.Refused refused ->
                List.of(name, memory, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, "does not fit");
            case Forecast.Served served -> {
                ModelForecast model = served.models().get(index);
                Plan plan = model.planned().plan();
                yield List.of(
                        name,
                        memory,
                        String.valueOf(plan.batch().value()),
                        plan.window().text(),
                        String.valueOf(plan.prefetch().value()),
                        share(model),
                        String.valueOf(plan.knative().containerConcurrency().value()),
                        model.fit().toString());
            }
        };
    }

    private static String share(ModelForecast model) {
        return model.predictedBytes().isEmpty() ? NOTHING : String.format(Locale.ROOT, "%.1f %%", 100 * model.share());
    }

    private static Optional<String> note(Forecast forecast, int index) {
        return switch (forecast) {
            case Forecast.Refused refused -> Optional.of(refused.reason());
            case Forecast.Served served -> served.models().get(index).warning();
        };
    }

    /** Names the devices together that have the same remark. */
    private static String notesText(Map<String, List<String>> notes) {
        return notes.entrySet().stream()
                .map(note -> List.of("*", String.join(", ", note.getValue()) + ": " + note.getKey()))
                .collect(Collectors.collectingAndThen(Collectors.toList(), rows -> new Table(rows).text()));
    }

    /** The JSON document, with every number of each plan as {@code GET /plan} shows it. */
    public String json() {
        return new ForecastJson(forecasts, generating).text();
    }
}
