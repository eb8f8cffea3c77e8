package dev.headroom.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The virtual GPU itself: it counts and refuses as a card would. */
class VirtualGpuTest {

    private static final long MIB = 1 << 20;
    private static final long PID = ProcessHandle.current().pid();
    private static final int TO_DEVICE = 1;
    private static final int OUT_OF_MEMORY = 2;
    private static final int NO_DEVICE = 100;
    private static final int EXECUTION_FAILED = 13;
    private static final int ILLEGAL_ADDRESS = 700;
    private static final int OUT_OF_RESOURCES = 701;
    private static final int CAPTURE_UNSUPPORTED = 900;
    private static final int CAPTURE_INVALIDATED = 901;

    private static NativeLibrary cuda(VirtualGpu gpu) {
        return NativeLibrary.load(List.of(gpu.library("libcudart.so.12").toString()), "");
    }

    private static int call(NativeLibrary cuda, String function, Object... arguments) {
        return cuda.callForInt(function, arguments).orElseThrow();
    }

    private static MemorySegment size(long bytes) {
        return MemorySegment.ofAddress(bytes); // passed alike
    }

    private static MemorySegment pointer() {
        return Arena.ofAuto().allocate(ValueLayout.ADDRESS);
    }

    /** Multiplies matrices, which is a launch. */
    private static int launch(NativeLibrary cuda) {
        MemorySegment handle = pointer();
        assertEquals(0, call(cuda, "cublasCreate_v2", handle));
        return call(cuda, "cublasSgemm_v2", handle.get(ValueLayout.ADDRESS, 0), 0, 0, 8, 8, 8);
    }

    @Test
    void refusesWhatDoesNotFitBesideContextReserveAndCoTenant() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:1000:8.9:100");
        gpu.card(0).coTenant(150);
        NativeLibrary cuda = cuda(gpu);

        assertEquals(OUT_OF_MEMORY, call(cuda, "cudaMalloc", pointer(), size(501 * MIB)), "1000 - 100 - 150 - 250");
        MemorySegment block = pointer();
        assertEquals(0, call(cuda, "cudaMalloc", block, size(500 * MIB)));

        assertEquals(750 * MIB, gpu.card(0).heldBytes(PID));
        assertEquals(0, gpu.card(0).freeBytes());
        assertEquals(1, gpu.card(0).refusedAllocations());
        assertEquals(0, call(cuda, "cudaFree", block.get(ValueLayout.ADDRESS, 0)));
        assertEquals(250 * MIB, gpu.card(0).heldBytes(PID));
        assertEquals(750 * MIB, gpu.card(0).peakBytes(PID));
    }

    @Test
    void countsCopiesAndPageLockedMemory() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        MemorySegment device = pointer();
        MemorySegment host = pointer();
        call(cuda, "cudaMalloc", device, size(3 * MIB));
        call(cuda, "cudaHostAlloc", host, size(2 * MIB), 0);

        MemorySegment from = host.get(ValueLayout.ADDRESS, 0);
        call(cuda, "cudaMemcpy", device.get(ValueLayout.ADDRESS, 0), from, size(MIB), TO_DEVICE);

        assertEquals(1, gpu.card(0).copiesToDevice());
        assertEquals(MIB, gpu.card(0).bytesToDevice());
        assertEquals(0, gpu.card(0).copiesToHost());
        assertEquals(2 * MIB, gpu.card(0).pageLockedBytes(PID));
        call(cuda, "cudaFreeHost", from);
        assertEquals(0, gpu.card(0).pageLockedBytes(PID));
        assertEquals(2 * MIB, gpu.card(0).pageLockedPeakBytes(PID));
    }

    @Test
    void aFaultThatStaysFailsEveryCallBehindIt() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        gpu.card(0).failAfter(2, ILLEGAL_ADDRESS);

        for (int launch = 1; launch <= 3; launch++) {
            assertEquals(0, launch(cuda), "it shows at the next call");
        }
        assertEquals(ILLEGAL_ADDRESS, call(cuda, "cudaDeviceSynchronize"));
        assertEquals(ILLEGAL_ADDRESS, call(cuda, "cudaMalloc", pointer(), size(MIB)));
        assertEquals(ILLEGAL_ADDRESS, gpu.card(0).error(PID));
        assertEquals(3, gpu.card(0).launches());
    }

    @Test
    void aFaultThatDoesNotStayFailsOneLaunch() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        gpu.card(0).failOnceAfter(1, OUT_OF_RESOURCES);

        assertEquals(0, launch(cuda));
        assertEquals(EXECUTION_FAILED, launch(cuda));
        assertEquals(OUT_OF_RESOURCES, call(cuda, "cudaGetLastError"));
        assertEquals(0, launch(cuda));
        assertEquals(0, call(cuda, "cudaGetLastError"));
    }

    @Test
    void aHangEndsWhenTheTestSaysSo() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        gpu.card(0).hangAfter(0);
        launch(cuda);

        Thread hanging = Thread.ofPlatform().daemon().start(() -> call(cuda, "cudaDeviceSynchronize"));
        while (gpu.card(0).error(PID) == 0) {
            Thread.onSpinWait();
        }
        assertTrue(hanging.isAlive());
        gpu.card(0).goOn();
        hanging.join();
        assertEquals(0, call(cuda, "cudaDeviceSynchronize"));
    }

    @Test
    void aFunctionIsRefusedAsOftenAsTheTestSays() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        gpu.refuse("cudaMalloc", OUT_OF_MEMORY, 1);

        assertEquals(OUT_OF_MEMORY, call(cuda, "cudaMalloc", pointer(), size(1)));
        assertEquals(0, call(cuda, "cudaMalloc", pointer(), size(1)));
    }

    @ParameterizedTest
    @CsvSource({"FASTEST_FIRST, 23028", "PCI_BUS_ID, 15360"})
    void cudaCountsTheFastestCardFirstUnlessToldOtherwise(String order, long mib) throws Exception {
        NativeEnvironment.set("CUDA_DEVICE_ORDER", order);
        NativeLibrary cuda = cuda(VirtualGpu.of("NVIDIA T4:15360:7.5", "NVIDIA A10G:23028:8.6"));
        MemorySegment free = pointer();
        MemorySegment total = pointer();

        call(cuda, "cudaSetDevice", 0);
        call(cuda, "cudaMemGetInfo", free, total);

        assertEquals(mib * MIB, total.get(ValueLayout.JAVA_LONG, 0));
    }

    @Test
    void ofSlicesCudaShowsOne() throws Exception {
        NativeLibrary cuda = cuda(VirtualGpu.of("NVIDIA A100:40960:8.0", "/MIG 3g.20gb:19968", "/MIG 1g.5gb:4864"));
        MemorySegment count = pointer();

        assertEquals(0, call(cuda, "cudaGetDeviceCount", count));
        assertEquals(1, count.get(ValueLayout.JAVA_INT, 0));
    }

    @Test
    void withoutCardsThereIsNoDevice() throws Exception {
        assertEquals(NO_DEVICE, call(cuda(VirtualGpu.of()), "cudaSetDevice", 0));
    }

    @Test
    void aCallThatWaitsOrAllocatesSpoilsACapture() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        MemorySegment created = pointer();
        call(cuda, "cudaStreamCreateWithFlags", created, 1);
        MemorySegment stream = created.get(ValueLayout.ADDRESS, 0);
        call(cuda, "cudaStreamBeginCapture", stream, 0);

        int[] other = new int[1];
        Thread thread =
                Thread.ofPlatform().start(() -> other[0] = call(cuda, "cudaHostAlloc", pointer(), size(MIB), 0));
        thread.join();

        assertEquals(CAPTURE_UNSUPPORTED, other[0]);
        assertEquals(CAPTURE_INVALIDATED, call(cuda, "cudaStreamEndCapture", stream, pointer()));
        assertEquals(1, gpu.card(0).spoiltCaptures());
        assertEquals(0, call(cuda, "cudaHostAlloc", pointer(), size(MIB), 0));
    }

    @Test
    void aGraphIsOneLaunch() throws Exception {
        VirtualGpu gpu = VirtualGpu.of("NVIDIA L4:23034:8.9:434");
        NativeLibrary cuda = cuda(gpu);
        MemorySegment created = pointer();
        call(cuda, "cudaStreamCreateWithFlags", created, 1);
        MemorySegment stream = created.get(ValueLayout.ADDRESS, 0);
        MemorySegment handle = pointer();
        call(cuda, "cublasCreate_v2", handle);
        call(cuda, "cublasSetStream_v2", handle.get(ValueLayout.ADDRESS, 0), stream);
        MemorySegment graph = pointer();
        MemorySegment ready = pointer();

        call(cuda, "cudaStreamBeginCapture", stream, 0);
        call(cuda, "cublasSgemm_v2", handle.get(ValueLayout.ADDRESS, 0), 0, 0, 8, 8, 8);
        call(cuda, "cublasSgemm_v2", handle.get(ValueLayout.ADDRESS, 0), 0, 0, 8, 8, 8);
        call(cuda, "cudaStreamEndCapture", stream, graph);
        assertEquals(0, gpu.card(0).launches());
        call(cuda, "cudaGraphInstantiate", ready, graph.get(ValueLayout.ADDRESS, 0), size(0));
        call(cuda, "cudaGraphLaunch", ready.get(ValueLayout.ADDRESS, 0), stream);

        assertEquals(1, gpu.card(0).launches());
        assertEquals(1, gpu.card(0).graphLaunches());
        assertEquals(1, gpu.card(0).graphs());
        call(cuda, "cudaGraphExecDestroy", ready.get(ValueLayout.ADDRESS, 0));
        assertEquals(0, gpu.card(0).graphs());
    }
}
