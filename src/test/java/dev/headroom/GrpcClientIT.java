package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.model.TensorModel;
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

/** Another implementation of gRPC, JavaScript's, asks the packaged service by the proto file alone; npm fetches it into target. */
@Timeout(240)
class GrpcClientIT {

    private static final Path CLIENT = Path.of("target/v2-client").toAbsolutePath();
    private static final Path PROTO =
            Path.of("src/main/proto/open_inference_grpc.proto").toAbsolutePath();

    private record Ended(int status, String output) {}

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(CLIENT);
        Assumptions.assumeTrue(run("npm", "--version").status == 0, "there is no npm here");
        for (String file : new String[] {"package.json", "client.mjs"}) {
            try (InputStream content = GrpcClientIT.class.getResourceAsStream("/v2-client/" + file)) {
                Files.copy(content, CLIENT.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Ended installed = run("npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts");
        assertEquals(0, installed.status, installed.output);
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(CLIENT.toFile())
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

    @Test
    void readsTensorsAndErrors(@TempDir Path models) throws Exception {
        TensorModel.write(models.resolve("same"), TensorModel.Type.INT64);
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            Ended asked = run("node", "client.mjs", "localhost:" + service.port(), PROTO.toString());
            assertEquals(0, asked.status, asked.output);
            JsonNode read =
                    new ObjectMapper().readTree(asked.output.lines().toList().getLast());
            assertEquals("true", read.path("ready").toString());
            assertEquals("7", read.path("id").textValue());
            assertEquals("[[1,2,3],[4,5,6]]", read.path("plain").toString());
            assertEquals("[true]", read.path("raw").toString());
            assertEquals(
                    "{\"code\":5,\"details\":\"model 'none' is not served here; the models are: same.\"}",
                    read.path("unknown").toString());
            assertEquals(
                    "{\"code\":3,\"details\":\"inputs[0].contents.int64_contents holds 1 values; the shape says 3.\"}",
                    read.path("wrong").toString());
        }
    }
}
