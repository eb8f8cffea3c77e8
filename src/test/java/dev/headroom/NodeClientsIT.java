package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.WordModels;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's and Hugging Face's clients for JavaScript ask the packaged service; npm fetches them into target. */
@Timeout(240)
class NodeClientsIT {

    private static final Path CLIENTS = Path.of("target/node-clients").toAbsolutePath();

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Assumptions.assumeTrue(run(new File("."), "npm", "--version").status == 0, "there is no npm here");
        Files.createDirectories(CLIENTS);
        for (String file : new String[] {"package.json", "clients.mjs"}) {
            try (InputStream content = NodeClientsIT.class.getResourceAsStream("/node-clients/" + file)) {
                Files.copy(content, CLIENTS.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Ended installed = run(
                CLIENTS.toFile(), "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts");
        assertEquals(0, installed.status, installed.output);
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
        Ended asked = run(CLIENTS.toFile(), "node", "clients.mjs", "http://localhost:" + service.port(), what);
        assertEquals(0, asked.status, asked.output);
        return new ObjectMapper().readTree(asked.output.lines().toList().getLast());
    }

    private record Ended(int status, String output) {}

    private static Ended run(File folder, String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder)
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes());
            process.waitFor(1, TimeUnit.MINUTES);
            return new Ended(process.exitValue(), output);
        } catch (IOException e) {
            return new Ended(-1, String.valueOf(e.getMessage()));
        }
    }
}
