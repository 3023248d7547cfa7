/* The portable kernel: whole words, and the popcount instruction of the CPU where it has one.
 *
 *   instruction     for 64 products      Zen, Haswell and later
 *   xor r64, m64    1                    4 a cycle, loads 2 a cycle
 *   popcnt r64      1                    4 a cycle (Intel: p1, 1 a cycle)
 *   add r64         1                    4 a cycle
 *
 * Bottleneck: the instructions that a cycle can take in, and on Intel the one popcnt. A tile of 2 rows by 4 columns
 * loads 6 words for 8 xors; its sums stay in registers over the whole depth.
 */
#include "epilogue.h"

enum { ROWS = 2, COLUMNS = 4 };

/* listing: begin */
XNOR_INLINE void tile(int rows, ptrdiff_t words, const BINARY_WORD *a, ptrdiff_t stride, const BINARY_WORD *panel,
                      int32_t *differences)
{
    int64_t sums[ROWS][COLUMNS] = {{0}};
    for (ptrdiff_t k = 0; k < words; ++k, panel += COLUMNS)
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < COLUMNS; ++j)
                sums[i][j] += __builtin_popcountll(a[i * stride + k] ^ panel[j]);
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < COLUMNS; ++j)
            differences[i * CHUNK + j] = (int32_t)sums[i][j];
}
/* listing: end */

XNOR_INLINE void chunk(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int rows)
{
    const ptrdiff_t words = (p->span + WORD_BITS - 1) / WORD_BITS;
    const ptrdiff_t left = p->columns - column < CHUNK ? p->columns - column : CHUNK;
    int32_t differences[ROWS][CHUNK] = {{0}};
    for (ptrdiff_t j = 0; j < left; j += COLUMNS)
        tile(rows, words, p->a + row * p->words, p->words, (const BINARY_WORD *)p->panels + (column + j) * words,
             &differences[0][j]);
    for (int i = 0; i < rows; ++i)
        finish_chunk(p, row + i, column, differences[i]);
}

XNOR_INLINE void all_rows(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    for (ptrdiff_t column = 0; column < p->columns; column += CHUNK) {
        ptrdiff_t row = first;
        for (; first + count - row >= ROWS; row += ROWS)
            chunk(p, row, column, ROWS);
        if (row < first + count)
            chunk(p, row, column, 1);
    }
}

/* The same lines compiled twice: a plain x86-64 build has no popcnt instruction, and calls a library function. */
static void rows_anywhere(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    all_rows(p, first, count);
}

#ifdef XNOR_X86
XNOR_TARGET("popcnt") static void rows_popcnt(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    all_rows(p, first, count);
}
#else
#define rows_popcnt rows_anywhere
#endif

void xnor_rows_scalar(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    (xnor_cpu_has_popcnt() ? rows_popcnt : rows_anywhere)(p, first, count);
}

const void *xnor_code_scalar(void)
{
    return (const void *)(uintptr_t)(xnor_cpu_has_popcnt() ? rows_popcnt : rows_anywhere);
}
