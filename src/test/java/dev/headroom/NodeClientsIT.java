package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.WordModels;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's and Hugging Face's clients for JavaScript ask the packaged service; npm fetches them into target. */
@Timeout(240)
class NodeClientsIT {

    private static NodeProgram clients;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        clients = NodeProgram.install("node-clients", "clients.mjs");
    }

    @Test
    void readWhatTheyAskFor(@TempDir Path models) throws Exception {
        WordModels.embedder(models.resolve("embedder"));
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            JsonNode read = ask(service, "embedder");
            assertEquals("[1.5,2,0,1]", read.path("openai").toString());
            assertEquals("[\"embedder\"]", read.path("models").toString());
            assertEquals("model_not_found", read.path("unknown").textValue());
            assertEquals("context_length_exceeded", read.path("tooLong").textValue());
            assertEquals("[3,4,0,0]", read.path("huggingFace").toString());
        }
    }

    @Test
    void huggingFacesClientClassifies(@TempDir Path models) throws Exception {
        WordModels.classifier(models.resolve("classifier"), "single_label_classification");
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            assertEquals("odd", ask(service, "classifier").path("huggingFace").textValue());
        }
    }

    private static JsonNode ask(ServiceProcess service, String what) throws IOException, InterruptedException {
        return new ObjectMapper().readTree(clients.run("http://localhost:" + service.port(), what));
    }
}
