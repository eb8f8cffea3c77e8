/* cuDNN, as its front end calls it: one engine for every graph of operations. A card's error is EXECUTION_FAILED. */
#include <stdlib.h>
#include <string.h>

#include "vgpu.h"

enum { NOT_INITIALIZED = 1001, EXECUTION_FAILED = 5000 };
enum { INT64 = 3, DESCRIPTOR = 15, INT32 = 23 };

struct dnn {
    void *stream;
};

static int run(const char *function, void *stream) {
    int status = refused(function);
    if (status) return status;
    if (enter(function)) return EXECUTION_FAILED;
    work(stream, 5000);
    return launched() ? EXECUTION_FAILED : OK;
}

int cudnnCreate(struct dnn **to) {
    int status = refused(__func__);
    if (status) return status;
    if (enter(__func__)) return NOT_INITIALIZED;
    *to = calloc(1, sizeof **to);
    return OK;
}

int cudnnDestroy(struct dnn *of) { free(of); return OK; }
int cudnnSetStream(struct dnn *of, void *stream) { of->stream = stream; return OK; }
int cudnnGetStream(struct dnn *of, void **stream) { *stream = of->stream; return OK; }
size_t cudnnGetVersion(void) { return 91002; }
size_t cudnnGetCudartVersion(void) { return 12090; }
void cudnnGetLastErrorString(char *to, size_t length) { if (length) *to = 0; }

const char *cudnnGetErrorString(int status) {
    switch (status) {
        case 0: return "CUDNN_STATUS_SUCCESS";
        case 1001: return "CUDNN_STATUS_NOT_INITIALIZED";
        case 4000: return "CUDNN_STATUS_INTERNAL_ERROR";
        case 4002: return "CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED";
        case 4003: return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
        case 5000: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "CUDNN_STATUS_NOT_SUPPORTED";
    }
}

#define MAKE(name) int name(void **to) { *to = calloc(1, 64); return OK; }
#define DROP(name) int name(void *of) { free(of); return OK; }
#define ACCEPT(name) int name(void) { return OK; }

int cudnnBackendCreateDescriptor(int type, void **to) { (void)type; *to = calloc(1, 64); return OK; }
DROP(cudnnBackendDestroyDescriptor) ACCEPT(cudnnBackendFinalize) ACCEPT(cudnnBackendSetAttribute)
int cudnnBackendExecute(struct dnn *handle) { return run(__func__, handle->stream); }

/* One of each descriptor, every number 0, no notes. */
int cudnnBackendGetAttribute(void *of, int name, int type, int64_t wanted, int64_t *count, void *to) {
    (void)of, (void)name;
    if (count) *count = type == INT64 || type == INT32 || type == DESCRIPTOR;
    if (wanted > 0 && to && type == INT64) *(int64_t *)to = 0;
    if (wanted > 0 && to && type == INT32) *(int32_t *)to = 0;
    return OK;
}

/* ------------------------------------------------ the older interface */

#define DESCRIBED(name) MAKE(cudnnCreate##name##Descriptor) DROP(cudnnDestroy##name##Descriptor)
DESCRIBED(Tensor) DESCRIBED(Filter) DESCRIBED(Convolution) DESCRIBED(Pooling) DESCRIBED(Activation) DESCRIBED(ReduceTensor)
DESCRIBED(Dropout) DESCRIBED(RNN) DESCRIBED(RNNData) DESCRIBED(LRN)
ACCEPT(cudnnSetTensorNdDescriptor) ACCEPT(cudnnSetTensor4dDescriptor) ACCEPT(cudnnSetFilterNdDescriptor)
ACCEPT(cudnnSetFilter4dDescriptor) ACCEPT(cudnnSetConvolutionNdDescriptor) ACCEPT(cudnnSetConvolutionGroupCount)
ACCEPT(cudnnSetConvolutionMathType) ACCEPT(cudnnSetPoolingNdDescriptor) ACCEPT(cudnnSetActivationDescriptor)
ACCEPT(cudnnSetReduceTensorDescriptor) ACCEPT(cudnnSetDropoutDescriptor) ACCEPT(cudnnSetRNNDataDescriptor)
ACCEPT(cudnnSetRNNDescriptor_v8) ACCEPT(cudnnSetLRNDescriptor) ACCEPT(cudnnDeriveBNTensorDescriptor)

#define RUN(name) int name(struct dnn *handle) { return run(__func__, handle->stream); }
RUN(cudnnActivationForward) RUN(cudnnAddTensor) RUN(cudnnBatchNormalizationForwardInference)
RUN(cudnnBatchNormalizationForwardTraining) RUN(cudnnConvolutionForward) RUN(cudnnConvolutionBiasActivationForward)
RUN(cudnnPoolingForward) RUN(cudnnReduceTensor) RUN(cudnnSoftmaxForward) RUN(cudnnLRNCrossChannelForward) RUN(cudnnRNNForward)

/* No operation needs a workspace. */
int cudnnGetReductionWorkspaceSize(void *of, void *reduce, void *a, void *c, size_t *size) {
    (void)of, (void)reduce, (void)a, (void)c;
    *size = 0;
    return OK;
}

int cudnnGetReductionIndicesSize(void *of, void *reduce, void *a, void *c, size_t *size) {
    return cudnnGetReductionWorkspaceSize(of, reduce, a, c, size);
}

int cudnnGetConvolutionForwardWorkspaceSize(void *of, void *x, void *w, void *conv, void *y, int how, size_t *size) {
    (void)of, (void)x, (void)w, (void)conv, (void)y, (void)how;
    *size = 0;
    return OK;
}
