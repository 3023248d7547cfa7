/* Sums compared with thresholds after they have been written, where no kernel could compare them as they were counted:
 * bit = (sum >= threshold) ^ flip. Columns that fill up the last word have thresholds that are never met. */
#include "xnor.h"

XNOR_CLONES void xnor_threshold(ptrdiff_t rows, ptrdiff_t columns, const int32_t *sums, const int32_t *thresholds,
                                const BINARY_WORD *flips, BINARY_WORD *bits)
{
    for (ptrdiff_t row = 0; row < rows; ++row, sums += columns)
        for (ptrdiff_t column = 0; column < columns; column += CHUNK) {
            const ptrdiff_t count = columns - column < CHUNK ? columns - column : CHUNK;
            uint8_t met[WORD_BITS] = {0};
            if (count == CHUNK) /* a fixed length, which the compiler vectorises */
                for (int j = 0; j < CHUNK; ++j)
                    met[j] = sums[column + j] >= thresholds[column + j];
            else
                for (ptrdiff_t j = 0; j < count; ++j)
                    met[j] = sums[column + j] >= thresholds[column + j];
            *bits++ = full_word(met) ^ flips[column / CHUNK];
        }
}
