package dev.headroom.serving;

import dev.headroom.device.Bytes;
import dev.headroom.device.Hardware;
import dev.headroom.plan.ServingDevice;
import dev.headroom.plan.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Everything that was found out and derived.
 *
 * @param hardware the hardware that was found, and the sources that were passed over
 * @param device the device that the models run on
 * @param models a report for each graph that runs batches, in the order of their names
 * @param generating a report for each model that generates text
 * @param card the device as a whole
 */
public record PlanReport(
        Hardware hardware,
        ServingDevice device,
        List<ModelReport> models,
        List<GenerationReport> generating,
        CardReport card) {

    /** The hardware, by the names under which {@code GET /plan} shows it. */
    public Map<String, Object> hardwareFound() {
        return Map.of("host", hardware.host(), "gpus", hardware.gpus(), "probe", hardware.findings());
    }

    /** The models' names, in their order. */
    public List<String> names() {
        return Stream.concat(
                        models.stream().map(ModelReport::name),
                        generating.stream().map(GenerationReport::name))
                .toList();
    }

    /** The report of a model that generates text, by its name or an alias; empty where there is none. */
    public Optional<GenerationReport> generating(String name) {
        return generating.stream().filter(model -> model.names().contains(name)).findFirst();
    }

    /** The report of one graph; empty where there is none of this name. */
    public Optional<ModelReport> model(String name) {
        return models.stream().filter(model -> model.name().equals(name)).findFirst();
    }

    /** The reports of a model's graphs by its name, an alias or the name of one graph; empty where there is none. */
    public List<ModelReport> called(String name) {
        return model(name)
                .map(List::of)
                .orElseGet(() -> models.stream()
                        .filter(model -> model.names().contains(name))
                        .toList());
    }

    /** This report while so many devices serve. */
    PlanReport serving(int devices) {
        return new PlanReport(hardware, device.counted(devices), models, generating, card);
    }

    /** The report as the start log prints it. */
    public String text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("device", device.gpu() ? "GPU" : "CPU", "", deviceText()));
        hardware.findings()
                .forEach(finding -> rows.add(List.of(
                        "probe " + finding.source(),
                        finding.answer().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        finding.took().toMillis() + " ms",
                        finding.reason())));
        StringBuilder text = new StringBuilder("What this process woke up on").append(new Table(rows).text());
        text.append(System.lineSeparator()).append("The device as a whole").append(card.text());
        models.forEach(model -> text.append(System.lineSeparator()).append(model.text()));
        generating.forEach(model -> text.append(System.lineSeparator()).append(model.text()));
        return text.toString();
    }

    private String deviceText() {
        return "%s: %s total, %s free. %s"
                .formatted(
                        device.name(),
                        Bytes.text(device.totalBytes()),
                        Bytes.text(device.freeBytes()),
                        device.reason());
    }
}
