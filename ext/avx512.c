/* AVX-512 with VPOPCNTDQ (Zen 4, Ice Lake and later): 16 columns of B in a register, beside each other.
 *
 *   instruction                 for 512 products    Zen 4              Ice Lake
 *   vpxord   zmm, zmm, zmm      1                   any of 4 pipes x2  p0 p5
 *   vpopcntd zmm, zmm           1                   2 of 4 pipes x2    p5
 *   vpaddd   zmm, zmm, zmm      1                   any of 4 pipes x2  p0 p5
 *   vmovdqu64 zmm, m512         1 / rows            loads
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

/* One register of 16 columns beside the other. Named, since the compiler keeps names in registers, and arrays in memory. */
typedef struct {
    __m512i v0, v1, v2, v3;
} chunk;

AVX512 XNOR_INLINE __m512i broadcast(const BINARY_WORD *row, ptrdiff_t k)
{
    int32_t half; /* half a word; k counts halves */
    memcpy(&half, (const char *)row + k * (ptrdiff_t)sizeof half, sizeof half);
    return _mm512_set1_epi32(half);
}

/* listing: begin */
AVX512 XNOR_INLINE void add_differences(__m512i *sum, __m512i a, __m512i b)
{
    *sum = _mm512_add_epi32(*sum, _mm512_popcnt_epi32(_mm512_xor_si512(a, b)));
    __asm__("" : "+v"(*sum)); /* or the compiler adds into other registers, and moves the sums back */
}

AVX512 XNOR_INLINE void add_row(chunk *sums, int vectors, __m512i a, chunk b)
{
    add_differences(&sums->v0, a, b.v0);
    if (vectors > 1)
        add_differences(&sums->v1, a, b.v1);
    if (vectors > 2)
        add_differences(&sums->v2, a, b.v2);
    if (vectors > 3)
        add_differences(&sums->v3, a, b.v3);
}
/* listing: end */

AVX512 XNOR_INLINE chunk load(int vectors, const uint32_t *panel)
{
    chunk b;
    b.v0 = b.v1 = b.v2 = b.v3 = _mm512_loadu_si512(panel);
    if (vectors > 1)
        b.v1 = _mm512_loadu_si512(panel + LANES);
    if (vectors > 2)
        b.v2 = _mm512_loadu_si512(panel + 2 * LANES);
    if (vectors > 3)
        b.v3 = _mm512_loadu_si512(panel + 3 * LANES);
    return b;
}

AVX512 XNOR_INLINE void store_vector(const xnor_product *p, int32_t *c, ptrdiff_t left, int whole, __m512i sums)
{
    const __m512i dots = _mm512_sub_epi32(_mm512_set1_epi32(p->depth), _mm512_add_epi32(sums, sums));
    if (!whole)
        _mm512_mask_storeu_epi32(c, left >= LANES ? 0xffff : (__mmask16)((1 << left) - 1), dots);
    else if (p->stream)
        _mm512_stream_si512((void *)c, dots);
    else
        _mm512_storeu_si512(c, dots);
}

AVX512 XNOR_INLINE void store_dots(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int vectors, int whole,
                                   chunk sums)
{
    int32_t *c = p->c + row * p->c_stride + column;
    const ptrdiff_t left = p->columns - column;
    store_vector(p, c, left, whole, sums.v0);
    if (vectors > 1)
        store_vector(p, c + LANES, left - LANES, whole, sums.v1);
    if (vectors > 2)
        store_vector(p, c + 2 * LANES, left - 2 * LANES, whole, sums.v2);
    if (vectors > 3)
        store_vector(p, c + 3 * LANES, left - 3 * LANES, whole, sums.v3);
}

/* A comparison of 16 columns is 16 bits of the result, lowest first. */
AVX512 XNOR_INLINE BINARY_WORD within(const int32_t *limits, int vector, __m512i sums)
{
    const __m512i limit = _mm512_loadu_si512(limits + vector * LANES);
    return (BINARY_WORD)_mm512_cmple_epi32_mask(sums, limit) << (vector * LANES);
}

AVX512 XNOR_INLINE void store_bits(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int vectors, chunk sums)
{
    const int32_t *limits = p->limits + column;
    BINARY_WORD word = within(limits, 0, sums.v0);
    if (vectors > 1)
        word |= within(limits, 1, sums.v1);
    if (vectors > 2)
        word |= within(limits, 2, sums.v2);
    if (vectors > 3)
        word |= within(limits, 3, sums.v3);
    p->bits[row * p->bits_stride + column / CHUNK] = word ^ p->flips[column / CHUNK];
}

/* `rows` rows, then the next as many, and so on, along one panel. The numbers `rows` to `whole` are constant where
 * this is called. Returns the first row that is left. */
/* listing: begin */
AVX512 XNOR_INLINE ptrdiff_t tiles(const xnor_product *p, ptrdiff_t column, int rows, int vectors, int dots, int whole,
                                   ptrdiff_t row, ptrdiff_t end)
{
    const ptrdiff_t halves = (p->span + 31) / 32, words = p->words;
    const uint32_t *panel = (const uint32_t *)p->panels + column * halves;
    for (; end - row >= rows; row += rows) {
        const BINARY_WORD *a = p->a + row * words;
        const __m512i zero = _mm512_setzero_si512();
        chunk s0 = {zero, zero, zero, zero}, s1 = s0, s2 = s0, s3 = s0;
        for (ptrdiff_t k = 0; k < halves; ++k) {
            const chunk b = load(vectors, panel + k * CHUNK);
            add_row(&s0, vectors, broadcast(a, k), b);
            if (rows > 1)
                add_row(&s1, vectors, broadcast(a + words, k), b);
            if (rows > 2) {
                add_row(&s2, vectors, broadcast(a + 2 * words, k), b);
                add_row(&s3, vectors, broadcast(a + 3 * words, k), b);
            }
        }
        const chunk *const sums[ROWS] = {&s0, &s1, &s2, &s3};
        for (int i = 0; i < rows; ++i)
            if (dots)
                store_dots(p, row + i, column, vectors, whole, *sums[i]);
            else
                store_bits(p, row + i, column, vectors, *sums[i]);
    }
    return row;
}
/* listing: end */

/* The loop in which nearly all time is spent: 4 rows by 64 columns, to dot products. */
AVX512 XNOR_NOINLINE static ptrdiff_t full_tiles(const xnor_product *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t end)
{
    return tiles(p, column, ROWS, VECTORS, 1, 1, row, end);
}

AVX512 XNOR_INLINE void panel_rows(const xnor_product *p, ptrdiff_t column, int vectors, int dots, ptrdiff_t row,
                                   ptrdiff_t end)
{
    row = tiles(p, column, ROWS, vectors, dots, 0, row, end);
    row = tiles(p, column, 2, vectors, dots, 0, row, end);
    tiles(p, column, 1, vectors, dots, 0, row, end);
}

AVX512 XNOR_INLINE void panel_chunk(const xnor_product *p, ptrdiff_t column, int dots, ptrdiff_t row, ptrdiff_t end)
{
    const ptrdiff_t left = p->columns - column;
    if (dots && left >= CHUNK)
        row = full_tiles(p, column, row, end);
    switch (left >= CHUNK ? VECTORS : (left + LANES - 1) / LANES) {
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
        panel_rows(p, column, VECTORS, dots, row, end);
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
