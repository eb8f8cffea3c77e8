package dev.headroom.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.headroom.session.RunFailedException.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunFailuresTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Error code - ORT_FAIL - message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void*"
                        + " onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for requested"
                        + " buffer of size 12582912",
                "Non-zero status code returned while running MatMul node. Available memory of 1024 is smaller than requested"
                        + " bytes of 50331648",
                "Failed to find a free memory block despite calling Extend. rounded_bytes:1024",
                "CUDA failure 2: out of memory ; GPU=0",
                "CUBLAS failure 3: the resource allocation failed",
                "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED",
                "CUDA error cudaErrorMemoryAllocation:out of memory",
                "CUBLAS failure 1: CUBLAS_STATUS_NOT_INITIALIZED ; GPU=0 ; expr=cublasCreate(&cublas_handle_)",
                "CUBLAS error: CUBLAS_STATUS_NOT_INITIALIZED",
                "CUDNN failure 1001: CUDNN_STATUS_NOT_INITIALIZED ; expr=cudnnCreate(&cudnn_handle_)",
                "CUDNN_STATUS_ALLOC_FAILED",
                "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED",
                "CUFFT_ALLOC_FAILED",
                "cudaMallocFromPoolAsync failed",
                "Error code - ORT_RUNTIME_EXCEPTION - message: std::bad_alloc",
                "Memory allocation failed. Size=4096",
                "Cannot reserve 1048576 bytes of direct buffer memory (allocated: 1, limit: 2)",
                "FAILED TO ALLOCATE MEMORY FOR REQUESTED BUFFER OF SIZE 7",
            })
    void outOfMemory(String text) {
        assertEquals(Kind.OUT_OF_MEMORY, RunFailures.kindOf(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Calculation for Tensor storage size overflowed",
                "Integer overflow",
                "libcublasLt.so.12: cannot open shared object file: No such file or directory",
                "Failed to load shared library libonnxruntime_providers_cuda.so",
                "the model oom-classifier has no such input",
                "CUDA failure 20: something else",
                "CUBLAS failure 31",
                "CUBLAS failure 7: CUBLAS_STATUS_INVALID_VALUE",
                "CUDA failure 720: too many blocks in cooperative launch",
                "CUDA failure 701: too many resources requested for launch",
                "CUDA error cudaErrorLaunchOutOfResources:too many resources requested for launch",
                "CUDA error cudaErrorNoKernelImageForDevice:no kernel image is available for execution on the device",
                "CUDNN failure 3000: CUDNN_STATUS_NOT_SUPPORTED",
                "cudaErrorUnknownWords",
                "null",
            })
    void looksLikeItButIsNot(String text) {
        assertEquals(Kind.OTHER, RunFailures.kindOf(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to allocate memory for requested buffer of size 4585490524328388608",
                "Available memory of 1024 is smaller than requested bytes of 99999999999999999999999",
            })
    void anAbsurdSizeMeansACorruptSession(String text) {
        assertEquals(Kind.SESSION_CORRUPT, RunFailures.kindOf(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUDA failure 700: an illegal memory access was encountered",
                "CUDA failure 719: unspecified launch failure",
                "CUDA failure 220: uncorrectable NVLink error",
                "CUDA failure 710: device-side assert triggered",
                "CUDA failure 702: the launch timed out and was terminated",
                "CUDA failure 214: uncorrectable ECC error encountered ; GPU=0",
                "CUDA error cudaErrorECCUncorrectable:uncorrectable ECC error encountered",
                "CUDA error cudaErrorNvlinkUncorrectable:uncorrectable NVLink error detected during the execution",
                "CUDA error cudaErrorIllegalAddress:an illegal memory access was encountered",
                "CUDA error cudaErrorLaunchTimeout:the launch timed out and was terminated",
                "CUDA error cudaErrorHardwareStackError:hardware stack error",
                "CUDA error cudaErrorIllegalInstruction:an illegal instruction was encountered",
                "CUDA error cudaErrorMisalignedAddress:misaligned address",
                "CUDA error cudaErrorUnknown:unknown error",
                "CUDA failure 999: unknown error",
                "CUDA failure 226: Invalid access of peer GPU memory over nvlink or a hardware error",
                "CUDA error cudaErrorContained:Invalid access of peer GPU memory over nvlink or a hardware error",
                "CUDA failure 721: tensor memory not completely freed",
                "CUDA error cudaErrorTensorMemoryLeak:tensor memory not completely freed",
                "CUDA failure 810: MPS client has been terminated by the server",
                "CUDA error cudaErrorMpsClientTerminated:MPS client has been terminated by the server",
                "CUDA failure 911: An async error occured in external entity outside of CUDA",
                "CUBLAS failure 13: CUBLAS_STATUS_EXECUTION_FAILED ; GPU=0",
                "CUBLAS failure 14: CUBLAS_STATUS_INTERNAL_ERROR",
                "CUBLAS error: CUBLAS_STATUS_EXECUTION_FAILED",
                "CUDNN failure 5003: CUDNN_STATUS_EXECUTION_FAILED_CUDART ; GPU=0",
                "device-side assert triggered",
                "Error code - ORT_DEVICE_RESET - message: the device was reset",
            })
    void aPoisonedContextMeansALostDevice(String text) {
        assertEquals(Kind.DEVICE_LOST, RunFailures.kindOf(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed to allocate memory for requested buffer of size 4096",
                "Available memory of 17 is smaller than requested bytes of 4096",
                "Memory allocation failed. Size=4096",
                "Cannot reserve 4096 bytes of direct buffer memory (allocated: 1, limit: 2)",
            })
    void theWantedSizeIsRead(String text) {
        assertEquals(
                4096,
                RunFailures.classify(new RuntimeException(text)).wantedBytes().orElseThrow());
    }

    @Test
    void noSizeIsNoSize() {
        assertTrue(RunFailures.classify(new RuntimeException("std::bad_alloc"))
                .wantedBytes()
                .isEmpty());
    }

    /** The JVM's own, for the buffers of inputs and outputs; its heap's says nothing about batches. */
    @Test
    void directMemoryIsMemoryAndTheHeapIsNot() {
        Error direct = new OutOfMemoryError(
                "Cannot reserve 1048576 bytes of direct buffer memory (allocated: 8388608, limit: 8388608)");
        assertEquals(Kind.OUT_OF_MEMORY, RunFailures.classify(direct).kind());
        assertEquals(
                Kind.OTHER,
                RunFailures.classify(new OutOfMemoryError("Java heap space")).kind());
    }

    @Test
    void aLostDeviceGoesBeforeWhatElseTheTextSays() {
        assertEquals(Kind.DEVICE_LOST, RunFailures.kindOf("CUDA failure 700 after: std::bad_alloc"));
    }

    @Test
    void looksThroughTheCauses() {
        Throwable failure = new RuntimeException("a node failed", new RuntimeException("std::bad_alloc"));
        assertEquals(Kind.OUT_OF_MEMORY, RunFailures.classify(failure).kind());
    }

    @Test
    void placesInOnnxRuntimesSourcesAreLeftOut() {
        String cuda =
                "/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_call.cc:154 std::conditional_t<THRW, void, Status>"
                        + " onnxruntime::CudaCall(ERRTYPE, const char*, int) [with ERRTYPE = cudaError; bool THRW = true] ";
        assertEquals(
                "Error code - ORT_FAIL - message: CUDA failure 2: out of memory ; GPU=0 ; expr=cudaSetDevice(info_.device_id);",
                RunFailures.oneLine(new RuntimeException("Error code - ORT_FAIL - message: " + cuda + cuda
                        + "CUDA failure 2: out of memory ; GPU=0 ; hostname=vm ; file=/onnxruntime_src/a.cc ; line=345 ;"
                        + " expr=cudaSetDevice(info_.device_id);")));
        assertEquals(
                "Failed to allocate memory for requested buffer of size 7",
                RunFailures.oneLine(
                        new RuntimeException("/onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void*"
                                + " onnxruntime::BFCArena::AllocateRawInternal(size_t, bool)\n Failed to allocate memory for requested"
                                + " buffer of size 7")));
    }
}
