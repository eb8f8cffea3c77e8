package dev.headroom.function;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.plan.HeadroomConfig;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** JSON within the limits that are set; whatever follows it in a body, and a field that comes twice, is an error and not ignored. */
@Singleton
class StrictJson implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper json) {
        json.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        json.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    }

    /** The mapper is made before there are settings. */
    void limit(@Observes StartupEvent event, ObjectMapper json, HeadroomConfig config) {
        json.getFactory()
                .setStreamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(config.input().maxJsonDepth())
                        .maxNumberLength(config.input().maxNumberLength())
                        .build());
    }
}
