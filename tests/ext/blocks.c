#include "blocks.h"

blocks draw_blocks(ptrdiff_t rows)
{
    blocks b = {0};
    for (ptrdiff_t first = 0; first < rows || !b.count; first += b.rows[b.count++]) {
        const ptrdiff_t left = rows - first;
        b.first[b.count] = first;
        b.rows[b.count] = chance(50) || b.count == MOST_BLOCKS - 1 ? left : between(left != 0, left);
        b.left_out[b.count] = chance(10);
    }
    return b;
}

ptrdiff_t largest_block(const blocks *b)
{
    ptrdiff_t rows = 0;
    for (ptrdiff_t i = 0; i < b->count; ++i)
        rows = b->rows[i] > rows ? b->rows[i] : rows;
    return rows;
}

void run_blocks(xnor_job_fn *fn, const void *job, const blocks *b, void *scratch)
{
    for (ptrdiff_t i = 0; i < b->count; ++i)
        if (!b->left_out[i])
            fn(job, b->first[i], b->rows[i], scratch);
}

int computed(const blocks *b, ptrdiff_t row)
{
    for (ptrdiff_t i = 0; i < b->count; ++i)
        if (b->first[i] <= row && row < b->first[i] + b->rows[i])
            return !b->left_out[i];
    return 0;
}
