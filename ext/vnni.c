/* AVX-512 VNNI: bytes times signs, four products added to each of 16 sums by one instruction.
 *
 *   instruction                  for 64 products    Zen 4
 *   vpdpbusd     zmm, zmm, zmm   1                  2 pipes x2
 *   vpshufbitqmb k, zmm, zmm     1 / rows           2 pipes x2
 *   vmovdqu8     zmm{k}, zmm     1 / rows           any of 4 pipes x2
 *   vpbroadcastd zmm, m32        1 / vectors        loads
 *
 * Bottleneck: vpdpbusd, 64 products a cycle; the binary kernel does 341, but needs eight products for a byte. The
 * weights stay bits, in the panels of the binary kernel: vpshufbitqmb takes 4 bits of each of 16 columns out of a
 * register of 32 bits each, as the mask that makes 64 bytes of +1 and -1.
 */
#include "bytes.h"

#ifdef XNOR_X86
#include <immintrin.h>

#define VNNI XNOR_TARGET("avx512f,avx512bw,avx512bitalg,avx512vnni")

enum { ROWS = 4, LANES = 16, VECTORS = CHUNK / LANES, HALF = WORD_BITS / 2, QUAD = 4 };

/* Bits 0 to 3 of the 32 of each column, two columns to a word. */
VNNI XNOR_INLINE __m512i first_quads(void)
{
    return _mm512_set1_epi64(0x2322212003020100);
}

/* `HALF` bytes of each row of x against one half word of each column. */
VNNI XNOR_INLINE void add_half(int rows, int vectors, const uint8_t *x, ptrdiff_t stride, const uint32_t *panel,
                               __m512i sums[ROWS][VECTORS])
{
    const __m512i plus = _mm512_set1_epi8(1), minus = _mm512_set1_epi8(-1), step = _mm512_set1_epi8(QUAD);
    __m512i bits[VECTORS], quads = first_quads();
    for (int j = 0; j < vectors; ++j)
        bits[j] = _mm512_loadu_si512(panel + j * LANES);
    for (int k = 0; k < HALF; k += QUAD) {
        __m512i signs[VECTORS];
        for (int j = 0; j < vectors; ++j)
            signs[j] = _mm512_mask_blend_epi8(_mm512_bitshuffle_epi64_mask(bits[j], quads), minus, plus);
        for (int i = 0; i < rows; ++i) {
            int32_t four;
            memcpy(&four, x + i * stride + k, sizeof four);
            const __m512i bytes = _mm512_set1_epi32(four);
            for (int j = 0; j < vectors; ++j)
                sums[i][j] = _mm512_dpbusd_epi32(sums[i][j], bytes, signs[j]);
        }
        quads = _mm512_add_epi8(quads, step);
    }
}

VNNI XNOR_INLINE void tile(const xnor_bytes *p, ptrdiff_t row, ptrdiff_t column, int rows, int vectors)
{
    const ptrdiff_t depth = p->weights.depth, halves = (depth + HALF - 1) / HALF;
    const uint32_t *panel = (const uint32_t *)p->weights.panels + column / CHUNK * CHUNK * halves + column % CHUNK;
    const uint8_t *x = p->x + row * depth;
    __m512i sums[ROWS][VECTORS];
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < vectors; ++j)
            sums[i][j] = _mm512_setzero_si512();
    for (ptrdiff_t k = 0; k < depth / HALF; ++k)
        add_half(rows, vectors, x + k * HALF, depth, panel + k * CHUNK, sums);
    if (depth % HALF) {
        uint8_t tail[ROWS][HALF] = {{0}};
        for (int i = 0; i < rows; ++i)
            memcpy(tail[i], x + i * depth + depth / HALF * HALF, (size_t)(depth % HALF));
        add_half(rows, vectors, tail[0], HALF, panel + depth / HALF * CHUNK, sums);
    }
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < vectors; ++j) {
            const ptrdiff_t left = p->weights.columns - column - j * LANES;
            _mm512_mask_storeu_epi32(p->y + (row + i) * p->weights.columns + column + j * LANES,
                                     left >= LANES ? 0xffff : (__mmask16)((1 << left) - 1), sums[i][j]);
        }
}

VNNI XNOR_INLINE void panel_rows(const xnor_bytes *p, ptrdiff_t column, int vectors, ptrdiff_t row, ptrdiff_t end)
{
    for (; end - row >= ROWS; row += ROWS)
        tile(p, row, column, ROWS, vectors);
    for (; row < end; ++row)
        tile(p, row, column, 1, vectors);
}

VNNI void xnor_vnni_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const xnor_bytes *p = job;
    (void)scratch;
    for (ptrdiff_t column = 0; column < p->weights.columns; column += CHUNK) {
        const ptrdiff_t left = p->weights.columns - column;
        if (left > CHUNK - LANES)
            panel_rows(p, column, VECTORS, first, first + count);
        else
            for (ptrdiff_t at = 0; at < left; at += LANES) /* the last panel, a register of columns at a time */
                panel_rows(p, column + at, 1, first, first + count);
    }
}

#endif
