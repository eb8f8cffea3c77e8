/*
 * A driver with known answers, to hold dev.headroom.device.Nvml against C's calling convention and struct layouts.
 * Signatures, structs and numbers as in NVIDIA's nvml.h. cc -shared -fPIC [-D...]
 *
 *   GPU 0  an NVIDIA L4; with -DUNIFIED an NVIDIA GB10, which has no memory of its own
 *   GPU 1  an A100, split by MIG into slices 0 and 2; with -DOLD a driver that knows neither MIG nor memory version 2
 *   GPU 2  has fallen off the bus
 *
 * With -DNO_DRIVER it does not start, with -DHANGS it hangs in starting, with -DUNLOADABLE it does not load, with -DMUTE
 * it does not start either and has no words for it, with -DEMPTY there is no GPU, with -DNONSENSE GPU 0 has more free than
 * in all, with -DONE_SLICE_LOST slice 0 cannot be read. stub_fail("nvmlDeviceGetUUID", 4) makes all functions whose names begin so answer 4, or hang for -1;
 * an empty name none.
 */
#include <string.h>
#include <unistd.h>

typedef enum {
    SUCCESS = 0,
    INVALID_ARGUMENT = 2,
    NOT_SUPPORTED = 3,
    NOT_FOUND = 6,
    INSUFFICIENT_SIZE = 7,
    DRIVER_NOT_LOADED = 9,
    GPU_IS_LOST = 15,
    ARGUMENT_VERSION_MISMATCH = 25
} nvmlReturn_t;

typedef struct {
    unsigned long long total, free, used;
} nvmlMemory_t;

typedef struct {
    unsigned int version;
    unsigned long long total, reserved, free, used;
} nvmlMemory_v2_t;

struct device {
    const char *name, *uuid;
    unsigned long long total, reserved, used;
    int major, minor, split;
};
typedef struct device *nvmlDevice_t;

typedef struct {
    unsigned int pid;
    unsigned long long usedGpuMemory;
    unsigned int gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;

#define MIB (1ULL << 20)

static char failing[64];
static int failure;

int stub_fail(const char *function, int status) {
    failure = status;
    strncpy(failing, function, sizeof failing - 1);
    return 0;
}

/* At the beginning of each function. */
#define MAY_FAIL                                                                 \
    if (failing[0] && !strncmp(__func__, failing, strlen(failing))) {            \
        while (failure < 0) pause();                                             \
        return failure;                                                          \
    }

#ifdef UNLOADABLE
extern int absent;
int *missing = &absent;
#endif

static struct device cards[] = {
#ifdef UNIFIED
    {"NVIDIA GB10", "GPU-2dee1e25-b3b5-007e-2b55-79f2d0f2ebe5", 0, 0, 0, 12, 1, 0},
#else
    {"NVIDIA L4", "GPU-8932f937-d72c-4106-c12f-20bd9faed9f6", 23034 * MIB, 434 * MIB, 600 * MIB, 8, 9, 0},
#endif
    {"NVIDIA A100-SXM4-40GB", "GPU-a1000000-0000-0000-0000-000000000001", 40960 * MIB, 0, 0, 8, 0, 1},
};

static struct device slices[] = {
    {"NVIDIA A100-SXM4-40GB MIG 3g.20gb", "MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f", 19968 * MIB, 0, 12 * MIB, 0, 0, 0},
    {0},
    {"NVIDIA A100-SXM4-40GB MIG 1g.5gb", "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb", 4864 * MIB, 0, 3 * MIB, 0, 0, 0},
};

static nvmlReturn_t say(const char *text, char *to, unsigned int length) {
    if (strlen(text) + 1 > length) return INSUFFICIENT_SIZE;
    strcpy(to, text);
    return SUCCESS;
}

nvmlReturn_t nvmlInit_v2(void) {
    MAY_FAIL
#if defined NO_DRIVER || defined MUTE
    return DRIVER_NOT_LOADED;
#endif
#ifdef HANGS
    for (;;) pause();
#endif
    return SUCCESS;
}

const char *nvmlErrorString(nvmlReturn_t result) {
#ifdef MUTE
    return NULL;
#endif
    switch (result) {
        case NOT_SUPPORTED: return "Not Supported";
        case DRIVER_NOT_LOADED: return "Driver Not Loaded";
        case GPU_IS_LOST: return "GPU is lost";
        default: return "Unknown Error";
    }
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    MAY_FAIL
    return say("550.54.15", version, length);
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) {
    MAY_FAIL
    *version = 12040;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count) {
    MAY_FAIL
#ifdef EMPTY
    *count = 0;
#else
    *count = 3;
#endif
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    MAY_FAIL
    if (index > 1) return GPU_IS_LOST;
    *device = &cards[index];
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
    MAY_FAIL
    for (int i = 0; i < 2; i++) {
        if (!strcmp(cards[i].uuid, uuid)) return *device = &cards[i], SUCCESS;
    }
    for (int i = 0; i < 3; i += 2) {
        if (!strcmp(slices[i].uuid, uuid)) return *device = &slices[i], SUCCESS;
    }
    return NOT_FOUND;
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length) {
    MAY_FAIL
    return say(device->name, name, length);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length) {
    MAY_FAIL
    return say(device->uuid, uuid, length);
}

/* As drivers do: here the reserve counts as used. */
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    MAY_FAIL
#ifdef ONE_SLICE_LOST
    if (device == &slices[0]) return GPU_IS_LOST;
#endif
    if (!device->total) return NOT_SUPPORTED;
    memory->total = device->total;
    memory->used = device->used + device->reserved;
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

#ifndef OLD
nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
    MAY_FAIL
    if (memory->version != (sizeof(nvmlMemory_v2_t) | 2 << 24)) return ARGUMENT_VERSION_MISMATCH;
#ifdef ONE_SLICE_LOST
    if (device == &slices[0]) return GPU_IS_LOST;
#endif
    if (!device->total) return NOT_SUPPORTED;
    memory->total = device->total;
    memory->reserved = device->reserved;
    memory->used = device->used;
    memory->free = memory->total - memory->reserved - memory->used;
#ifdef NONSENSE
    memory->free = memory->total + MIB;
    memory->used = ~0ULL;
#endif
    return SUCCESS;
}

/* GPU 0 serves four processes, one of which it does not know the share of and one of which asks. */
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(
        nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *processes) {
    MAY_FAIL
    nvmlProcessInfo_t known[] = {
        {4711, 100 * MIB, ~0U, ~0U}, {4712, ~0ULL, ~0U, ~0U}, {getpid(), 200 * MIB, ~0U, ~0U}, {4713, 498 * MIB, ~0U, ~0U}};
    unsigned int room = *count;
    *count = device == &cards[0] ? 4 : 0;
    if (*count > room) return INSUFFICIENT_SIZE;
    memcpy(processes, known, *count * sizeof *known);
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending) {
    MAY_FAIL
    if (device == &cards[0]) return NOT_SUPPORTED;
    *current = device->split;
    *pending = 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned int *count) {
    MAY_FAIL
    *count = device->split ? 7 : 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index, nvmlDevice_t *slice) {
    MAY_FAIL
    if (!device->split) return INVALID_ARGUMENT;
    if (index > 2 || !slices[index].uuid) return NOT_FOUND;
    *slice = &slices[index];
    return SUCCESS;
}
#endif

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    MAY_FAIL
    *major = device->major;
    *minor = device->minor;
    return SUCCESS;
}
