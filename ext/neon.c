/* NEON (every aarch64 CPU): 16 columns of B in a register, a byte of each, and a popcount of bytes.
 *
 *   instruction              for 128 products    Neoverse N1          Neoverse V1
 *   eor  v.16b, v.16b        1                   either of 2 pipes    any of 4 pipes
 *   cnt  v.16b               1                   either of 2 pipes    any of 4 pipes
 *   add  v.16b, v.16b        1                   either of 2 pipes    any of 4 pipes
 *   ldr  q (B)               1 / rows            loads                loads
 *   ld1r {v.16b} (A)         1 / vectors         loads and a pipe     loads and a pipe
 *
 * Bottleneck: the vector pipes; 52 instructions for the 2048 products of a tile of 4 rows by 4 registers, so 79
 * products a cycle on 2 pipes and twice that on 4. The tile keeps its 16 sums in registers, and of the 32 there are
 * leaves room for 4 of B, 4 of A and what lies between. Sums are bytes, so they move to 16 bits every 31 bytes of
 * depth, 31 * 8 = 248, and on to 32 bits before those overflow.
 */
#include "xnor.h"

#ifdef XNOR_NEON
#include "epilogue.h"

#include <arm_neon.h>

enum { ROWS = 4, LANES = 16, VECTORS = CHUNK / LANES, BYTE_SUM = 31, HALF_SUM = 65535 / 8 / BYTE_SUM };

/* Differences in up to BYTE_SUM bytes, added to sums of 16 bits. */
/* listing: begin */
XNOR_INLINE void count_bytes(int rows, ptrdiff_t bytes, const uint8_t *a, ptrdiff_t stride, const uint8_t *panel,
                             uint16_t (*sums)[CHUNK])
{
    uint8x16_t counts[ROWS][VECTORS];
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < VECTORS; ++j)
            counts[i][j] = vdupq_n_u8(0);
    for (ptrdiff_t k = 0; k < bytes; ++k, panel += CHUNK) {
        uint8x16_t b[VECTORS];
        for (int j = 0; j < VECTORS; ++j)
            b[j] = vld1q_u8(panel + j * LANES);
        for (int i = 0; i < rows; ++i) {
            const uint8x16_t row = vld1q_dup_u8(a + i * stride + k);
            for (int j = 0; j < VECTORS; ++j)
                counts[i][j] = vaddq_u8(counts[i][j], vcntq_u8(veorq_u8(row, b[j])));
        }
    }
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < VECTORS; ++j) {
            uint16_t *low = &sums[i][j * LANES], *high = low + LANES / 2;
            vst1q_u16(low, vaddw_u8(vld1q_u16(low), vget_low_u8(counts[i][j])));
            vst1q_u16(high, vaddw_high_u8(vld1q_u16(high), counts[i][j]));
        }
}
/* listing: end */

XNOR_INLINE void tile(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int rows)
{
    const ptrdiff_t bytes = (p->span + 7) / 8, stride = p->words * (ptrdiff_t)sizeof *p->a;
    const uint8_t *a = (const uint8_t *)(p->a + row * p->words);
    const uint8_t *panel = (const uint8_t *)p->panels + column * bytes;
    int32_t differences[ROWS][CHUNK] = {{0}};
    for (ptrdiff_t block = 0; block < bytes; block += HALF_SUM * BYTE_SUM) {
        const ptrdiff_t end = bytes - block < HALF_SUM * BYTE_SUM ? bytes : block + HALF_SUM * BYTE_SUM;
        uint16_t sums[ROWS][CHUNK] = {{0}};
        for (ptrdiff_t k = block; k < end; k += BYTE_SUM)
            count_bytes(rows, end - k < BYTE_SUM ? end - k : BYTE_SUM, a + k, stride, panel + k * CHUNK, sums);
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < CHUNK; ++j)
                differences[i][j] += sums[i][j];
    }
    for (int i = 0; i < rows; ++i)
        finish_chunk(p, row + i, column, differences[i]);
}

/* The loop in which nearly all time is spent: 4 rows by 64 columns. */
XNOR_NOINLINE static ptrdiff_t full_tiles(const xnor_product *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t end)
{
    for (; end - row >= ROWS; row += ROWS)
        tile(p, row, column, ROWS);
    return row;
}

void xnor_rows_neon(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    for (ptrdiff_t column = 0; column < p->columns; column += CHUNK)
        for (ptrdiff_t row = full_tiles(p, column, first, first + count); row < first + count; ++row)
            tile(p, row, column, 1);
}

const void *xnor_code_neon(void)
{
    return (const void *)(uintptr_t)full_tiles;
}

#endif
