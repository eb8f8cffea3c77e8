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
    return launched(stream) ? EXECUTION_FAILED : OK;
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
size_t cudnnGetVersion(void) { return CUDA < 13 ? 91002 : 91900; }
size_t cudnnGetCudartVersion(void) { return CUDA < 13 ? 12090 : 13010; }
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

RUN(cudnnBatchNormalizationBackward) RUN(cudnnConvolutionBackwardBias) RUN(cudnnConvolutionBackwardData)
RUN(cudnnConvolutionBackwardFilter) RUN(cudnnSoftmaxBackward)

/* No operation needs a workspace; every state and every algorithm is of size and number 0. */
#define SIZELESS(name, ...) int name(__VA_ARGS__, size_t *size) { *size = 0; return OK; }
#define ANY(n) const void *any##n __attribute__((unused))
SIZELESS(cudnnDropoutGetStatesSize, ANY(0))
SIZELESS(cudnnGetReductionWorkspaceSize, ANY(0), ANY(1), ANY(2), ANY(3))
SIZELESS(cudnnGetReductionIndicesSize, ANY(0), ANY(1), ANY(2), ANY(3))
SIZELESS(cudnnGetConvolutionForwardWorkspaceSize, ANY(0), ANY(1), ANY(2), ANY(3), ANY(4), ANY(5))
SIZELESS(cudnnGetConvolutionBackwardDataWorkspaceSize, ANY(0), ANY(1), ANY(2), ANY(3), ANY(4), ANY(5))
SIZELESS(cudnnGetConvolutionBackwardFilterWorkspaceSize, ANY(0), ANY(1), ANY(2), ANY(3), ANY(4), ANY(5))

int cudnnGetRNNTempSpaceSizes(void *of, void *rnn, int mode, void *x, size_t *workspace, size_t *reserve) {
    (void)of, (void)rnn, (void)mode, (void)x;
    *workspace = *reserve = 0;
    return OK;
}

int cudnnGetRNNWeightParams(void *of, void *rnn, int layer, size_t size, const void *weights, int part, void *matrix, void **at,
                            void *bias, void **bias_at) {
    (void)of, (void)rnn, (void)layer, (void)size, (void)weights, (void)part, (void)matrix, (void)bias;
    *at = *bias_at = 0;
    return OK;
}

int cudnnGetTensorNdDescriptor(void *of, int wanted, int *type, int *count, int *dimensions, int *strides) {
    (void)of, (void)wanted, (void)dimensions, (void)strides;
    *type = *count = 0;
    return OK;
}

struct performance {
    int algorithm, status;
    float millis;
    size_t workspace;
    int determinism, math, reserved[3];
};

static int found(int *count, struct performance *to) {
    *count = 1;
    *to = (struct performance){0};
    return OK;
}

#define HEURISTIC(name) \
    int name(ANY(0), ANY(1), ANY(2), ANY(3), ANY(4), int wanted, int *count, struct performance *to) { (void)wanted; return found(count, to); }
HEURISTIC(cudnnGetConvolutionForwardAlgorithm_v7)
HEURISTIC(cudnnGetConvolutionBackwardDataAlgorithm_v7)
HEURISTIC(cudnnGetConvolutionBackwardFilterAlgorithm_v7)

#define SEARCH(name)                                                                                                   \
    int name(ANY(0), ANY(1), ANY(2), ANY(3), ANY(4), ANY(5), ANY(6), ANY(7), int wanted, int *count, struct performance *to) { \
        (void)wanted;                                                                                                  \
        return found(count, to);                                                                                       \
    }
SEARCH(cudnnFindConvolutionForwardAlgorithmEx)
SEARCH(cudnnFindConvolutionBackwardDataAlgorithmEx)
SEARCH(cudnnFindConvolutionBackwardFilterAlgorithmEx)
