package dev.headroom.device;

import java.lang.foreign.MemorySegment;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;

/** Copies between the host and the current device of the calling thread, which have ended when these methods return. */
public final class CudaCopies {

    private CudaCopies() {}

    /**
     * Copies to the device.
     *
     * @param address where on the device
     * @throws IllegalStateException when CUDA fails, with its number and text
     * @throws LinkageError where the CUDA runtime or its Java binding is missing
     */
    public static void toDevice(MemorySegment from, long address) {
        check(cudart.cudaMemcpy(at(address), at(from.address()), from.byteSize(), cudart.cudaMemcpyHostToDevice));
    }

    /**
     * Copies the beginnings of rows from the device, one behind the other.
     *
     * @param address where the first row begins on the device
     * @param pitch bytes from the beginning of a row on the device to the next
     * @param rowBytes bytes of each row that are copied
     * @param to takes as many rows as fill it
     * @throws IllegalStateException when CUDA fails, with its number and text
     */
    public static void toHost(long address, long pitch, long rowBytes, MemorySegment to) {
        check(cudart.cudaMemcpy2D(
                at(to.address()),
                rowBytes,
                at(address),
                pitch,
                rowBytes,
                to.byteSize() / rowBytes,
                cudart.cudaMemcpyDeviceToHost));
    }

    /**
     * Copies the beginnings of rows on the device.
     *
     * @param rows how many
     * @param rowBytes bytes of each that are copied
     */
    public static void onDevice(Place from, Place to, long rows, long rowBytes) {
        check(cudart.cudaMemcpy2D(
                at(to.address()),
                to.pitch(),
                at(from.address()),
                from.pitch(),
                rowBytes,
                rows,
                cudart.cudaMemcpyDeviceToDevice));
        check(cudart.cudaStreamSynchronize(null)); // such a copy returns before it has ended
    }

    /** Writes zeros. */
    public static void zero(long address, long bytes) {
        check(cudart.cudaMemset(at(address), 0, bytes));
        check(cudart.cudaStreamSynchronize(null));
    }

    /**
     * Rows on the device.
     *
     * @param address where the first one begins
     * @param pitch bytes from the beginning of a row to the next
     */
    public record Place(long address, long pitch) {}

    private static void check(int error) {
        if (error != cudart.cudaSuccess) {
            cudart.cudaGetLastError(); // clears the error, which ONNX Runtime would take for its own
            throw new IllegalStateException("CUDA failure %d: %s"
                    .formatted(error, cudart.cudaGetErrorString(error).getString()));
        }
    }

    private static Pointer at(long address) {
        return new Address(address);
    }

    private static final class Address extends Pointer {

        Address(long value) {
            address = value;
        }
    }
}
