package dev.headroom.forecast;

import dev.headroom.plan.ModelDemand;
import java.util.LinkedHashMap;
import java.util.List;
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
                        .mapToObj(index -> new ForecastTable(forecasts, index).text())
                        .collect(Collectors.joining(System.lineSeparator().repeat(2), "", System.lineSeparator()))
                + together();
    }

    private String together() {
        return forecasts.stream()
                .flatMap(forecast -> forecast.together().stream())
                .map(sentence -> System.lineSeparator() + sentence + System.lineSeparator())
                .collect(Collectors.joining());
    }

    /** The JSON document, with every number of each plan as {@code GET /plan} shows it. */
    public String json() {
        return new ForecastJson(forecasts, generating).text();
    }
}
