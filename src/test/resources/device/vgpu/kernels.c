/* Kernels: CUDA's runtime knows for which architectures each was compiled, and launches it only on those. */
#include <string.h>
#include <stdlib.h>

#include "vgpu.h"

typedef struct {
    unsigned x, y, z;
} dim3;

/* The architectures in a library's fat binary: 89 is 8.9. */
enum { PTX = 1, MOST_IMAGES = 32 };
struct binary {
    int count;
    unsigned short kind[MOST_IMAGES], architecture[MOST_IMAGES];
};

/* The kernels by the address of their host function. */
enum { SLOTS = 1 << 17 };
static struct {
    const void *host;
    const char *name;
    struct binary *binary;
    unsigned char loaded[CARDS];
} kernels[SLOTS];

static unsigned slot_of(const void *host) {
    unsigned at = (uint32_t)((uint32_t)((uintptr_t)host >> 4) * 2654435761u) >> 15;
    while (kernels[at].host && kernels[at].host != host) at = (at + 1) % SLOTS;
    return at;
}

static uint32_t u32(const unsigned char *at) { return *(const uint32_t *)at; }
static uint64_t u64(const unsigned char *at) { return *(const uint64_t *)at; }

struct wrapper {
    int magic, version;
    const unsigned char *data;
};

/* A fat binary: 16 bytes with its length at 8, then images, each with its kind at 0, the lengths of its head at 4 and of
   its body at 8, and its architecture at 28. */
void **__cudaRegisterFatBinary(const struct wrapper *wrapper) {
    struct binary *binary = calloc(1, sizeof *binary);
    const unsigned char *at = wrapper->data + 16, *end = at + u64(wrapper->data + 8);
    for (; at < end && u32(at + 4) && binary->count < MOST_IMAGES; at += u32(at + 4) + u64(at + 8)) {
        binary->kind[binary->count] = *(const uint16_t *)at;
        binary->architecture[binary->count++] = u32(at + 28);
    }
    return (void **)binary;
}

void __cudaRegisterFatBinaryEnd(void **handle) { (void)handle; }
void __cudaUnregisterFatBinary(void **handle) { (void)handle; }
void __cudaRegisterVar(void) {}

void __cudaRegisterFunction(void **handle, const void *host, char *device, const char *name) {
    (void)device;
    unsigned at = slot_of(host);
    kernels[at].host = host, kernels[at].name = name, kernels[at].binary = (struct binary *)handle;
}

/* True if machine code for the card's generation, up to its minor version, or PTX for that or an older one is there. */
static int runs(struct binary *binary, struct card *on) {
    int capability = on->major * 10 + on->minor;
    for (int i = 0; binary && i < binary->count; i++) {
        int architecture = binary->architecture[i];
        int same_generation = architecture / 10 == capability / 10;
        if (architecture <= capability && (same_generation || binary->kind[i] == PTX)) return 1;
    }
    return !binary;
}

static __thread struct {
    dim3 grid, block;
    size_t shared;
    void *stream;
} pushed;

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void *stream) {
    pushed.grid = grid, pushed.block = block, pushed.shared = shared, pushed.stream = stream;
    return OK;
}

int __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared, void **stream) {
    *grid = pushed.grid, *block = pushed.block, *shared = pushed.shared, *stream = pushed.stream;
    return OK;
}

int cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **with, size_t shared, void *stream) {
    (void)with, (void)shared;
    ENTER
    unsigned at = slot_of(kernel);
    unsigned char *loaded = &kernels[at].loaded[visible[current]];
    if (!runs(kernels[at].binary, card())) return tell(NO_KERNEL_IMAGE);
    if (state->kernel_bytes && !*loaded) {
        int error = load_code();
        if (error) return error;
        *loaded = 1;
    }
    say(3, "launched %s", kernels[at].name ? kernels[at].name : "a kernel without a name");
    work(stream, 2500 + (double)grid.x * grid.y * grid.z * block.x * block.y * block.z / 200);
    return launched(stream);
}

/* Since CUDA 13 a library asks for the kernel of a host function once; here that is the function itself. */
int __cudaGetKernel(const void **kernel, const void *host) { *kernel = host; return OK; }

int __cudaLaunchKernel(const void *kernel, dim3 grid, dim3 block, void **with, size_t shared, void *stream) {
    return cudaLaunchKernel(kernel, grid, block, with, shared, stream);
}

struct launch {
    dim3 grid, block;
    size_t shared;
    void *stream;
};

int cudaLaunchKernelExC(const struct launch *how, const void *kernel, void **with) {
    return cudaLaunchKernel(kernel, how->grid, how->block, with, how->shared, how->stream);
}

struct function {
    size_t shared, constant, local;
    int threads, registers, ptx, binary, cache, dynamic, rest[8];
};

int cudaFuncGetAttributes(struct function *to, const void *kernel) {
    ENTER
    if (!runs(kernels[slot_of(kernel)].binary, card())) return tell(NO_KERNEL_IMAGE);
    memset(to, 0, offsetof(struct function, rest));
    to->threads = 1024, to->registers = 32, to->dynamic = 99 * 1024;
    to->ptx = to->binary = card()->major * 10 + card()->minor;
    return OK;
}

int cudaFuncSetAttribute(const void *kernel, int which, int value) { (void)kernel, (void)which, (void)value; ENTER return OK; }

int cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *blocks, const void *kernel, int threads, size_t shared,
                                                           unsigned flags) {
    (void)kernel, (void)shared, (void)flags;
    ENTER
    *blocks = threads > 0 && threads < 2048 ? 2048 / threads : 1;
    return OK;
}

int cudaLibraryLoadData(void **to) { *to = malloc(1); return OK; }
int cudaLibraryGetKernel(void **to) { *to = (void *)8; return OK; }
int cudaLibraryUnload(void *library) { free(library); return OK; }
int cudaKernelSetAttributeForDevice(void) { return OK; }
