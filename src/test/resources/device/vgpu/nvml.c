/*
 * NVML. Signatures, structs and numbers as in NVIDIA's nvml.h: dev.headroom.device.Nvml is tested against this.
 * Compiled with -DOLD_DRIVER it has neither MIG nor version 2 of the memory's struct nor the list of processes.
 */
#include <string.h>
#include <unistd.h>

#include "vgpu.h"

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

typedef struct {
    unsigned int pid;
    unsigned long long usedGpuMemory;
    unsigned int gpuInstanceId, computeInstanceId;
} nvmlProcessInfo_t;

typedef struct card *nvmlDevice_t;

/* At the beginning of each function. */
#define MAY_BE_REFUSED                    \
    {                                     \
        int status = refused(__func__);   \
        if (status) return status;        \
    }

static nvmlReturn_t copy_text(const char *text, char *to, unsigned int length) {
    if (strlen(text) + 1 > length) return INSUFFICIENT_SIZE;
    strcpy(to, text);
    return SUCCESS;
}

nvmlReturn_t nvmlInit_v2(void) {
    MAY_BE_REFUSED
    return SUCCESS;
}

const char *nvmlErrorString(nvmlReturn_t result) {
    if (refused(__func__)) return NULL;
    switch (result) {
        case NOT_SUPPORTED: return "Not Supported";
        case DRIVER_NOT_LOADED: return "Driver Not Loaded";
        case GPU_IS_LOST: return "GPU is lost";
        default: return "Unknown Error";
    }
}

nvmlReturn_t nvmlSystemGetDriverVersion(char *version, unsigned int length) {
    MAY_BE_REFUSED
    return copy_text(state->driver, version, length);
}

nvmlReturn_t nvmlSystemGetCudaDriverVersion_v2(int *version) {
    MAY_BE_REFUSED
    *version = state->driver_cuda;
    return SUCCESS;
}

/* The whole card of an index; none behind the last. */
static struct card *whole(unsigned int index) {
    for (int i = 0; i < state->count; i++) {
        if (!state->cards[i].slice_of && !index--) return &state->cards[i];
    }
    return NULL;
}

nvmlReturn_t nvmlDeviceGetCount_v2(unsigned int *count) {
    MAY_BE_REFUSED
    for (*count = 0; whole(*count);) ++*count;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *device) {
    MAY_BE_REFUSED
    *device = whole(index);
    return !*device ? INVALID_ARGUMENT : (*device)->lost ? GPU_IS_LOST : SUCCESS;
}

nvmlReturn_t nvmlDeviceGetHandleByUUID(const char *uuid, nvmlDevice_t *device) {
    MAY_BE_REFUSED
    for (int i = 0; i < state->count; i++) {
        if (!strcmp(state->cards[i].uuid, uuid)) return *device = &state->cards[i], SUCCESS;
    }
    return NOT_FOUND;
}

nvmlReturn_t nvmlDeviceGetName(nvmlDevice_t device, char *name, unsigned int length) {
    MAY_BE_REFUSED
    return copy_text(device->name, name, length);
}

nvmlReturn_t nvmlDeviceGetUUID(nvmlDevice_t device, char *uuid, unsigned int length) {
    MAY_BE_REFUSED
    return copy_text(device->uuid, uuid, length);
}

static nvmlReturn_t readable(nvmlDevice_t device) {
    return device->lost ? GPU_IS_LOST : device->total ? SUCCESS : NOT_SUPPORTED;
}

/* As drivers do: here the reserve counts as used. */
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t *memory) {
    MAY_BE_REFUSED
    if (readable(device)) return readable(device);
    memory->total = device->total;
    memory->free = free_of(device);
    memory->used = device->total - memory->free;
    return SUCCESS;
}

#ifndef OLD_DRIVER
nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t *memory) {
    MAY_BE_REFUSED
    if (memory->version != (sizeof *memory | 2 << 24)) return ARGUMENT_VERSION_MISMATCH;
    if (readable(device)) return readable(device);
    memory->total = device->total;
    memory->reserved = device->reserved;
    memory->free = device->nonsense ? device->total + MIB : free_of(device);
    memory->used = device->nonsense ? UNKNOWN : used_of(device);
    return SUCCESS;
}

static int list(int64_t pid, uint64_t bytes, nvmlProcessInfo_t *processes, unsigned int at, unsigned int room) {
    if (!pid || !bytes) return 0;
    if (at < room) processes[at] = (nvmlProcessInfo_t){pid, bytes, ~0U, ~0U};
    return 1;
}

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(
        nvmlDevice_t device, unsigned int *count, nvmlProcessInfo_t *processes) {
    MAY_BE_REFUSED
    unsigned int room = *count;
    used_of(device); /* forgets what processes held that have ended */
    *count = 0;
    for (int i = 0; i < TENANTS; i++) {
        *count += list(device->tenants[i].pid, device->tenants[i].bytes, processes, *count, room);
    }
    for (int i = 0; i < HOLDERS; i++) {
        *count += list(device->holders[i].pid, device->holders[i].bytes, processes, *count, room);
    }
    return *count > room ? INSUFFICIENT_SIZE : SUCCESS;
}

/* Cards before Ampere, and the smaller ones, do not have it. */
nvmlReturn_t nvmlDeviceGetMigMode(nvmlDevice_t device, unsigned int *current, unsigned int *pending) {
    MAY_BE_REFUSED
    if (!device->split) return NOT_SUPPORTED;
    *current = 1;
    *pending = 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned int *count) {
    MAY_BE_REFUSED
    *count = device->split ? 7 : 0;
    return SUCCESS;
}

nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index, nvmlDevice_t *slice) {
    MAY_BE_REFUSED
    if (!device->split) return INVALID_ARGUMENT;
    for (int i = 0; i < state->count; i++) {
        struct card *one = &state->cards[i];
        if (one->slice_of == device - state->cards + 1 && one->slice == index) return *slice = one, SUCCESS;
    }
    return NOT_FOUND;
}
#endif

nvmlReturn_t nvmlDeviceGetCudaComputeCapability(nvmlDevice_t device, int *major, int *minor) {
    MAY_BE_REFUSED
    *major = device->major;
    *minor = device->minor;
    return SUCCESS;
}
