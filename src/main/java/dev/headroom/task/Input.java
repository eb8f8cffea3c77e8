package dev.headroom.task;

import dev.headroom.tensor.Port;
import dev.headroom.tensor.Ports;
import dev.headroom.tensor.Tensor;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** One input of a request. */
public sealed interface Input {

    /** More work than the receiving thread should do. */
    long MUCH_WORK = 1 << 20;

    /** The longest time for decoding an image, with a margin. */
    Duration DECODING = Duration.ofSeconds(20);

    /** Bytes that the input takes until it is answered. */
    long bytes();

    /** The longest time to download and decode the input; zero for texts and tensors. */
    default Duration preparation() {
        return Duration.ZERO;
    }

    /** The work of turning it into the model's inputs, in characters of text. */
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
     * An image to be downloaded.
     *
     * @param bytes the largest size of its file
     * @param time the longest time of the download
     * @param download fetches the file, and fails with a {@link dev.headroom.request.RequestFailedException};
     *     interrupted when the item is over, after which it ends soon
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
     * Tensors for the model.
     *
     * @param tensors in the order of the model's inputs, without the batch dimension
     * @param outputs the names of the requested outputs
     */
    record Tensors(List<Tensor> tensors, List<String> outputs) implements Input {

        @Override
        public long bytes() {
            long bytes = 0;
            for (Tensor tensor : tensors) {
                bytes += tensor.bytes();
            }
            return bytes;
        }

        @Override
        public long work() {
            return 0;
        }

        /** Bytes of the requested outputs, of which an open dimension is taken for the elements of the first input. */
        long answerBytes(Ports ports) {
            long open = Math.max(1, Tensor.elements(tensors.getFirst().shape()));
            long bytes = 0;
            for (Port port : ports.outputs()) {
                if (outputs.contains(port.name())) {
                    long elements = 1;
                    for (int d = 1; d < port.shape().length; d++) {
                        elements *= port.shape()[d] < 0 ? open : port.shape()[d];
                    }
                    bytes += elements * AnswerMemory.NUMBER;
                }
            }
            return bytes;
        }
    }

    /** The kind of input, for messages. */
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
