package dev.headroom.forecast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The forecasts as a JSON document. */
record ForecastJson(List<Forecast> forecasts, List<GenerationForecast> generating) {

    /** A document of all devices, with every number of each plan. */
    String text() {
        try {
            Map<String, Object> report =
                    Map.of("devices", forecasts.stream().map(this::device).toList());
            return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of texts and numbers are JSON", e);
        }
    }

    private Map<String, Object> device(Forecast forecast) {
        Map<String, Object> device = new LinkedHashMap<>();
        device.put("device", forecast.device().name());
        device.put("totalBytes", forecast.device().totalBytes());
        forecast.together().ifPresent(sentence -> device.put("together", sentence));
        switch (forecast) {
            case Forecast.Refused refused -> device.put("refused", refused.reason());
            case Forecast.Served served -> {
                served.rates().pricePerHour().ifPresent(price -> device.put("pricePerHour", price));
                device.put(
                        "models",
                        served.models().stream()
                                .map(model -> model(model, served.costs(model)))
                                .toList());
            }
        }
        List<Map<String, Object>> texts = generating.stream()
                .filter(one -> one.device().equals(forecast.device()))
                .map(GenerationForecast::json)
                .toList();
        if (!texts.isEmpty()) {
            device.put("generating", texts);
        }
        return device;
    }

    private static Map<String, Object> model(ModelForecast forecast, List<Cost> costs) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("model", forecast.planned().model().name());
        forecast.predictedBytes().ifPresent(bytes -> {
            model.put("predictedBytes", bytes);
            model.put("share", forecast.share());
        });
        model.put("fit", forecast.fit().toString());
        forecast.warning().ifPresent(warning -> model.put("warning", warning));
        if (!costs.isEmpty()) {
            model.put("costs", costs);
        }
        model.put("precision", forecast.planned().model().precision());
        model.put("plan", forecast.planned().plan().settings());
        return model;
    }
}
