/*
 * A virtual GPU: one C library in the place of CUDA's runtime, cuBLAS, cuDNN and NVML, by symbolic links of their names.
 * ONNX Runtime's CUDA provider, JavaCPP's cudart and dev.headroom.device.Nvml run on it unmodified.
 *
 *   Real       allocations count and are refused when a card is full; copies copy; errors surface and stay as CUDA's do
 *   Not there  kernels compute nothing: an output that nothing wrote reads as one plain value; speed
 *   Assumed    the sizes in struct state below; pages of 2 MiB; an asynchronous error surfaces at the next call;
 *              which calls a capture forbids
 *
 * All processes on the same cards share one file, the state. VGPU_STATE names it; without that it is the file "state"
 * in the library's folder. dev.headroom.device.VirtualGpu writes it for tests. If nobody has, the library makes it of
 *
 *   VGPU_CARDS  "name:MiB:capability[:MiB reserved by the driver];...", and "/name:MiB" for a MIG slice of the card before:
 *               "NVIDIA L4:23034:8.9:434;NVIDIA A100:40960:8.0;/MIG 3g.20gb:19968"
 *   VGPU_LOG    1 logs faults and refused allocations, 2 each allocation, 3 each launch, to stderr
 *
 * CUDA_VISIBLE_DEVICES and CUDA_DEVICE_ORDER work as CUDA's: unless the order is PCI_BUS_ID, the card of the highest
 * capability comes first. NVML counts by the bus, the order in the file.
 */
#ifndef VGPU_H
#define VGPU_H

#include <stddef.h>
#include <stdint.h>

#ifndef CUDA
#define CUDA 12 /* the version of the runtime: 12 or 13 */
#endif

/* ------------------------------------------------ the state: VirtualGpuState.java has the same layout, in this order */

enum { LAYOUT = 2, CARDS = 16, HOLDERS = 64, TENANTS = 4, REFUSALS = 8 };

/* A process that uses a card through this library. Its record stays when it has ended. */
struct holder {
    int64_t pid;
    int64_t lost;                          /* the error that each of its calls gets: its context is poisoned; HANGS */
    uint64_t bytes, peak;                  /* of the card's memory, its context included */
    uint64_t page_locked, page_locked_peak; /* of the host's memory, allocated while this card was the current one */
};

/* A process that a test has made up. UNKNOWN bytes are listed as such, and take nothing. */
struct tenant {
    int64_t pid;
    uint64_t bytes;
};

/* Functions whose names begin so return this status; those that return a text return none. */
struct refusal {
    char function[48];
    int64_t status; /* HANGS: they do not return until the refusal is taken back */
    int64_t times;  /* so often; 0 for ever */
};

/* A card, or a MIG slice of one. Memory is in bytes. */
struct card {
    char name[96], uuid[48];
    uint64_t total, reserved;              /* total 0: it has no memory of its own; the driver's reserve */
    int64_t major, minor;                  /* compute capability */
    int64_t slice_of, slice;               /* 1 + the index of the card it is a slice of, and its place there; 0 if whole */
    int64_t split;                         /* MIG is on */
    int64_t lost;                          /* it has fallen off the bus: NVML cannot read it, and CUDA does not count it */
    int64_t nonsense;                      /* NVML tells more free memory than there is */
    int64_t fault_after, fault_stays;      /* launches before the fault; whether it poisons the context */
    int64_t fault;                         /* a cudaError_t; HANGS; 0: none is to come. Written last */
    uint64_t launches, allocations, refused;
    uint64_t copies_in, bytes_in, copies_out, bytes_out; /* from the host, to the host */
    uint64_t waits;                        /* calls that wait for the card */
    uint64_t graphs, graph_nodes;          /* instantiated graphs that are not destroyed; nodes of all that ever were */
    uint64_t graph_launches;               /* each is one of the launches, too */
    uint64_t spoilt;                       /* calls that were forbidden because a stream was being captured */
    struct tenant tenants[TENANTS];
    struct holder holders[HOLDERS];
};

struct state {
    int64_t layout, size;                  /* LAYOUT and sizeof(struct state) */
    int64_t count;                         /* of cards */
    int64_t driver_cuda;                   /* the newest CUDA of the driver: 12040 is 12.4 */
    char driver[32];
    uint64_t context_bytes;                /* what a process's context takes of each card that it uses */
    uint64_t handle_bytes;                 /* what the workspace of a cuBLAS handle takes */
    uint64_t kernel_bytes;                 /* what a kernel's code takes when it is first launched */
    uint64_t node_bytes;                   /* what a node of an instantiated graph takes */
    uint64_t gflops;                       /* the rate of matrix products; 0: nothing takes time */
    int64_t lock;                          /* the process that changes memory */
    struct refusal refusals[REFUSALS];
    struct card cards[CARDS];
};

enum { HANGS = -1 };
#define UNKNOWN (~0ULL)
#define MIB (1ULL << 20)

/* ------------------------------------------------ what the parts of the library know of each other */

enum {
    OK = 0,
    INVALID = 1,
    OUT_OF_MEMORY = 2,
    INSUFFICIENT_DRIVER = 35,
    NO_DEVICE = 100,
    INVALID_DEVICE = 101,
    NO_KERNEL_IMAGE = 209,
    NOT_READY = 600,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901
};

extern struct state *state;
struct state *vgpu_state(void); /* the same, for other programs */
extern int visible[CARDS], visible_count; /* the cards that CUDA shows this process, in its order */
extern __thread int current;              /* the device that this thread has set, as CUDA counts */

void say(int level, const char *format, ...);

/* The card of the current device. */
struct card *card(void);
uint64_t free_of(struct card *card);
uint64_t used_of(struct card *card);

/* What this process holds on the current device; its record there. */
struct holder *holder(void);

/* Returns the status that a test wants of this function; 0 if none. Does not return while it should hang. */
int refused(const char *function);

/* Remembers an error for cudaGetLastError, and returns it. */
int tell(int error);

/* Begins a call that reaches the device: returns the error that it gets, and makes the process's context if there is none. */
int enter(const char *function);

#define ENTER                                                     \
    {                                                             \
        int error = enter(__func__);                              \
        if (error) return error;                                  \
    }

/* Counts a launch, and returns the error that comes due with it and does not stay. While the stream is captured it is recorded. */
int launched(void *stream);

/* True if the stream is being captured, which has recorded one more node. */
int recorded(void *stream);

/* True if a call that is forbidden while a stream is captured has spoilt the capture. */
int capture_spoilt(void);

int allocate(void **to, uint64_t size);
int release(void *at);

/* Charges the code of a kernel to the current device. */
int load_code(void);

/* Occupies a stream for some time, if time is modelled. */
void work(void *stream, double nanos);

#endif
