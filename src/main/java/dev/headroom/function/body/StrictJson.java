package dev.headroom.function.body;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.request.RequestFailedException;
import dev.headroom.settings.HeadroomConfig;
import dev.headroom.settings.InputConfig;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Configures the mapper: the limits that are set apply; trailing data and repeated fields are errors. */
@Singleton
public class StrictJson implements ObjectMapperCustomizer {

    @Override
    @SuppressWarnings("deprecation") // the mapper comes with its factory
    public void customize(ObjectMapper json) {
        json.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        json.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
        json.getFactory().disable(JsonFactory.Feature.INTERN_FIELD_NAMES); // callers may invent any number of names
    }

    /** Sets the limits at the start, because the mapper is made before the settings are read. */
    void limit(@Observes StartupEvent event, ObjectMapper json, HeadroomConfig config) {
        json.getFactory().setStreamReadConstraints(limits(config.input()));
    }

    /** The limits of JSON; the body's limit bounds strings. */
    public static StreamReadConstraints limits(InputConfig input) {
        return StreamReadConstraints.builder()
                .maxNestingDepth(input.maxJsonDepth())
                .maxNumberLength(input.maxNumberLength())
                .maxStringLength(Integer.MAX_VALUE)
                .build();
    }

    /** The failure of a request whose JSON cannot be read. */
    public static RequestFailedException unreadable(JsonProcessingException e) {
        if (e instanceof StreamConstraintsException) {
            return JsonFields.invalid(
                    "The body's JSON nests deeper, or has a longer number, than is taken (%s); simplify it, or raise headroom.input.max-json-depth or max-number-length.",
                    e.getOriginalMessage().replaceFirst(", from `.*", ")"));
        }
        JsonLocation at = e.getLocation();
        String where = at == null ? "" : ", line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
        return JsonFields.invalid("The body is no JSON (%s%s); correct it there.", JsonReason.of(e), where);
    }
}
