package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.headroom.model.ModelRepository;
import dev.headroom.session.ExecutionProvider.Cpu;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdentityModelTest {

    @TempDir
    Path folder;

    @Test
    void eachTokenIsAnsweredWithItsId() throws IOException, RunFailedException {
        IdentityModel.write(folder);
        Row row = new Row(List.of(Tensor.int64(new long[] {1, 2, 7})));
        try (Model model = OnnxModel.open(ModelRepository.graphs(folder).getFirst(), new Cpu(1));
                BatchOutput output = model.run(List.of(row))) {
            float[] vectors = new float[3 * IdentityModel.DIMENSIONS];
            output.rows().getFirst().getFirst().floats().get(0, vectors);
            assertEquals(List.of(1f, 2f, 7f), List.of(vectors[0], vectors[1], vectors[2]));
        }
    }
}
