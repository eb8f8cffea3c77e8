package dev.headroom.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * The weights of a small Llama, each matrix as MatMul takes it: its rows are what comes in.
 *
 * @param tokens a row for each token
 * @param norm the last normalisation
 * @param head the scores' matrix
 */
record LlamaWeights(Sizes sizes, float[] tokens, List<LayerWeights> layers, float[] norm, float[] head) {

    /** The token that ends a text. Random weights never score it best. */
    static final int END = 1;

    /**
     * Sizes in transformers' terms.
     *
     * @param headSize a multiple of 16, as GroupQueryAttention wants it
     * @param longest the most tokens of a sequence
     */
    record Sizes(
            int vocabulary, int width, int hidden, int layers, int heads, int keyHeads, int headSize, int longest) {

        static final Sizes TINY = new Sizes(300, 32, 48, 2, 4, 2, 16, 256);
    }

    /** Those of a layer. */
    record LayerWeights(
            float[] norm,
            float[] query,
            float[] key,
            float[] value,
            float[] output,
            float[] normBeforeMlp,
            float[] gate,
            float[] up,
            float[] down) {}

    /** Random ones; the same for the same seed. */
    static LlamaWeights random(Sizes sizes, long seed) {
        Random random = new Random(seed);
        LlamaWeights weights = of(sizes, (rows, columns) -> {
            float[] matrix = new float[rows * columns];
            double scale =
                    rows == 1 ? 0 : columns == sizes.width && rows == sizes.vocabulary ? 1 : 1.5 / Math.sqrt(rows);
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] = rows == 1 ? 1 : (float) (random.nextGaussian() * scale);
            }
            return matrix;
        });
        for (int row = 0; row < sizes.width; row++) {
            weights.head[row * sizes.vocabulary + END] = 0;
        }
        return weights;
    }

    /** Those of a file of make.py: little-endian numbers of full precision in transformers' order, each matrix transposed. */
    static LlamaWeights read(Sizes sizes, Path file) {
        try {
            FloatBuffer all = ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer();
            return of(sizes, (rows, columns) -> {
                float[] matrix = new float[rows * columns];
                all.get(matrix);
                return matrix;
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tokens' matrix, the layers one after the other, the last normalisation and the scores' matrix. */
    private static LlamaWeights of(Sizes sizes, BiFunction<Integer, Integer, float[]> matrix) {
        int width = sizes.width;
        float[] tokens = matrix.apply(sizes.vocabulary, width);
        List<LayerWeights> layers = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers; layer++) {
            layers.add(new LayerWeights(
                    matrix.apply(1, width),
                    matrix.apply(width, sizes.heads * sizes.headSize),
                    matrix.apply(width, sizes.keyHeads * sizes.headSize),
                    matrix.apply(width, sizes.keyHeads * sizes.headSize),
                    matrix.apply(sizes.heads * sizes.headSize, width),
                    matrix.apply(1, width),
                    matrix.apply(width, sizes.hidden),
                    matrix.apply(width, sizes.hidden),
                    matrix.apply(sizes.hidden, width)));
        }
        return new LlamaWeights(sizes, tokens, layers, matrix.apply(1, width), matrix.apply(width, sizes.vocabulary));
    }

    /**
     * The cosines, or the sines, of a token's place by the pairs of a head's numbers.
     *
     * @param slower how much slower they turn than those of a Llama
     */
    float[] rotations(boolean cosines, double slower) {
        int pairs = sizes.headSize / 2;
        float[] all = new float[sizes.longest * pairs];
        for (int i = 0; i < all.length; i++) {
            double angle = i / pairs / slower / Math.pow(10_000, 2.0 * (i % pairs) / sizes.headSize);
            all[i] = (float) (cosines ? Math.cos(angle) : Math.sin(angle));
        }
        return all;
    }
}
