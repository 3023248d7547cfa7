/* How rows are shared out: blocks one after the other, some of which are left to another thread. */
#ifndef BNNLAB_BLOCKS_H
#define BNNLAB_BLOCKS_H

#include "check.h"

enum { MOST_BLOCKS = 64 };

typedef struct {
    ptrdiff_t count, first[MOST_BLOCKS], rows[MOST_BLOCKS];
    int left_out[MOST_BLOCKS];
} blocks;

blocks draw_blocks(ptrdiff_t rows);
ptrdiff_t largest_block(const blocks *b);
void run_blocks(xnor_job_fn *fn, const void *job, const blocks *b, void *scratch);
int computed(const blocks *b, ptrdiff_t row);

#endif
