/*
 * A driver with known answers, to hold dev.headroom.device.Nvml against C's calling convention and struct layouts.
 * Signatures, structs and numbers as in NVIDIA's nvml.h. cc -shared -fPIC [-D...]
 *
 *   GPU 0  an NVIDIA L4; with -DUNIFIED an NVIDIA GB10, which has no memory of its own
 *   GPU 1  an A100, split by MIG into slices 0 and 2; with -DOLD a driver that knows neither MIG nor memory version 2
 *   GPU 2  has fallen off the bus
 *
 * With -DNO_DRIVER it does not start, with -DHANGS it hangs in starting, with -DUNLOADABLE it does not load.
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

#define MIB (1ULL << 20)

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
#ifdef NO_DRIVER
    return DRIVER_NOT_LOADED;
#endif
#ifdef HANGS
    for (;;) pause();
#endif
    return SUCCESS;
}

const char *nvmlErrorString(nvmlReturn_t result) {
    switch (result) {
        case NOT_SUPPORTED: return "Not Supported";
        case DRIVER_NOT_LOADED: return "Driver Not Loaded";
        case GPU_IS_LOST: return "GPU is lost";
        default: return "Unknown Error";
    }
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    return say("550.54.15", version, length);
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) {
    *version = 12040;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count) {
    *count = 3;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    if (index > 1) return GPU_IS_LOST;
    *device = &cards[index];
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
    for (int i = 0; i < 2; i++) {
        if (!strcmp(cards[i].uuid, uuid)) return *device = &cards[i], SUCCESS;
    }
    for (int i = 0; i < 3; i += 2) {
        if (!strcmp(slices[i].uuid, uuid)) return *device = &slices[i], SUCCESS;
    }
    return NOT_FOUND;
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length) {
    return say(device->name, name, length);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length) {
    return say(device->uuid, uuid, length);
}

/* As drivers do: here the reserve counts as used. */
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    if (!device->total) return NOT_SUPPORTED;
    memory->total = device->total;
    memory->used = device->used + device->reserved;
    memory->free = memory->total - memory->used;
    return SUCCESS;
}

#ifndef OLD
nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
    if (memory->version != (sizeof(nvmlMemory_v2_t) | 2 << 24)) return ARGUMENT_VERSION_MISMATCH;
    if (!device->total) return NOT_SUPPORTED;
    memory->total = device->total;
    memory->reserved = device->reserved;
    memory->used = device->used;
    memory->free = memory->total - memory->reserved - memory->used;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending) {
    if (device == &cards[0]) return NOT_SUPPORTED;
    *current = device->split;
    *pending = 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned int *count) {
    *count = device->split ? 7 : 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index, nvmlDevice_t *slice) {
    if (!device->split) return INVALID_ARGUMENT;
    if (index > 2 || !slices[index].uuid) return NOT_FOUND;
    *slice = &slices[index];
    return SUCCESS;
}
#endif

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    *major = device->major;
    *minor = device->minor;
    return SUCCESS;
}
