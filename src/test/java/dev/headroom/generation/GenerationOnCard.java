package dev.headroom.generation;

import dev.headroom.device.DeviceMemory;
import dev.headroom.generation.RunningGenerator.Room;
import dev.headroom.model.ModelRepository;
import dev.headroom.session.CudaArena;
import dev.headroom.session.DeviceThread;
import dev.headroom.session.ExecutionProvider.Cuda;
import dev.headroom.session.OnnxModel;
import dev.headroom.session.RunFailedException;
import dev.headroom.tensor.Row;
import dev.headroom.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionException;

/**
 * The program of {@link GenerationVgpuIT}: opens a model that generates text and all-MiniLM-L6-v2 on the first GPU, has sequences
 * continued beside batches, and prints counts.
 *
 * <p>Arguments: the folder of the model, the bytes of the arena, the bytes for keys and values, the sequences, the tokens of each
 * continuation, and "beside" batches, "alone", alone with "graphs", or alone and "kept" for others that begin alike.
 */
final class GenerationOnCard {

    private static final Path MINILM = Path.of("models/all-minilm-l6-v2");
    private static final int BATCHES = 20;

    private GenerationOnCard() {}

    /** Ends with status 1 where anything fails. */
    public static void main(String... args) throws Exception {
        DeviceMemory arena;
        try (DeviceThread opening = new DeviceThread("opening")) {
            arena = opening.call(() -> new CudaArena(0, Long.parseLong(args[1]), DeviceMemory.UNKNOWN));
        }
        Room room = new Room(Long.parseLong(args[2]), 256, 16, 64, args[5].equals("kept"));
        try (RunningGenerator model = RunningGenerator.of(
                ModelRepository.graphs(Path.of(args[0])).getFirst(), room, new Cuda(0, args[5].equals("graphs")))) {
            long idle = arena.heldBytes();
            List<Told> told = ask(model, args);
            if (args[5].equals("beside")) {
                embed(model);
            }
            print("broken", told.stream().filter(GenerationOnCard::broken).count());
            model.gate.call(() -> null);
            if (args[5].equals("kept")) {
                askAgain(model, args);
            }
            print("cached", model.tokens("cached"));
            print("chosen", model.tokens("generated"));
            print("read", model.tokens("prompt"));
            print("preempted", model.count("headroom.generation.preemptions"));
            print("unfit", model.count("headroom.generation.unfit"));
            print("left", arena.heldBytes() - idle);
        }
    }

    private static List<Told> ask(RunningGenerator model, String... args) {
        int shortest = args[5].equals("kept") ? 40 : 20;
        List<Told> told = new ArrayList<>();
        model.together(() -> {
            for (int i = 0; i < Integer.parseInt(args[3]); i++) {
                told.add(model.generate(prompt(shortest + i), Integer.parseInt(args[4])));
            }
        });
        return told;
    }

    /** The same once more; then another model needs the memory. */
    private static void askAgain(RunningGenerator model, String... args) throws InterruptedException {
        print("kept", model.gauge("headroom.cache.bytes", "kept"));
        ask(model, args).forEach(Told::reason);
        model.gate.call(() -> {
            model.shrink();
            return null;
        });
    }

    /** A virtual card computes nothing, so that scores may be no numbers; any other failure ends the program. */
    private static boolean broken(Told told) {
        try {
            told.reason();
            return false;
        } catch (CompletionException e) {
            if (!e.getMessage().contains("so that no token can be chosen")) {
                throw e;
            }
            return true;
        }
    }

    private static int[] prompt(int length) {
        int[] prompt = new int[length];
        Arrays.setAll(prompt, i -> 2 + (i * 7 + length) % 250);
        return prompt;
    }

    /** Batches of MiniLM between the steps. */
    private static void embed(RunningGenerator model) throws InterruptedException {
        OnnxModel minilm = model.gate.call(
                () -> OnnxModel.open(ModelRepository.graphs(MINILM).getFirst(), new Cuda(0)));
        for (int i = 0; i < BATCHES; i++) {
            model.gate.call(() -> run(minilm));
        }
        model.gate.call(() -> {
            minilm.close();
            return null;
        });
    }

    private static int run(OnnxModel minilm) {
        long[] ones = new long[64];
        Arrays.fill(ones, 1);
        Row row = new Row(List.of(Tensor.int64(ones), Tensor.int64(ones), Tensor.int64(new long[64])));
        try (var output = minilm.run(Collections.nCopies(4, row))) {
            return output.rows().size();
        } catch (RunFailedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void print(String name, double value) {
        System.out.printf("%s=%.0f%n", name, value);
    }
}
