package dev.headroom;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.headroom.session.TensorModel;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another implementation of gRPC, JavaScript's, asks the packaged service by the proto file alone; npm fetches it into target. */
@Timeout(240)
class GrpcClientIT {

    private static final Path PROTO =
            Path.of("src/main/proto/open_inference_grpc.proto").toAbsolutePath();

    private static NodeProgram client;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        client = NodeProgram.install("v2-client", "client.mjs");
    }

    @Test
    void readsTensorsAndErrors(@TempDir Path models) throws Exception {
        TensorModel.write(models.resolve("same"), TensorModel.Type.INT64);
        try (ServiceProcess service =
                ServiceProcess.start("headroom.models=" + models).listening()) {
            JsonNode read = new ObjectMapper().readTree(client.run("localhost:" + service.port(), PROTO.toString()));
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
