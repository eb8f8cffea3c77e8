/* cuBLAS and cuBLASLt: each product is a launch. A card's error is EXECUTION_FAILED. */
#include <stdlib.h>
#include <string.h>

#include "vgpu.h"

enum { NOT_INITIALIZED = 1, EXECUTION_FAILED = 13 };

struct blas {
    void *workspace, *stream;
    int math;
};

const char *cublasGetStatusName(int status) {
    switch (status) {
        case 0: return "CUBLAS_STATUS_SUCCESS";
        case 1: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case 3: return "CUBLAS_STATUS_ALLOC_FAILED";
        case 7: return "CUBLAS_STATUS_INVALID_VALUE";
        case 8: return "CUBLAS_STATUS_ARCH_MISMATCH";
        case 11: return "CUBLAS_STATUS_MAPPING_ERROR";
        case 13: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case 14: return "CUBLAS_STATUS_INTERNAL_ERROR";
        default: return "CUBLAS_STATUS_NOT_SUPPORTED";
    }
}

const char *cublasGetStatusString(int status) { return cublasGetStatusName(status); }

/* Where there is no room for its workspace the real one answers that it is not initialized. */
int cublasCreate_v2(struct blas **to) {
    *to = 0;
    int status = refused(__func__);
    if (status) return status;
    if (enter(__func__)) return NOT_INITIALIZED;
    struct blas *made = calloc(1, sizeof *made);
    if (allocate(&made->workspace, state->handle_bytes)) return free(made), NOT_INITIALIZED;
    *to = made;
    return OK;
}

int cublasDestroy_v2(struct blas *of) { if (of) release(of->workspace), free(of); return OK; }
int cublasSetStream_v2(struct blas *of, void *stream) { of->stream = stream; return OK; }
int cublasSetMathMode(struct blas *of, int mode) { of->math = mode; return OK; }
int cublasGetMathMode(struct blas *of, int *mode) { *mode = of->math; return OK; }

static int product(const char *function, void *stream, double m, double n, double k, double count) {
    int status = refused(function);
    if (status) return status;
    if (enter(function)) return EXECUTION_FAILED;
    if (state->gflops) work(stream, 5000 + 2 * m * n * k * count / state->gflops);
    return launched(stream) ? EXECUTION_FAILED : OK;
}

/* The arguments behind those that are named are of no interest. */
#define PRODUCT(name) \
    int name(struct blas *of, int ta, int tb, int m, int n, int k) { (void)ta, (void)tb; return product(__func__, of->stream, m, n, k, 1); }
PRODUCT(cublasSgemm_v2)
PRODUCT(cublasDgemm_v2)
PRODUCT(cublasGemmEx)
PRODUCT(cublasSgemmBatched)
PRODUCT(cublasDgemmBatched)
PRODUCT(cublasGemmBatchedEx)

#define STRIDED(name)                                                                                                       \
    int name(struct blas *of, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int lda, long long sa, \
             const void *b, int ldb, long long sb, const void *beta, void *c, int ldc, long long sc, int count) {           \
        (void)ta, (void)tb, (void)alpha, (void)a, (void)lda, (void)sa, (void)b, (void)ldb, (void)sb;                        \
        (void)beta, (void)c, (void)ldc, (void)sc;                                                                           \
        return product(__func__, of->stream, m, n, k, count);                                                               \
    }
STRIDED(cublasSgemmStridedBatched)
STRIDED(cublasDgemmStridedBatched)

int cublasGemmStridedBatchedEx(struct blas *of, int ta, int tb, int m, int n, int k, const void *alpha, const void *a, int at,
                               int lda, long long sa, const void *b, int bt, int ldb, long long sb, const void *beta, void *c,
                               int ct, int ldc, long long sc, int count) {
    (void)ta, (void)tb, (void)alpha, (void)a, (void)at, (void)lda, (void)sa, (void)b, (void)bt, (void)ldb, (void)sb;
    (void)beta, (void)c, (void)ct, (void)ldc, (void)sc;
    return product(__func__, of->stream, m, n, k, count);
}

#define SMALL(name) int name(struct blas *of) { return product(__func__, of->stream, 1, 1, 1, 1); }
SMALL(cublasScopy_v2) SMALL(cublasDcopy_v2) SMALL(cublasSscal_v2) SMALL(cublasSgeam) SMALL(cublasDgeam)
SMALL(cublasSgetrfBatched) SMALL(cublasDgetrfBatched) SMALL(cublasSgetriBatched) SMALL(cublasDgetriBatched)

/* ------------------------------------------------ cuBLASLt */

#define MAKE(name) int name(void **to) { *to = calloc(1, 8); return OK; }
#define DROP(name) int name(void *of) { free(of); return OK; }
#define ACCEPT(name) int name(void) { return OK; }
MAKE(cublasLtCreate) DROP(cublasLtDestroy)
MAKE(cublasLtMatmulDescCreate) DROP(cublasLtMatmulDescDestroy) ACCEPT(cublasLtMatmulDescSetAttribute)
MAKE(cublasLtMatmulPreferenceCreate) DROP(cublasLtMatmulPreferenceDestroy) ACCEPT(cublasLtMatmulPreferenceSetAttribute)
MAKE(cublasLtMatrixLayoutCreate) DROP(cublasLtMatrixLayoutDestroy) ACCEPT(cublasLtMatrixLayoutSetAttribute)
MAKE(cublasLtMatrixTransformDescCreate) DROP(cublasLtMatrixTransformDescDestroy)
ACCEPT(cublasLtMatmulAlgoInit) ACCEPT(cublasLtMatmulAlgoConfigSetAttribute)

int cublasLtMatmul(void *lt, void *desc, const void *alpha, const void *a, void *at, const void *b, void *bt, const void *beta,
                   const void *c, void *ct, void *d, void *dt, const void *algorithm, void *workspace, size_t size, void *stream) {
    (void)lt, (void)desc, (void)alpha, (void)a, (void)at, (void)b, (void)bt, (void)beta;
    (void)c, (void)ct, (void)d, (void)dt, (void)algorithm, (void)workspace, (void)size;
    return product(__func__, stream, 512, 512, 512, 1);
}

int cublasLtMatrixTransform(void *lt, void *desc, const void *alpha, const void *a, void *at, const void *beta, const void *b,
                            void *bt, void *c, void *ct, void *stream) {
    (void)lt, (void)desc, (void)alpha, (void)a, (void)at, (void)beta, (void)b, (void)bt, (void)c, (void)ct;
    return product(__func__, stream, 1, 1, 1, 1);
}

struct heuristic {
    uint64_t algorithm[8];
    size_t workspace;
    int state;
    float waves;
    int reserved[4];
};

int cublasLtMatmulAlgoGetHeuristic(void *lt, void *desc, void *a, void *b, void *c, void *d, void *preference, int wanted,
                                   struct heuristic *to, int *found) {
    (void)lt, (void)desc, (void)a, (void)b, (void)c, (void)d, (void)preference;
    *found = wanted > 0;
    if (*found) memset(to, 0, sizeof *to);
    return OK;
}
