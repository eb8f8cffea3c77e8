/* cuFFT, which ONNX Runtime's build for CUDA 13 needs: each transform is a launch. */
#include "vgpu.h"

enum { EXEC_FAILED = 6 };

int cufftCreate(int *plan) { *plan = 1; return OK; }
int cufftDestroy(int plan) { (void)plan; return OK; }
int cufftSetStream(int plan, void *stream) { (void)plan, (void)stream; return OK; }

int cufftXtMakePlanMany(int plan, int rank, const void *n, const void *inside, long long step, long long distance, int type,
                        const void *outside, long long out_step, long long out_distance, int out_type, long long batch,
                        size_t *workspace) {
    (void)plan, (void)rank, (void)n, (void)inside, (void)step, (void)distance, (void)type, (void)outside, (void)out_step;
    (void)out_distance, (void)out_type, (void)batch;
    *workspace = 0;
    return OK;
}

int cufftXtExec(int plan, void *in, void *out, int direction) {
    (void)plan, (void)in, (void)out, (void)direction;
    return enter(__func__) || launched(0) ? EXEC_FAILED : OK;
}
