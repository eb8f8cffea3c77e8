package dev.headroom.model;

import static dev.headroom.model.ProtobufFile.CONTENT;
import static dev.headroom.model.ProtobufFile.NUMBER;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The outputs that a graph's file declares, read without ONNX Runtime. The numbers are those of onnx.proto.
 *
 * @param outputs in the graph's order; empty where the file is none of ONNX
 */
record GraphOutputs(List<Output> outputs) {

    /** The names of a text model's outputs, in the order in which a task that embeds reads them. */
    private static final List<String> READ = List.of("sentence_embedding", "last_hidden_state", "token_embeddings");

    private static final int MODEL_GRAPH = 7 << 3 | CONTENT;
    private static final int GRAPH_OUTPUT = 12 << 3 | CONTENT;
    private static final int NAME = 1 << 3 | CONTENT;
    private static final int TYPE = 2 << 3 | CONTENT;
    private static final int TENSOR = 1 << 3 | CONTENT;
    private static final int SHAPE = 2 << 3 | CONTENT;
    private static final int DIMENSION = 1 << 3 | CONTENT;
    private static final int SIZE = 1 << 3 | NUMBER;

    /**
     * An output.
     *
     * @param sizes its dimensions, an open one being 0; empty where the file does not declare them
     */
    record Output(String name, List<Long> sizes) {

        /** True if it has a vector for each item, not for each token. */
        boolean pooled() {
            return sizes.size() == 2;
        }

        /** The length of its vectors; 0 where that is open. */
        long width() {
            return sizes.isEmpty() ? 0 : sizes.getLast();
        }
    }

    /** The outputs of the graph in this file. */
    static GraphOutputs read(Path onnx) {
        List<Output> outputs = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(onnx)) {
            ProtobufFile file = new ProtobufFile(channel);
            file.fields(file.size(), (tag, graph) -> {
                if (tag == MODEL_GRAPH) {
                    file.fields(graph, (field, end) -> {
                        if (field == GRAPH_OUTPUT) {
                            outputs.add(output(file, end));
                        }
                    });
                }
            });
        } catch (IOException e) {
            return new GraphOutputs(List.of()); // ONNX Runtime says why it does not load
        }
        return new GraphOutputs(outputs);
    }

    /**
     * The output that a task that embeds texts reads.
     *
     * @param named the name that model.yaml gives
     */
    Optional<Output> ofTexts(Optional<String> named) {
        return named.isPresent()
                ? of(named.get())
                : READ.stream()
                        .flatMap(name -> of(name).stream())
                        .findFirst()
                        .or(() -> outputs.stream().findFirst());
    }

    /** The output of this name. */
    Optional<Output> of(String name) {
        return outputs.stream().filter(output -> output.name().equals(name)).findFirst();
    }

    private static Output output(ProtobufFile file, long end) throws IOException {
        String[] name = {""};
        List<Long> sizes = new ArrayList<>();
        file.fields(end, (tag, value) -> {
            if (tag == NAME) {
                name[0] = file.text(value);
            } else if (tag == TYPE) {
                inside(file, value, Stream.of(TENSOR, SHAPE, DIMENSION).toList(), sizes);
            }
        });
        return new Output(name[0], List.copyOf(sizes));
    }

    private static void inside(ProtobufFile file, long end, List<Integer> path, List<Long> sizes) throws IOException {
        if (path.isEmpty()) {
            sizes.add(0L);
        }
        file.fields(end, (tag, value) -> {
            if (path.isEmpty() && tag == SIZE) {
                sizes.set(sizes.size() - 1, value);
            } else if (!path.isEmpty() && tag == path.getFirst()) {
                inside(file, value, path.subList(1, path.size()), sizes);
            }
        });
    }
}
