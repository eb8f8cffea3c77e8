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
    {900, "cudaErrorStreamCaptureUnsupported", "operation not permitted when stream is capturing"},
    {901, "cudaErrorStreamCaptureInvalidated", "operation failed due to a previous error during capture"},
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
    struct graph *into; /* a stream's work is recorded there and not done */
} timeline;

struct graph {
    int64_t nodes;
    double nanos;
    void *code; /* of an instantiated one, on the card */
};

static timeline default_streams[CARDS];

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* CUDA's special streams are the numbers up to 2. */
static timeline *stream_of(void *given) { return (uintptr_t)given > 2 ? given : &default_streams[current]; }

static timeline *capturing; /* the stream of this process that is being captured: one at a time */
static int spoilt;          /* what was called meanwhile ends the capture */

/* Begins a call that waits, allocates, frees or copies at once. While a stream is captured in global mode no thread may do so. */
static int forbidden(const char *function) {
    int error = enter(function);
    if (error || !__atomic_load_n(&capturing, __ATOMIC_ACQUIRE)) return error;
    say(1, "%s during a capture", function);
    __atomic_fetch_add(&card()->spoilt, 1, __ATOMIC_RELAXED);
    spoilt = 1;
    return tell(CAPTURE_UNSUPPORTED);
}

#define ENTER_UNLESS_CAPTURING                                    \
    {                                                             \
        int error = forbidden(__func__);                          \
        if (error) return error;                                  \
    }

int capture_spoilt(void) { return spoilt; }

int recorded(void *stream) {
    struct graph *into = stream_of(stream)->into;
    if (into) into->nodes++;
    return !!into;
}

void work(void *stream, double nanos) {
    timeline *on = stream_of(stream);
    if (on->into) on->into->nanos += nanos;
    if (!state->gflops || on->into) return;
    int64_t from = now();
    on->end = (on->end > from ? on->end : from) + (int64_t)nanos;
}

static void wait_until(int64_t end) {
    int64_t rest = end - now();
    if (rest > 0) nanosleep(&(struct timespec){rest / 1000000000, rest % 1000000000}, 0);
}

static int waited(int64_t end) {
    __atomic_fetch_add(&card()->waits, 1, __ATOMIC_RELAXED);
    wait_until(end);
    return OK;
}

int cudaStreamCreateWithFlags(void **to, unsigned flags) { (void)flags; ENTER *to = calloc(1, sizeof(timeline)); return OK; }
int cudaStreamCreate(void **to) { return cudaStreamCreateWithFlags(to, 0); }
int cudaStreamDestroy(void *of) { ENTER free(of); return OK; }
int cudaStreamSynchronize(void *of) { ENTER_UNLESS_CAPTURING return waited(stream_of(of)->end); }
int cudaStreamQuery(void *of) { ENTER_UNLESS_CAPTURING return stream_of(of)->end > now() ? NOT_READY : OK; }
int cudaDeviceSynchronize(void) { ENTER_UNLESS_CAPTURING return waited(default_streams[current].end); }

int cudaStreamWaitEvent(void *of, timeline *event, unsigned flags) {
    (void)flags;
    ENTER
    if (event && stream_of(of)->end < event->end) stream_of(of)->end = event->end;
    return OK;
}

int cudaEventCreateWithFlags(void **to, unsigned flags) { (void)flags; ENTER *to = calloc(1, sizeof(timeline)); return OK; }
int cudaEventCreate(void **to) { return cudaEventCreateWithFlags(to, 0); }
int cudaEventDestroy(timeline *of) { ENTER free(of); return OK; }
int cudaEventSynchronize(timeline *of) { ENTER_UNLESS_CAPTURING return waited(of->end); }
int cudaEventQuery(timeline *of) { ENTER_UNLESS_CAPTURING return of->end > now() ? NOT_READY : OK; }
int cudaEventElapsedTime(float *millis, timeline *from, timeline *to) { ENTER *millis = (to->end - from->end) / 1e6f; return OK; }

int cudaEventRecord(timeline *of, void *stream) {
    ENTER
    int64_t end = stream_of(stream)->end, time = now();
    of->end = end > time ? end : time;
    return OK;
}

/* ------------------------------------------------ graphs: how many nodes they have, and how long they take */

int cudaStreamBeginCapture(void *of, int mode) {
    (void)mode;
    ENTER_UNLESS_CAPTURING
    timeline *stream = stream_of(of);
    if ((uintptr_t)of <= 2) return tell(CAPTURE_UNSUPPORTED);
    stream->into = calloc(1, sizeof(struct graph));
    spoilt = 0;
    __atomic_store_n(&capturing, stream, __ATOMIC_RELEASE);
    return OK;
}

int cudaStreamIsCapturing(void *of, int *status) { ENTER *status = !!stream_of(of)->into; return OK; }

int cudaStreamEndCapture(void *of, struct graph **to) {
    ENTER
    timeline *stream = stream_of(of);
    if (!stream->into) return tell(INVALID);
    *to = stream->into;
    stream->into = 0;
    __atomic_store_n(&capturing, 0, __ATOMIC_RELEASE);
    if (!spoilt) return OK;
    free(*to);
    *to = 0;
    return tell(CAPTURE_INVALIDATED); /* as each launch since */
}

int cudaGraphInstantiate(struct graph **to, const struct graph *from, unsigned long long flags) {
    (void)flags;
    ENTER_UNLESS_CAPTURING
    void *code;
    int error = allocate(&code, from->nodes * state->node_bytes);
    if (error) return error;
    *to = malloc(sizeof **to);
    **to = (struct graph){from->nodes, from->nanos, code};
    __atomic_fetch_add(&card()->graphs, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&card()->graph_nodes, from->nodes, __ATOMIC_RELAXED);
    return OK;
}

int cudaGraphLaunch(struct graph *graph, void *stream) {
    ENTER
    work(stream, graph->nanos);
    __atomic_fetch_add(&card()->graph_launches, 1, __ATOMIC_RELAXED);
    return launched(stream);
}

int cudaGraphDestroy(struct graph *graph) { free(graph); return OK; }

int cudaGraphExecDestroy(struct graph *graph) {
    release(graph->code);
    __atomic_fetch_sub(&card()->graphs, 1, __ATOMIC_RELAXED);
    free(graph);
    return OK;
}

int cudaLaunchHostFunc(void *stream, void (*call)(void *), void *with) { (void)stream; ENTER call(with); return OK; }

/* ------------------------------------------------ memory */

int cudaMalloc(void **to, size_t size) { ENTER_UNLESS_CAPTURING return allocate(to, size); }
int cudaFree(void *at) { ENTER_UNLESS_CAPTURING return release(at); }
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
    ENTER_UNLESS_CAPTURING
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
    ENTER_UNLESS_CAPTURING
    if (!at) return OK;
    struct lead *lead = (struct lead *)((char *)at - LEAD);
    __atomic_sub_fetch(&lead->holder->page_locked, lead->size, __ATOMIC_RELAXED);
    free(lead);
    return OK;
}

enum { TO_DEVICE = 1, TO_HOST = 2, PLAIN = 0x3c }; /* bytes of 1.06 in half precision, of 0.0115 in full */

/* True if no kernel and no copy wrote there. */
static int untouched(const char *at, size_t size) { return size && !*at && !memcmp(at, at + 1, size - 1); }

/* Copies so many bytes of each row; one row is a plain copy. Counts as one. */
static void copy_rows(char *to, size_t to_pitch, const char *from, size_t from_pitch, size_t width, size_t height, int kind) {
    struct card *on = card();
    for (size_t row = 0; row < height; row++, to += to_pitch, from += from_pitch) {
        memcpy(to, from, width);
        if (kind == TO_HOST && untouched(to, width)) memset(to, PLAIN, width);
    }
    if (kind != TO_DEVICE && kind != TO_HOST) return;
    __atomic_fetch_add(kind == TO_DEVICE ? &on->copies_in : &on->copies_out, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(kind == TO_DEVICE ? &on->bytes_in : &on->bytes_out, width * height, __ATOMIC_RELAXED);
}

int cudaMemcpy2D(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind) {
    ENTER_UNLESS_CAPTURING
    copy_rows(to, to_pitch, from, from_pitch, width, height, kind);
    return waited(default_streams[current].end);
}

int cudaMemcpy(void *to, const void *from, size_t size, int kind) { return cudaMemcpy2D(to, 0, from, 0, size, 1, kind); }

int cudaMemcpy2DAsync(void *to, size_t to_pitch, const void *from, size_t from_pitch, size_t width, size_t height, int kind,
                      void *stream) {
    ENTER
    if (!recorded(stream)) copy_rows(to, to_pitch, from, from_pitch, width, height, kind);
    work(stream, 2000 + width * height / 20.0);
    return OK;
}

int cudaMemcpyAsync(void *to, const void *from, size_t size, int kind, void *stream) {
    return cudaMemcpy2DAsync(to, 0, from, 0, size, 1, kind, stream);
}

int cudaMemcpyFromSymbol(void *to, const void *symbol, size_t size, size_t offset, int kind) {
    (void)symbol, (void)offset, (void)kind;
    ENTER
    memset(to, 0, size);
    return OK;
}

int cudaMemset(void *to, int value, size_t size) { ENTER_UNLESS_CAPTURING memset(to, value, size); return OK; }
int cudaMemsetAsync(void *to, int value, size_t size, void *stream) { ENTER if (!recorded(stream)) memset(to, value, size); work(stream, 2000); return OK; }

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
