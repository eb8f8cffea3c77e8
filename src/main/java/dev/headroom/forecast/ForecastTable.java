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
import java.util.stream.Stream;

/**
 * A table for people of what devices carry of one model that runs batches.
 *
 * @param forecasts one for each device
 * @param index the model's place in each
 */
record ForecastTable(List<Forecast> forecasts, int index) {

    private static final List<String> COLUMNS =
            List.of("device", "memory", "batch", "window", "prefetch", "share", "containerConcurrency", "fit");
    private static final List<String> COLUMNS_OF_COST = List.of("items/s", "per million");

    private static final String NOTHING = "-";

    /** A line for each device, with remarks on them below. */
    String text() {
        int others = forecasts.getFirst().demands().size() - 1;
        String beside = others == 0 ? "" : ", beside %d other%s".formatted(others, others == 1 ? "" : "s");
        List<List<String>> rows = new ArrayList<>(List.of(withCost(COLUMNS, COLUMNS_OF_COST)));
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (Forecast forecast : forecasts) {
            rows.add(withCost(row(forecast), costCells(forecast)));
            Stream.of(build(forecast), precision(forecast), note(forecast), costNote(forecast))
                    .flatMap(Optional::stream)
                    .forEach(note -> notes.computeIfAbsent(note, first -> new ArrayList<>())
                            .add(forecast.device().name()));
        }
        return "%s: %s of weights, items of up to %d elements%s%s%s"
                .formatted(
                        first().name(),
                        weights(),
                        first().elementsPerItem(),
                        beside,
                        new Table(rows).text(),
                        notes.isEmpty() ? "" : System.lineSeparator() + notesText(notes));
    }

    /** The columns for costs, before the last column; only where a price is given. */
    private List<String> withCost(List<String> row, List<String> cost) {
        if (forecasts.stream().noneMatch(ForecastTable::hasPrice)) {
            return row;
        }
        List<String> wider = new ArrayList<>(row);
        wider.addAll(row.size() - 1, cost);
        return wider;
    }

    private static boolean hasPrice(Forecast forecast) {
        return forecast instanceof Forecast.Served served
                && served.rates().pricePerHour().isPresent();
    }

    private List<String> costCells(Forecast forecast) {
        List<Cost> costs = costs(forecast);
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

    private List<Cost> costs(Forecast forecast) {
        return switch (forecast) {
            case Forecast.Refused refused -> List.of();
            case Forecast.Served served -> served.costs(served.models().get(index));
        };
    }

    /** The source of the throughput, or how to get one. */
    private Optional<String> costNote(Forecast forecast) {
        if (!hasPrice(forecast)) {
            return Optional.empty();
        }
        List<Cost> costs = costs(forecast);
        return Optional.of(
                costs.isEmpty()
                        ? "What a million items cost is not known, because nothing was measured there: give --throughput, or in"
                                + " headroom.state-dir the folder of a start on such a device."
                        : "A million items, while it is always busy: %s."
                                .formatted(costs.stream().map(Cost::words).collect(Collectors.joining("; "))));
    }

    /** The sizes of the weights; they differ where only some devices get a file in half precision. */
    private String weights() {
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
    private Optional<String> precision(Forecast forecast) {
        boolean anyReduced = forecasts.stream()
                .anyMatch(any -> any.demands().get(index).precision().value() != Precision.FULL);
        ModelDemand model = forecast.demands().get(index);
        return anyReduced && forecast instanceof Forecast.Served
                ? Optional.of("Served in %s precision: %s with %s of weights."
                        .formatted(
                                model.precision().value(), model.precision().file(), Bytes.text(model.weightBytes())))
                : Optional.empty();
    }

    private List<String> row(Forecast forecast) {
        String name = forecast.device().name();
        String memory = Bytes.text(forecast.device().totalBytes());
        return switch (forecast) {
            case Forecast.Refused refused ->
                List.of(name, memory, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, refused.fit());
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

    private Optional<String> note(Forecast forecast) {
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

    /** The model as the first device serves it. */
    private ModelDemand first() {
        return forecasts.getFirst().demands().get(index);
    }
}
