/* The portable kernel: xor form, dot = depth - 2 * popcount(a ^ b), in which padding cancels.
 *
 *   instruction     per 64 products      bottleneck
 *   xor r64, m64    1                    loads: one word of B feeds ROWS rows of A, one word of A COLUMNS columns
 *   popcnt r64      1                    of B, so a tile of 2 x 4 loads 6 words for 8 xors
 *   add r64         1
 *
 * Sums stay in registers over the whole depth and C is written once.
 */
#include "xnor.h"

enum { ROWS = 2, COLUMNS = 4 };

XNOR_INLINE void tile(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t n, ptrdiff_t words, int32_t depth,
                      const BINARY_WORD *a, const BINARY_WORD *b, int32_t *c)
{
    int32_t differences[ROWS][COLUMNS] = {{0}};
    for (ptrdiff_t k = 0; k < words; ++k)
        for (ptrdiff_t i = 0; i < rows; ++i)
            for (ptrdiff_t j = 0; j < columns; ++j)
                differences[i][j] += __builtin_popcountll(a[i * words + k] ^ b[k * n + j]);
    for (ptrdiff_t i = 0; i < rows; ++i)
        for (ptrdiff_t j = 0; j < columns; ++j)
            c[i * n + j] = depth - 2 * differences[i][j];
}

XNOR_INLINE void tiles(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                       const BINARY_WORD *b, int32_t *c)
{
    for (ptrdiff_t i = 0; i < m; i += ROWS)
        for (ptrdiff_t j = 0; j < n; j += COLUMNS) {
            const BINARY_WORD *at = a + i * words, *bt = b + j;
            int32_t *ct = c + i * n + j;
            if (m - i >= ROWS && n - j >= COLUMNS) /* constant bounds, so that the compiler unrolls */
                tile(ROWS, COLUMNS, n, words, depth, at, bt, ct);
            else
                tile(m - i < ROWS ? m - i : ROWS, n - j < COLUMNS ? n - j : COLUMNS, n, words, depth, at, bt, ct);
        }
}

#ifdef XNOR_HAS_POPCNT_TARGET
XNOR_TARGET("popcnt")
static void tiles_popcnt(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                         const BINARY_WORD *b, int32_t *c)
{
    tiles(m, n, words, depth, a, b, c);
}
#endif

void xnor_gemm_scalar(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                      const BINARY_WORD *b, int32_t *c)
{
#ifdef XNOR_HAS_POPCNT_TARGET
    if (xnor_cpu_has_popcnt()) {
        tiles_popcnt(m, n, words, depth, a, b, c);
        return;
    }
#endif
    tiles(m, n, words, depth, a, b, c);
}
