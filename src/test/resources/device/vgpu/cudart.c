/* CUDA's runtime, but for kernels: streams, events, memory, devices. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <time.h>

#include "vgpu.h"

/* ------------------------------------------------ the words for errors */

static const struct {
    int code;
    const char *name, *text;
} errors[] = {
    {0, "cudaSuccess", "no error"},
    {1, "cudaErrorInvalidValue", "invalid argument"},
    {2, "cudaErrorMemoryAllocation", "out of memory"},
    {3, "cudaErrorInitializationError", "initialization error"},
    {35, "cudaErrorInsufficientDriver", "CUDA driver version is insufficient for CUDA runtime version"},
    {46, "cudaErrorDevicesUnavailable", "CUDA-capable device(s) is/are busy or unavailable"},
    {98, "cudaErrorInvalidDeviceFunction", "invalid device function"},
    {100, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {101, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {209, "cudaErrorNoKernelImageForDevice", "no kernel image is available for execution on the device"},
    {214, "cudaErrorECCUncorrectable", "uncorrectable ECC error encountered"},
    {220, "cudaErrorNvlinkUncorrectable", "uncorrectable NVLink error detected during the execution"},
    {226, "cudaErrorContained", "Invalid access of peer GPU memory over nvlink or a hardware error"},
    {600, "cudaErrorNotReady", "device not ready"},
    {700, "cudaErrorIllegalAddress", "an illegal memory access was encountered"},
    {701, "cudaErrorLaunchOutOfResources", "too many resources requested for launch"},
    {702, "cudaErrorLaunchTimeout", "the launch timed out and was terminated"},
    {709, "cudaErrorContextIsDestroyed", "context is destroyed"},
    {710, "cudaErrorAssert", "device-side assert triggered"},
    {714, "cudaErrorHardwareStackError", "hardware stack error"},
    {715, "cudaErrorIllegalInstruction", "an illegal instruction was encountered"},
    {716, "cudaErrorMisalignedAddress", "misaligned address"},
    {717, "cudaErrorInvalidAddressSpace", "operation not supported on global/shared address space"},
    {718, "cudaErrorInvalidPc", "invalid program counter"},
    {719, "cudaErrorLaunchFailure", "unspecified launch failure"},
    {720, "cudaErrorCooperativeLaunchTooLarge", "too many blocks in cooperative launch"},
    {721, "cudaErrorTensorMemoryLeak", "Tensor Memory not completely freed"},
    {802, "cudaErrorSystemNotReady", "system not yet initialized"},
    {810, "cudaErrorMpsClientTerminated", "MPS client has been terminated by the server"},
    {911, "cudaErrorExternalDevice", "An async error occured in external entity outside of CUDA"},
    {999, "cudaErrorUnknown", "unknown error"},
};

static int entry_of(int code) {
    int i = sizeof errors / sizeof *errors - 1;
    while (i >= 0 && errors[i].code != code) i--;
    return i;
}

const char *cudaGetErrorName(int code) { return entry_of(code) < 0 ? "unrecognized error code" : errors[entry_of(code)].name; }
const char *cudaGetErrorString(int code) { return entry_of(code) < 0 ? "unrecognized error code" : errors[entry_of(code)].text; }

/* ------------------------------------------------ streams and events: each knows until when it is busy */

typedef struct {
    int64_t end;
} timeline;

static timeline default_streams[CARDS];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* CUDA's special streams are the numbers up to 2. */
static timeline *stream_of(void *given) { return (uintptr_t)given > 2 ? given : &default_streams[current]; }

void work(void *stream, double nanos) {
    if (!state->gflops) return;
    timeline *on = stream_of(stream);
    int64_t from = now();
    on->end = (on->end > from ? on->end : from) + (int64_t)nanos;
}

static void wait_until(int64_t end) {
    int64_t rest = end - now();
    if (rest > 0) nanosleep(&(struct timespec){rest / 1000000000, rest % 1000000000}, 0);
}

int cudaStreamCreateWithFlags(void **to, unsigned flags) { (void)flags; ENTER *to = calloc(1, sizeof(timeline)); return OK; }
int cudaStreamCreate(void **to) { return cudaStreamCreateWithFlags(to, 0); }
int cudaStreamDestroy(void *of) { ENTER free(of); return OK; }
int cudaStreamSynchronize(void *of) { ENTER wait_until(stream_of(of)->end); return OK; }
int cudaStreamQuery(void *of) { ENTER return stream_of(of)->end > now() ? NOT_READY : OK; }
int cudaDeviceSynchronize(void) { ENTER wait_until(default_streams[current].end); return OK; }

int cudaStreamWaitEvent(void *of, timeline *event, unsigned flags) {
    (void)flags;
    ENTER
    if (event && stream_of(of)->end < event->end) stream_of(of)->end = event->end;
    return OK;
}

int cudaEventCreateWithFlags(void **to, unsigned flags) { (void)flags; ENTER *to = calloc(1, sizeof(timeline)); return OK; }
int cudaEventCreate(void **to) { return cudaEventCreateWithFlags(to, 0); }
int cudaEventDestroy(timeline *of) { ENTER free(of); return OK; }
int cudaEventSynchronize(timeline *of) { ENTER wait_until(of->end); return OK; }
int cudaEventQuery(timeline *of) { ENTER return of->end > now() ? NOT_READY : OK; }
int cudaEventElapsedTime(float *millis, timeline *from, timeline *to) { ENTER *millis = (to->end - from->end) / 1e6f; return OK; }

int cudaEventRecord(timeline *of, void *stream) {
    ENTER
    int64_t end = stream_of(stream)->end, time = now();
    of->end = end > time ? end : time;
    return OK;
}

/* A graph remembers no work. */
int cudaStreamBeginCapture(void *of, int mode) { (void)of, (void)mode; ENTER return OK; }
int cudaStreamIsCapturing(void *of, int *status) { (void)of; ENTER *status = 0; return OK; }
int cudaStreamEndCapture(void *of, void **graph) { (void)of; ENTER *graph = malloc(1); return OK; }
int cudaGraphInstantiate(void **to, void *graph, unsigned long long flags) { (void)graph, (void)flags; ENTER *to = malloc(1); return OK; }
int cudaGraphLaunch(void *graph, void *stream) { (void)graph; ENTER work(stream, 10000); return launched(); }
int cudaGraphDestroy(void *graph) { free(graph); return OK; }
int cudaGraphExecDestroy(void *graph) { free(graph); return OK; }
int cudaLaunchHostFunc(void *stream, void (*call)(void *), void *with) { (void)stream; ENTER call(with); return OK; }

/* ------------------------------------------------ memory */

int cudaMalloc(void **to, size_t size) { ENTER return allocate(to, size); }
int cudaFree(void *at) { ENTER return release(at); }
int cudaMallocAsync(void **to, size_t size, void *stream) { (void)stream; ENTER return allocate(to, size); }
int cudaMallocFromPoolAsync(void **to, size_t size, void *pool, void *stream) { (void)pool, (void)stream; ENTER return allocate(to, size); }
int cudaFreeAsync(void *at, void *stream) { (void)stream; ENTER return release(at); }
int cudaMemPoolCreate(void **to, const void *properties) { (void)properties; ENTER *to = malloc(1); return OK; }
int cudaMemPoolDestroy(void *pool) { free(pool); return OK; }
int cudaMemPoolTrimTo(void *pool, size_t keep) { (void)pool, (void)keep; ENTER return OK; }
int cudaMemPoolSetAttribute(void *pool, int which, void *value) { (void)pool, (void)which, (void)value; return OK; }
int cudaMemPoolGetAttribute(void *pool, int which, uint64_t *value) { (void)pool, (void)which; *value = 0; return OK; }

/* Page-locked memory is the host's; a page before it says how large it is and who counts it. */
enum { LEAD = 4096 };
struct lead {
    uint64_t size;
    struct holder *holder;
};

int cudaHostAlloc(void **to, size_t size, unsigned flags) {
    (void)flags;
    ENTER
    struct lead *lead = aligned_alloc(LEAD, LEAD + (size + LEAD - 1) / LEAD * LEAD);
    if (!lead) return tell(OUT_OF_MEMORY);
    *lead = (struct lead){size, holder()};
    uint64_t held = __atomic_add_fetch(&lead->holder->page_locked, size, __ATOMIC_RELAXED);
    if (held > lead->holder->page_locked_peak) lead->holder->page_locked_peak = held;
    *to = (char *)lead + LEAD;
    return OK;
}

int cudaMallocHost(void **to, size_t size) { return cudaHostAlloc(to, size, 0); }

int cudaFreeHost(void *at) {
    ENTER
    if (!at) return OK;
    struct lead *lead = (struct lead *)((char *)at - LEAD);
    __atomic_sub_fetch(&lead->holder->page_locked, lead->size, __ATOMIC_RELAXED);
    free(lead);
    return OK;
}

enum { TO_DEVICE = 1, TO_HOST = 2, PLAIN = 0x3c }; /* bytes of 1.06 in half precision, of 0.0115 in full */

/* True if no kernel and no copy wrote there. */
static int untouched(const char *at, size_t size) { return size && !*at && !memcmp(at, at + 1, size - 1); }

static void copy(void *to, const void *from, size_t size, int kind) {
    struct card *on = card();
    memcpy(to, from, size);
    if (kind == TO_DEVICE) {
        __atomic_fetch_add(&on->copies_in, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&on->bytes_in, size, __ATOMIC_RELAXED);
    } else if (kind == TO_HOST) {
        __atomic_fetch_add(&on->copies_out, 1, __ATOMIC_RELAXED);
        __atomic_fetch_add(&on->bytes_out, size, __ATOMIC_RELAXED);
        if (untouched(to, size)) memset(to, PLAIN, size);
    }
}

int cudaMemcpy(void *to, const void *from, size_t size, int kind) { ENTER copy(to, from, size, kind); return OK; }

int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream) {
    ENTER
    copy(to, from, size, kind);
    work(stream, 2000 + size / 20.0);
    return OK;
}

int cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind,
                      void *stream) {
    (void)stream;
    ENTER
    for (size_t row = 0; row < height; row++) {
        copy((char *)to + row * to_pitch, (const char *)from + row * from_pitch, width, kind);
    }
    return OK;
}

int cudaMemcpyFromSymbol(void *to, const void *symbol, size_t size, size_t offset, int kind) {
    (void)symbol, (void)offset, (void)kind;
    ENTER
    memset(to, 0, size);
    return OK;
}

int cudaMemset(void *to, int value, size_t size) { ENTER memset(to, value, size); return OK; }
int cudaMemsetAsync(void *to, int value, size_t size, void *stream) { ENTER memset(to, value, size); work(stream, 2000); return OK; }

int cudaMemGetInfo(size_t *free, size_t *total) {
    ENTER
    *free = free_of(card());
    *total = card()->total - card()->reserved;
    return OK;
}

/* ------------------------------------------------ devices */

int cudaGetDeviceCount(int *count) {
    int error = refused(__func__);
    if (!error && !visible_count) error = NO_DEVICE;
    *count = error ? 0 : visible_count;
    return tell(error);
}

int cudaGetDevice(int *device) {
    *device = current;
    return visible_count ? OK : tell(NO_DEVICE);
}

/* Since CUDA 12 this begins the context. */
int cudaSetDevice(int device) {
    if (visible_count && (device < 0 || device >= visible_count)) return tell(INVALID_DEVICE);
    current = device;
    return enter(__func__);
}

static int multiprocessors(struct card *of) { return of->major >= 9 ? 132 : of->minor == 9 ? 58 : 108; }
static int shared_memory(struct card *of) { return (of->major >= 9 ? 227 : of->minor == 0 ? 163 : 99) * 1024; }
static int threads(struct card *of) { return of->major >= 9 || of->minor == 0 ? 2048 : 1536; }

/* The attributes of a card that are asked for, by CUDA's numbers; 0 for all others. */
static int attribute(struct card *of, int which) {
    switch (which) {
        case 1: case 2: case 3: return 1024;   /* threads of a block, in all and in x and y */
        case 4: return 64;                     /* in z */
        case 5: return INT32_MAX;              /* blocks of a grid in x */
        case 6: case 7: return 65535;          /* in y and z */
        case 8: return 48 * 1024;              /* shared memory of a block */
        case 9: return 65536;                  /* constant memory */
        case 10: return 32;                    /* threads of a warp */
        case 12: case 82: return 65536;        /* registers of a block, of a multiprocessor */
        case 13: return 2000000;               /* clock in kHz */
        case 14: return 512;                   /* alignment of textures */
        case 16: return multiprocessors(of);
        case 19: case 31: case 41: case 83: case 95: case 115: return 1; /* maps host memory; concurrent kernels; and so on */
        case 36: return 6000000;               /* the memory's clock in kHz */
        case 37: return 384;                   /* the memory's bus */
        case 38: return 48 << 20;              /* the second cache */
        case 39: return threads(of);
        case 40: return 2;                     /* engines for copies */
        case 75: return of->major;
        case 76: return of->minor;
        case 81: return shared_memory(of) + 1024;
        case 97: return shared_memory(of);
        case 106: return 24;                   /* blocks of a multiprocessor */
        case 111: return 1024;                 /* reserved shared memory of a block */
        case 120: return of->major >= 9;       /* clusters */
        default: return 0;
    }
}

int cudaDeviceGetAttribute(int *value, int which, int device) {
    if (device < 0 || device >= visible_count) return tell(INVALID_DEVICE);
    *value = attribute(&state->cards[visible[device]], which);
    return OK;
}

/* cudaDeviceProp: CUDA 13 has fewer fields. */
#if CUDA < 13
#define UNTIL_12(field) field
#else
#define UNTIL_12(field)
#define cudaGetDeviceProperties_v2 cudaGetDeviceProperties
#endif
struct properties {
    char name[256];
    unsigned char uuid[16];
    char luid[8];
    unsigned luid_mask;
    size_t total, shared_per_block;
    int registers_per_block, warp;
    size_t pitch;
    int threads_per_block, threads_dim[3], grid[3];
    UNTIL_12(int clock;)
    size_t constant;
    int major, minor;
    size_t texture_alignment, texture_pitch;
    UNTIL_12(int overlap;)
    int multiprocessors;
    UNTIL_12(int timeout;)
    int integrated, maps_host;
    UNTIL_12(int compute_mode;)
    int textures[CUDA < 13 ? 40 : 39];
    size_t surface_alignment;
    int concurrent_kernels, ecc, pci_bus, pci_device, pci_domain, tcc, async_engines, unified_addressing;
    UNTIL_12(int memory_clock;)
    int memory_bus, l2, persisting_l2, threads_per_multiprocessor, priorities, global_l1, local_l1;
    size_t shared_per_multiprocessor;
    int registers_per_multiprocessor, managed, multi_board, board_group, host_atomics;
    UNTIL_12(int double_ratio;)
    int pageable, concurrent_managed, preemption, host_pointer, cooperative;
    UNTIL_12(int cooperative_multi;)
    size_t shared_optin;
    int page_tables, direct_managed, blocks_per_multiprocessor, policy_window;
    size_t reserved_shared;
    int others[76];
};
_Static_assert(sizeof(struct properties) == (CUDA < 13 ? 1032 : 1008), "cudaDeviceProp");
_Static_assert(offsetof(struct properties, shared_optin) == (CUDA < 13 ? 696 : 672), "cudaDeviceProp");

/* Reads the 16 bytes of a UUID, behind the word that its text begins with. */
static void read_uuid(const char *text, unsigned char *to) {
    for (int i = 0; *text && i < 16; text += *text == '-' ? 1 : 2) {
        if (*text != '-') sscanf(text, "%2hhx", &to[i++]);
    }
}

int cudaGetDeviceProperties_v2(struct properties *to, int device) {
    if (device < 0 || device >= visible_count) return tell(INVALID_DEVICE);
    struct card *of = &state->cards[visible[device]];
    *to = (struct properties){
        .total = of->total - of->reserved, .shared_per_block = 48 * 1024, .registers_per_block = 65536, .warp = 32,
        .threads_per_block = 1024, .threads_dim = {1024, 1024, 64}, .grid = {INT32_MAX, 65535, 65535},
        .constant = 65536, .major = of->major, .minor = of->minor,
        .multiprocessors = multiprocessors(of), .maps_host = 1, .concurrent_kernels = 1, .pci_bus = visible[device] + 1,
        .async_engines = 2, .unified_addressing = 1, .memory_bus = 384, .l2 = 48 << 20,
        .threads_per_multiprocessor = threads(of), .shared_per_multiprocessor = shared_memory(of) + 1024,
        .registers_per_multiprocessor = 65536, .managed = 1, .cooperative = 1, .shared_optin = shared_memory(of),
        .blocks_per_multiprocessor = 24, .reserved_shared = 1024};
    strcpy(to->name, of->name);
    read_uuid(of->uuid + strlen("GPU-"), to->uuid);
    return OK;
}

int cudaDeviceGetPCIBusId(char *to, int length, int device) {
    if (device < 0 || device >= visible_count) return tell(INVALID_DEVICE);
    snprintf(to, length, "0000:%02x:00.0", visible[device] + 1);
    return OK;
}

int cudaRuntimeGetVersion(int *version) { *version = CUDA < 13 ? 12090 : 13010; return OK; }
int cudaDriverGetVersion(int *version) { *version = state->driver_cuda; return OK; }

/* No function of the driver is at hand. */
int cudaGetDriverEntryPoint(const char *symbol, void **to, unsigned long long flags, int *result) {
    (void)symbol, (void)flags;
    *to = 0;
    if (result) *result = 1;
    return OK;
}
