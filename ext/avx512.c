/* AVX-512 with VPOPCNTDQ (Zen 4, Ice Lake and later): 16 columns of B in a register, beside each other.
 *
 *   instruction                 for 512 products    Zen 4              Ice Lake
 *   vpxord   zmm, zmm, zmm      1                   any of 4 pipes x2  p0 p5
 *   vpopcntd zmm, zmm           1                   2 of 4 pipes x2    p5
 *   vpaddd   zmm, zmm, zmm      1                   any of 4 pipes x2  p0 p5
 *   vmovdqu32 zmm, m512         1 / rows            loads
 *   vpbroadcastd zmm, m32       1 / vectors         loads
 *
 * (x2: a 512-bit instruction occupies its pipe for two cycles.) Bottleneck: on Zen 4 the vector pipes, 6 passes over 4
 * pipes, so 512 products in 1.5 cycles at best; on Ice Lake p5, 1 cycle for the vpopcntd alone. A tile of 4 rows by
 * 4 registers keeps its 16 sums in registers and needs 8 loads for 48 of these instructions. One row alone reads B
 * as fast as the caches give it.
 *
 * With large results the limit is writing C: it is written past the caches where xnor_product.stream says so.
 */
#include "xnor.h"

#ifdef XNOR_X86
#include <immintrin.h>

#define AVX512 XNOR_TARGET("avx512f,avx512bw,avx512vpopcntdq")

enum { ROWS = 4, LANES = 16, VECTORS = CHUNK / LANES };

typedef __m512i tile_sums[ROWS][VECTORS];

AVX512 XNOR_INLINE __m512i broadcast(const BINARY_WORD *row, ptrdiff_t k)
{
    int32_t half; /* half a word; k counts halves */
    memcpy(&half, (const char *)row + k * (ptrdiff_t)sizeof half, sizeof half);
    return _mm512_set1_epi32(half);
}

/* Differences between `rows` rows of A and `vectors` registers of columns. */
AVX512 XNOR_INLINE void count_tile(int rows, int vectors, ptrdiff_t halves, const BINARY_WORD *a, ptrdiff_t words,
                                   const uint32_t *panel, tile_sums sums)
{
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < vectors; ++j)
            sums[i][j] = _mm512_setzero_si512();
    for (ptrdiff_t k = 0; k < halves; ++k, panel += CHUNK) {
        __m512i b[VECTORS];
        for (int j = 0; j < vectors; ++j)
            b[j] = _mm512_loadu_si512(panel + j * LANES);
        for (int i = 0; i < rows; ++i) {
            const __m512i row = broadcast(a + i * words, k);
            for (int j = 0; j < vectors; ++j)
                sums[i][j] =
                    _mm512_add_epi32(sums[i][j], _mm512_popcnt_epi32(_mm512_xor_si512(row, b[j])));
        }
    }
}

AVX512 XNOR_INLINE void store_dots(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int rows, int vectors,
                                   tile_sums sums)
{
    const __m512i depth = _mm512_set1_epi32(p->depth);
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < vectors; ++j) {
            const __m512i dots = _mm512_sub_epi32(depth, _mm512_slli_epi32(sums[i][j], 1));
            const ptrdiff_t at = column + j * LANES, left = p->columns - at;
            int32_t *c = p->c + (row + i) * p->c_stride + at;
            if (left >= LANES && p->stream)
                _mm512_stream_si512((void *)c, dots);
            else
                _mm512_mask_storeu_epi32(c, left >= LANES ? 0xffff : (__mmask16)((1 << left) - 1), dots);
        }
}

/* A comparison of 16 columns is 16 bits of the result, lowest first. */
AVX512 XNOR_INLINE void store_bits(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int rows, int vectors,
                                   tile_sums sums)
{
    const ptrdiff_t word = column / CHUNK;
    for (int i = 0; i < rows; ++i) {
        BINARY_WORD within = 0;
        for (int j = 0; j < vectors; ++j) {
            const __m512i limits = _mm512_loadu_si512(p->limits + column + j * LANES);
            within |= (BINARY_WORD)_mm512_cmple_epi32_mask(sums[i][j], limits) << (j * LANES);
        }
        p->bits[(row + i) * p->bits_stride + word] = within ^ p->flips[word];
    }
}

/* `rows` rows, then the next as many, and so on, along one panel. Every argument but the last two is constant where
 * this is called. Returns the first row that is left. */
AVX512 XNOR_INLINE ptrdiff_t tiles(const xnor_product *p, ptrdiff_t column, int rows, int vectors, int dots,
                                   ptrdiff_t row, ptrdiff_t end)
{
    const ptrdiff_t halves = (p->span + 31) / 32;
    const uint32_t *panel = (const uint32_t *)p->panels + column * halves;
    for (; end - row >= rows; row += rows) {
        tile_sums sums;
        count_tile(rows, vectors, halves, p->a + row * p->words, p->words, panel, sums);
        if (dots)
            store_dots(p, row, column, rows, vectors, sums);
        else
            store_bits(p, row, column, rows, vectors, sums);
    }
    return row;
}

/* The loop in which nearly all time is spent: 4 rows by 64 columns, to dot products. */
AVX512 XNOR_NOINLINE static ptrdiff_t full_tiles(const xnor_product *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t end)
{
    return tiles(p, column, ROWS, VECTORS, 1, row, end);
}

AVX512 XNOR_INLINE void panel_rows(const xnor_product *p, ptrdiff_t column, int vectors, int dots, ptrdiff_t row,
                                   ptrdiff_t end)
{
    row = tiles(p, column, ROWS, vectors, dots, row, end);
    row = tiles(p, column, 2, vectors, dots, row, end);
    tiles(p, column, 1, vectors, dots, row, end);
}

AVX512 XNOR_INLINE void panel_chunk(const xnor_product *p, ptrdiff_t column, int dots, ptrdiff_t row, ptrdiff_t end)
{
    switch (p->columns - column >= CHUNK ? VECTORS : (p->columns - column + LANES - 1) / LANES) {
    case 1:
        panel_rows(p, column, 1, dots, row, end);
        break;
    case 2:
        panel_rows(p, column, 2, dots, row, end);
        break;
    case 3:
        panel_rows(p, column, 3, dots, row, end);
        break;
    default:
        panel_rows(p, column, VECTORS, dots, dots ? full_tiles(p, column, row, end) : row, end);
    }
}

AVX512 void xnor_rows_avx512(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    for (ptrdiff_t column = 0; column < p->columns; column += CHUNK)
        if (p->c)
            panel_chunk(p, column, 1, first, first + count);
        else
            panel_chunk(p, column, 0, first, first + count);
    if (p->stream)
        _mm_sfence();
}

const void *xnor_code_avx512(void)
{
    return (const void *)(uintptr_t)full_tiles;
}

#endif
