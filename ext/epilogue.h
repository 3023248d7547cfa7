/* What becomes of the differences that a kernel has counted for one row and up to 64 columns: the part that is the
 * same for every kernel that leaves them in memory. */
#ifndef BNNLAB_EPILOGUE_H
#define BNNLAB_EPILOGUE_H

#include "xnor.h"

XNOR_INLINE void finish_chunk(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, const int32_t *differences)
{
    const int count = p->columns - column < CHUNK ? (int)(p->columns - column) : CHUNK;
    if (p->c) {
        int32_t *c = p->c + row * p->c_stride + column;
        if (count == CHUNK) /* a fixed length, which the compiler vectorises */
            for (int j = 0; j < CHUNK; ++j)
                c[j] = p->depth - 2 * differences[j];
        else
            for (int j = 0; j < count; ++j)
                c[j] = p->depth - 2 * differences[j];
    } else {
        uint8_t within[WORD_BITS]; /* limits reach to the end of the chunk, as do the differences */
        for (int j = 0; j < CHUNK; ++j)
            within[j] = differences[j] <= p->limits[column + j];
        p->bits[row * p->bits_stride + column / CHUNK] = full_word(within) ^ p->flips[column / CHUNK];
    }
}

#endif
