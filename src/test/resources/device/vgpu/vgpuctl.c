/*
 * Reads and writes the state of virtual GPUs by hand:
 *
 *   vgpuctl show
 *   vgpuctl cotenant CARD MIB             another process holds this much of a card
 *   vgpuctl fault CARD CODE [LAUNCHES]    a cudaError_t that poisons the context after so many launches; -1 hangs
 *   vgpuctl refuse FUNCTION STATUS        functions whose names begin so return it; -1 hangs, 0 takes it back
 *
 * Called nvidia-smi, it answers --query-gpu=... --format=csv,noheader,nounits.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vgpu.h"

static void print_field(const char *field, int index, struct card *card) {
    if (!strcmp(field, "index")) printf("%d", index);
    else if (!strcmp(field, "uuid")) printf("%s", card->uuid);
    else if (!strcmp(field, "name")) printf("%s", card->name);
    else if (!strcmp(field, "memory.total")) printf("%llu", card->total / MIB);
    else if (!strcmp(field, "memory.free")) printf("%llu", (unsigned long long)free_of(card) / MIB);
    else if (!strcmp(field, "memory.used")) printf("%llu", (unsigned long long)used_of(card) / MIB);
    else if (!strcmp(field, "memory.reserved")) printf("%llu", card->reserved / MIB);
    else if (!strcmp(field, "compute_cap")) printf("%d.%d", (int)card->major, (int)card->minor);
    else if (!strcmp(field, "driver_version")) printf("%s", vgpu_state()->driver);
    else if (!strcmp(field, "mig.mode.current")) printf(card->split ? "Enabled" : "[N/A]");
    else printf("[N/A]");
}

static int smi(const char *query) {
    for (int i = 0, index = 0; i < vgpu_state()->count; i++) {
        if (vgpu_state()->cards[i].slice_of) continue;
        char *fields = strdup(query), *rest = fields;
        for (char *field; (field = strsep(&rest, ","));) {
            print_field(field, index, &vgpu_state()->cards[i]);
            printf(rest ? ", " : "\n");
        }
        free(fields);
        index++;
    }
    return 0;
}

static int show(void) {
    for (int i = 0; i < vgpu_state()->count; i++) {
        struct card *card = &vgpu_state()->cards[i];
        printf("%d %s: %llu of %llu MiB free, co-tenant %llu MiB, %llu launches, %llu allocations, %llu refused, "
               "%llu copies in of %llu KiB, %llu out of %llu KiB, %llu waits, %llu graphs of %llu nodes, %llu graph launches\n",
               i, card->name, (unsigned long long)free_of(card) / MIB, card->total / MIB, card->tenants[0].bytes / MIB,
               (unsigned long long)card->launches, (unsigned long long)card->allocations, (unsigned long long)card->refused,
               (unsigned long long)card->copies_in, (unsigned long long)card->bytes_in >> 10,
               (unsigned long long)card->copies_out, (unsigned long long)card->bytes_out >> 10,
               (unsigned long long)card->waits, (unsigned long long)card->graphs, (unsigned long long)card->graph_nodes,
               (unsigned long long)card->graph_launches);
        for (struct holder *one = card->holders; one < card->holders + HOLDERS && one->pid; one++) {
            printf("  pid %lld holds %llu MiB, at most %llu, and %llu KiB page-locked; error %lld\n", (long long)one->pid,
                   one->bytes / MIB, one->peak / MIB, (unsigned long long)one->page_locked >> 10, (long long)one->lost);
        }
    }
    return 0;
}

static int refuse(const char *function, int status) {
    struct refusal *to = vgpu_state()->refusals, *last = to + REFUSALS - 1;
    while (to < last && *to->function && strcmp(to->function, function)) to++;
    *to = (struct refusal){.status = status};
    if (status) snprintf(to->function, sizeof to->function, "%s", function);
    return 0;
}

int main(int count, char **words) {
    for (int i = 1; i < count; i++) {
        if (!strncmp(words[i], "--query-gpu=", 12)) return smi(words[i] + 12);
    }
    const char *word = count > 1 ? words[1] : "";
    int known = count > 2 && atoi(words[2]) >= 0 && atoi(words[2]) < vgpu_state()->count;
    struct card *card = known ? &vgpu_state()->cards[atoi(words[2])] : 0;
    if (!strcmp(word, "show")) return show();
    if (!strcmp(word, "refuse") && count == 4) return refuse(words[2], atoi(words[3]));
    if (!strcmp(word, "cotenant") && card && count == 4) {
        card->tenants[0] = (struct tenant){4711, strtoull(words[3], 0, 10) * MIB};
        return 0;
    }
    if (!strcmp(word, "fault") && card && count >= 4) {
        card->fault_after = count > 4 ? atoll(words[4]) : 0;
        card->fault_stays = 1;
        card->fault = atoi(words[3]);
        return 0;
    }
    fprintf(stderr, "vgpuctl show | cotenant CARD MIB | fault CARD CODE [LAUNCHES] | refuse FUNCTION STATUS\n");
    return 2;
}
