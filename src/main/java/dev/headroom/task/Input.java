package dev.headroom.task;

import dev.headroom.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What a caller wants answered. */
public sealed interface Input {

    /** More than is done on the thread that received it. */
    long MUCH_WORK = 1 << 20;

    /** A WebP of as many pixels as are taken is decoded in less. */
    Duration DECODING = Duration.ofSeconds(20);

    /** The memory that it takes until it is answered. */
    long bytes();

    /** How long it may take to make it the model's inputs, beyond what is too short to count. */
    default Duration preparation() {
        return Duration.ZERO;
    }

    /** How much work it is to make it the model's inputs, in characters of text. */
    long work();

    /** A text. */
    record Text(String text) implements Input {

        @Override
        public long bytes() {
            return (long) text.length() * Character.BYTES;
        }

        @Override
        public long work() {
            return 1 + text.length();
        }
    }

    /** Two texts that are read together: a query and a text, or a premise and a hypothesis. */
    record Pair(String first, String second) implements Input {

        @Override
        public long bytes() {
            return ((long) first.length() + second.length()) * Character.BYTES;
        }

        @Override
        public long work() {
            return 2L + first.length() + second.length();
        }
    }

    /** A text that the caller has tokenised, special tokens included. */
    record Tokens(long[] ids) implements Input {

        @Override
        public long bytes() {
            return (long) ids.length * Long.BYTES;
        }

        @Override
        public long work() {
            return ids.length / 8;
        }
    }

    /** An image's file: JPEG, PNG, GIF, WebP or BMP. */
    record Image(byte[] file) implements Input {

        @Override
        public long bytes() {
            return file.length;
        }

        @Override
        public Duration preparation() {
            return DECODING;
        }

        @Override
        public long work() {
            return MUCH_WORK;
        }
    }

    /**
     * An image that lies elsewhere.
     *
     * @param bytes most that its file may have
     * @param time longest that the download may take
     * @param download fetches the file, and fails with a {@link dev.headroom.request.RequestFailedException}; interrupted
     *     when the item is over, and then to end soon
     */
    record Reference(long bytes, Duration time, Supplier<byte[]> download) implements Input {

        @Override
        public Duration preparation() {
            return time.plus(DECODING);
        }

        @Override
        public long work() {
            return MUCH_WORK;
        }
    }

    /**
     * The model's inputs as they are.
     *
     * @param tensors in the order of the model's inputs, without the batch dimension
     * @param outputs the names of the outputs that are asked for
     */
    record Tensors(List<Tensor> tensors, List<String> outputs) implements Input {

        @Override
        public long bytes() {
            return tensors.stream().mapToLong(tensor -> tensor.data().limit()).sum();
        }

        @Override
        public long work() {
            return 0;
        }
    }

    /** What it is, for people to read. */
    default String kind() {
        return switch (this) {
            case Text _ -> "a text";
            case Pair _ -> "a pair of texts";
            case Tokens _ -> "token ids";
            case Image _, Reference _ -> "an image";
            case Tensors _ -> "tensors";
        };
    }
}
