/* What this CPU could do at best: loops that do a kernel's arithmetic and nothing else, and a loop that only reads.
 * C11, no Python. Not part of the kernels: only the benchmarks run these. */
#ifndef BNNLAB_CEILING_H
#define BNNLAB_CEILING_H

#include "words.h"

typedef struct {
    const char *name; /* the kernel whose instructions these are, or the kind of arithmetic */
    const char *loop; /* the instructions that are repeated, for people */
    int (*usable)(void);
    int64_t (*run)(int64_t rounds); /* returns how many products (multiply and add once) that were */
} ceiling_loop;

extern const ceiling_loop ceiling_loops[];
extern const int ceiling_loop_count;

/* Read every byte of `size`, a multiple of READ_STEP, once, by the widest loads there are. */
enum { READ_STEP = 256 };
void ceiling_read(const char *memory, ptrdiff_t size);

#endif
