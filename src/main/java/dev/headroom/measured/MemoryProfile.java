package dev.headroom.measured;

/**
 * Predicts the memory that a model takes of its device: {@code base + rows * (length * perElement + length^2 *
 * perSquare)} bytes for a batch of so many rows, each padded to the same length. The square is that of attention,
 * whose scores compare every element of a row with every other.
 *
 * @param baseBytes memory of the loaded model whatever the batch: weights, workspaces
 * @param bytesPerElement memory that each padded element adds
 * @param bytesPerSquare memory that each pair of elements of a row adds; 0 where memory grows in proportion to the
 *     length
 */
public record MemoryProfile(long baseBytes, double bytesPerElement, double bytesPerSquare) {

    /** The most rows that a plan needs, however small they are. */
    private static final int MOST_ROWS = 1 << 20;

    /** A profile in proportion to the length, from the bytes that one row of the greatest length adds. */
    public static MemoryProfile ofItem(long baseBytes, long bytesPerItem, long longest) {
        return new MemoryProfile(baseBytes, (double) bytesPerItem / longest, 0);
    }

    /** Bytes that the model takes while it runs a batch of so many rows of this length. */
    public long bytes(long rows, long length) {
        return (long) (baseBytes + Math.rint(rows * rowBytes(length)));
    }

    /** The same without the model itself. */
    public long batchBytes(long rows, long length) {
        return bytes(rows, length) - baseBytes;
    }

    /** The most rows of this length that fit into so many bytes; 0 when not even one does. */
    public int mostRows(long budgetBytes, long length) {
        double rows = (budgetBytes - baseBytes + 0.5) / rowBytes(length); // half a byte, as bytes() rounds it off
        return (int) Math.clamp(rows, 0, MOST_ROWS);
    }

    private double rowBytes(long length) {
        return length * bytesPerElement + (double) length * length * bytesPerSquare;
    }
}
