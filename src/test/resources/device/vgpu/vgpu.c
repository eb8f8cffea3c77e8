/* The cards: their state, who holds their memory, and which errors a call gets. */
#define _GNU_SOURCE
#include "vgpu.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PAGE (2 * MIB) /* the driver's: small allocations share one */

struct state *state;
struct state *vgpu_state(void) { return state; }
int visible[CARDS], visible_count;
__thread int current;

static __thread int last_error;
static int verbose;

/* What this process has on each card. */
static struct {
    int context;
    uint64_t small, large;
    struct holder *record;
} mine[CARDS];

void say(int level, const char *format, ...) {
    if (verbose < level) return;
    va_list values;
    va_start(values, format);
    fprintf(stderr, "vgpu: ");
    vfprintf(stderr, format, values);
    fputc('\n', stderr);
    va_end(values);
}

static const char *setting(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value && *value ? value : otherwise;
}

/* ------------------------------------------------ the beginning */

/* Adds what one part of VGPU_CARDS describes. */
static void add_card(struct state *to, const char *text) {
    struct card *card = &to->cards[to->count];
    unsigned long long total = 0, reserved = 0;
    int major = 0, minor = 0, whole = to->count ? to->count : 0;
    if (*text == '/') {
        while (whole > 0 && to->cards[whole - 1].slice_of) whole--;
        if (!whole || sscanf(text + 1, "%95[^:]:%llu", card->name, &total) < 2) return;
        card->slice_of = whole;
        card->slice = to->count - whole;
        to->cards[whole - 1].split = 1;
        major = to->cards[whole - 1].major, minor = to->cards[whole - 1].minor;
    } else if (sscanf(text, "%95[^:]:%llu:%d.%d:%llu", card->name, &total, &major, &minor, &reserved) < 4) {
        return;
    }
    snprintf(card->uuid, sizeof card->uuid, "%s-00000000-0000-0000-0000-%012d", card->slice_of ? "MIG" : "GPU",
             (int)to->count);
    card->total = total * MIB, card->reserved = reserved * MIB;
    card->major = major, card->minor = minor;
    to->count++;
}

static void describe(struct state *to) {
    *to = (struct state){.layout = LAYOUT,
                         .size = sizeof *to,
                         .driver_cuda = CUDA * 1000 + 40,
                         .driver = "550.54.15",
                         .context_bytes = 250 * MIB,
                         .handle_bytes = 8320 * 1024,
                         .node_bytes = 4096};
    char *cards = strdup(setting("VGPU_CARDS", "NVIDIA L4:23034:8.9:434")), *rest = cards;
    for (char *one; (one = strsep(&rest, ";")) && to->count < CARDS;) add_card(to, one);
    free(cards);
}

static void state_file(char *path, size_t length) {
    Dl_info here;
    const char *given = getenv("VGPU_STATE");
    if (given && *given) {
        snprintf(path, length, "%s", given);
    } else if (dladdr(&state, &here) && strrchr(here.dli_fname, '/')) {
        snprintf(path, length, "%.*s/state", (int)(strrchr(here.dli_fname, '/') - here.dli_fname), here.dli_fname);
    } else {
        snprintf(path, length, "state");
    }
}

static void open_state(void) {
    char path[4096];
    state_file(path, sizeof path);
    int file = open(path, O_RDWR | O_CREAT, 0666);
    struct stat before = {0};
    if (file >= 0) fstat(file, &before);
    if (file < 0 || (before.st_size < (off_t)sizeof *state && ftruncate(file, sizeof *state))) {
        file = -1; /* the folder cannot be written: the cards are this process's alone */
    }
    state = mmap(0, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED | (file < 0 ? MAP_ANONYMOUS : 0), file, 0);
    if (file >= 0) close(file);
    if (state == MAP_FAILED) abort();
    if (!state->layout) describe(state);
    if (state->layout != LAYOUT || state->size != sizeof *state) {
        fprintf(stderr, "vgpu: %s has layout %lld of %lld bytes; this library has %d of %zu\n", path,
                (long long)state->layout, (long long)state->size, LAYOUT, sizeof *state);
        abort();
    }
}

/* True if CUDA counts the later card before the earlier one. */
static int faster(int later, int earlier) {
    struct card *a = &state->cards[later], *b = &state->cards[earlier];
    return a->major * 10 + a->minor > b->major * 10 + b->minor;
}

/* The cards as CUDA counts them without CUDA_VISIBLE_DEVICES: whole ones, or one slice if there is any. */
static int ordered(int *order) {
    int by_bus = !strcmp(setting("CUDA_DEVICE_ORDER", ""), "PCI_BUS_ID"), count = 0;
    for (int i = 0; i < state->count; i++) {
        struct card *one = &state->cards[i];
        if (one->lost || one->split) continue;
        if (one->slice_of) return order[0] = i, 1;
        int at = count++;
        for (; !by_bus && at > 0 && faster(i, order[at - 1]); at--) order[at] = order[at - 1];
        order[at] = i;
    }
    return count;
}

/* The card that a part of CUDA_VISIBLE_DEVICES names: a number, or the beginning of a UUID; -1 if there is none. */
static int named(const char *text, const int *order, int count) {
    char *end;
    long number = strtol(text, &end, 10);
    if (end > text && !*end) return number >= 0 && number < count ? order[number] : -1;
    for (int i = 0; i < state->count; i++) {
        if (*text && !state->cards[i].split && !strncmp(state->cards[i].uuid, text, strlen(text))) return i;
    }
    return -1;
}

static void find_visible(void) {
    int order[CARDS] = {0}, count = ordered(order);
    const char *shown = getenv("CUDA_VISIBLE_DEVICES");
    if (!shown) {
        memcpy(visible, order, sizeof order);
        visible_count = count;
        return;
    }
    char *parts = strdup(shown), *rest = parts;
    for (char *one; (one = strsep(&rest, ",")) && visible_count < CARDS;) {
        int found = named(one, order, count);
        if (found < 0) break; /* CUDA, too, ignores what follows */
        visible[visible_count++] = found;
        if (state->cards[found].slice_of) break;
    }
    free(parts);
}

__attribute__((constructor)) static void begin(void) {
    verbose = atoi(setting("VGPU_LOG", "0"));
    open_state();
    find_visible();
}

/* ------------------------------------------------ memory of a card, over all processes */

static void rest(void) { nanosleep(&(struct timespec){0, 1000000}, 0); }

static int ended(int64_t pid) { return kill(pid, 0) && errno == ESRCH; }

/* One thread of all processes at a time; a process that ended meanwhile holds up nobody. */
static void lock(void) {
    int64_t self = getpid();
    for (int64_t owner = 0; !__atomic_compare_exchange_n(&state->lock, &owner, self, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);) {
        if (ended(owner)) __atomic_compare_exchange_n(&state->lock, &owner, 0, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
        owner = 0;
        sched_yield();
    }
}

static void unlock(void) { __atomic_store_n(&state->lock, 0, __ATOMIC_RELEASE); }

/* This process's record on a card: a new one, or that of a process that has ended. */
static struct holder *record(int number) {
    struct holder *found = mine[number].record;
    for (int i = 0; !found && i < 2 * HOLDERS; i++) {
        struct holder *one = &state->cards[number].holders[i % HOLDERS];
        if (!one->pid || one->pid == getpid() || (i >= HOLDERS && ended(one->pid))) found = one;
    }
    if (!found) abort();
    if (!mine[number].record) *found = (struct holder){.pid = getpid()};
    return mine[number].record = found;
}

uint64_t used_of(struct card *card) {
    uint64_t sum = 0;
    for (int i = 0; i < TENANTS; i++) {
        if (card->tenants[i].bytes != UNKNOWN) sum += card->tenants[i].bytes;
    }
    for (int i = 0; i < HOLDERS; i++) {
        struct holder *one = &card->holders[i];
        if (one->bytes && ended(one->pid)) one->bytes = one->page_locked = 0;
        sum += one->bytes;
    }
    return sum;
}

uint64_t free_of(struct card *card) {
    uint64_t taken = used_of(card) + card->reserved;
    return taken > card->total ? 0 : card->total - taken;
}

/* Sets what this process has on a card; refuses what does not fit. The caller has the lock. */
static int charge(int number, int context, uint64_t small, uint64_t large) {
    struct card *on = &state->cards[number];
    struct holder *me = record(number);
    uint64_t bytes = (context ? state->context_bytes : 0) + (small + PAGE - 1) / PAGE * PAGE + large;
    if (bytes > me->bytes && bytes - me->bytes > free_of(on)) return on->refused++, OUT_OF_MEMORY;
    me->bytes = bytes;
    if (bytes > me->peak) me->peak = bytes;
    mine[number].context = context, mine[number].small = small, mine[number].large = large;
    return OK;
}

static uint64_t small_part(uint64_t size) { return size < MIB ? (size + 511) / 512 * 512 : 0; }
static uint64_t large_part(uint64_t size) { return size < MIB ? 0 : (size + PAGE - 1) / PAGE * PAGE; }

struct block {
    void *at;
    uint64_t size;
    int card;
    struct block *next;
};
static struct block *blocks[4096];

static struct block **bucket(void *at) { return &blocks[(uintptr_t)at >> 12 & 4095]; }

/* The host's memory, of which only what is touched costs any. */
static void *reserve(uint64_t size, int number) {
    void *at = mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct block *block = malloc(sizeof *block);
    if (at == MAP_FAILED || !block) abort();
    *block = (struct block){at, size, number, *bucket(at)};
    return (*bucket(at) = block)->at;
}

int allocate(void **to, uint64_t size) {
    *to = 0;
    if (!size) return OK;
    int number = visible[current];
    lock();
    int error = charge(number, 1, mine[number].small + small_part(size), mine[number].large + large_part(size));
    if (!error) *to = reserve(size, number), state->cards[number].allocations++;
    unlock();
    say(error ? 1 : 2, "%s %llu bytes on card %d, free %llu MiB", error ? "refused" : "allocated", (unsigned long long)size,
        number, (unsigned long long)(free_of(&state->cards[number]) / MIB));
    return tell(error);
}

int release(void *at) {
    if (!at) return OK;
    lock();
    struct block **link = bucket(at);
    while (*link && (*link)->at != at) link = &(*link)->next;
    struct block *block = *link;
    if (block) {
        int number = block->card;
        *link = block->next;
        charge(number, 1, mine[number].small - small_part(block->size), mine[number].large - large_part(block->size));
    }
    unlock();
    if (!block) return tell(INVALID);
    munmap(at, block->size);
    say(2, "freed %llu bytes on card %d", (unsigned long long)block->size, block->card);
    free(block);
    return OK;
}

int load_code(void) {
    int number = visible[current];
    lock();
    int error = charge(number, 1, mine[number].small + state->kernel_bytes, mine[number].large);
    unlock();
    return tell(error);
}

/* ------------------------------------------------ errors */

struct card *card(void) { return &state->cards[visible[current]]; }

struct holder *holder(void) { return record(visible[current]); }

int tell(int error) {
    if (error) last_error = error;
    return error;
}

/* A sticky error stays. */
int cudaGetLastError(void) {
    int error = last_error;
    last_error = visible_count && holder()->lost ? error : OK;
    return error;
}

int cudaPeekAtLastError(void) { return last_error; }

int refused(const char *function) {
    for (int i = 0; i < REFUSALS; i++) {
        struct refusal *one = &state->refusals[i];
        if (!*one->function || strncmp(function, one->function, strlen(one->function))) continue;
        if (one->status != HANGS) {
            if (one->times && !--one->times) *one->function = 0;
            return one->status;
        }
        while (*(volatile char *)one->function) rest();
    }
    return 0;
}

/* Makes this process's record and context on a card. */
static int attach(int number) {
    lock();
    record(number);
    int error = mine[number].context ? OK : charge(number, 1, mine[number].small, mine[number].large);
    unlock();
    return error;
}

int enter(const char *function) {
    int error = refused(function);
    if (!error && state->driver_cuda / 1000 < CUDA) error = INSUFFICIENT_DRIVER;
    if (!error && !visible_count) error = NO_DEVICE;
    int number = visible[current];
    if (!error && !mine[number].context) error = attach(number);
    if (error) return tell(error);
    struct holder *me = holder();
    while (*(volatile int64_t *)&me->lost == HANGS) rest();
    return tell(me->lost);
}

int launched(void *stream) {
    struct card *on = card();
    if (recorded(stream)) return capture_spoilt() ? tell(CAPTURE_INVALIDATED) : OK;
    __atomic_fetch_add(&on->launches, 1, __ATOMIC_RELAXED);
    if (!on->fault || __atomic_sub_fetch(&on->fault_after, 1, __ATOMIC_RELAXED) >= 0) return OK;
    int fault = __atomic_exchange_n(&on->fault, 0, __ATOMIC_RELAXED);
    if (!fault) return OK;
    say(1, "fault %d on card %d", fault, visible[current]);
    if (!on->fault_stays) return tell(fault);
    holder()->lost = fault;
    return OK;
}
