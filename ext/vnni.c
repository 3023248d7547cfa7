/* AVX-512 VNNI: bytes times signs, four products added to each of 16 sums by one instruction.
 *
 *   instruction                  for 64 products    Zen 4
 *   vpdpbusd     zmm, zmm, zmm   1                  2 of 4 pipes x2
 *   vmovdqa64    zmm, m512       1 / rows           loads
 *   vpbroadcastd zmm, m32        1 / registers      loads
 *
 * Bottleneck: vpdpbusd, 64 products a cycle; the binary kernel does 341, but needs eight of its own for a byte. The
 * weights stay bits, in the panels of the binary kernel; the signs of one panel are written out as bytes for each block
 * of rows, four of a column beside each other:
 *
 *   vpshufbitqmb k, zmm, zmm     takes 4 of 32 bits of each of 16 columns
 *   vpblendmb    zmm{k}          makes them +1 and -1
 */
#include "bytes.h"

enum { LANES = 16, VECTORS = CHUNK / LANES, HALF = WORD_BITS / 2, QUAD = 4 };

size_t xnor_vnni_scratch(const xnor_bytes *job, ptrdiff_t block)
{
    return xnor_sums_bytes(job, block) + (size_t)((job->weights.depth + HALF - 1) / HALF * HALF) * CHUNK;
}

#ifdef XNOR_X86
#include <immintrin.h>

#define VNNI XNOR_TARGET("avx512f,avx512bw,avx512bitalg,avx512vnni")

enum { ROWS = 6 };

VNNI static void write_signs(const uint32_t *panel, ptrdiff_t halves, int8_t *signs)
{
    const __m512i plus = _mm512_set1_epi8(1), minus = _mm512_set1_epi8(-1), next = _mm512_set1_epi8(QUAD);
    for (; halves > 0; --halves, panel += CHUNK) {
        __m512i quad = _mm512_set1_epi64(0x2322212003020100); /* bits 0 to 3 of the 32 of two columns */
        for (int k = 0; k < HALF; k += QUAD, quad = _mm512_add_epi8(quad, next))
            for (int j = 0; j < VECTORS; ++j, signs += QUAD * LANES) {
                const __m512i bits = _mm512_loadu_si512(panel + j * LANES);
                const __mmask64 positive = _mm512_bitshuffle_epi64_mask(bits, quad);
                _mm512_store_si512(signs, _mm512_mask_blend_epi8(positive, minus, plus));
            }
    }
}

/* Sums of 64 columns. Named, so that the compiler keeps them in registers. */
typedef struct {
    __m512i v0, v1, v2, v3;
} chunk;

VNNI XNOR_INLINE void add_products(__m512i *sum, __m512i bytes, __m512i signs)
{
    *sum = _mm512_dpbusd_epi32(*sum, bytes, signs);
    __asm__("" : "+v"(*sum)); /* as in avx512.c */
}

VNNI XNOR_INLINE void add_quad(chunk *sums, const uint8_t *x, chunk signs)
{
    int32_t four;
    memcpy(&four, x, sizeof four);
    const __m512i bytes = _mm512_set1_epi32(four);
    add_products(&sums->v0, bytes, signs.v0);
    add_products(&sums->v1, bytes, signs.v1);
    add_products(&sums->v2, bytes, signs.v2);
    add_products(&sums->v3, bytes, signs.v3);
}

VNNI XNOR_INLINE chunk load(const int8_t *signs)
{
    const __m512i *at = (const __m512i *)(const void *)signs;
    return (chunk){at[0], at[1], at[2], at[3]};
}

VNNI XNOR_INLINE void store(int32_t *y, ptrdiff_t left, __m512i sums)
{
    if (left > 0)
        _mm512_mask_storeu_epi32(y, left >= LANES ? 0xffff : (__mmask16)((1 << left) - 1), sums);
}

VNNI XNOR_INLINE void store_row(const xnor_bytes *p, ptrdiff_t row, ptrdiff_t column, chunk sums)
{
    int32_t *y = p->y + row * p->weights.columns + column;
    const ptrdiff_t left = p->weights.columns - column;
    store(y, left, sums.v0);
    store(y + LANES, left - LANES, sums.v1);
    store(y + 2 * LANES, left - 2 * LANES, sums.v2);
    store(y + 3 * LANES, left - 3 * LANES, sums.v3);
}

typedef struct {
    chunk r0, r1, r2, r3, r4, r5;
} sums_of_rows;

VNNI XNOR_INLINE void add_quads(sums_of_rows *s, int rows, const uint8_t *x, ptrdiff_t stride, const int8_t *signs)
{
    const chunk quad = load(signs);
    add_quad(&s->r0, x, quad);
    if (rows > 1)
        add_quad(&s->r1, x + stride, quad);
    if (rows > 2)
        add_quad(&s->r2, x + 2 * stride, quad);
    if (rows > 3)
        add_quad(&s->r3, x + 3 * stride, quad);
    if (rows > 4)
        add_quad(&s->r4, x + 4 * stride, quad);
    if (rows > 5)
        add_quad(&s->r5, x + 5 * stride, quad);
}

/* `rows` rows of x against 64 columns. A last quad that is not whole is read from a copy that ends with zeros. */
VNNI XNOR_INLINE void tile(const xnor_bytes *p, ptrdiff_t row, ptrdiff_t column, int rows, const int8_t *signs)
{
    const ptrdiff_t depth = p->weights.depth, whole = depth / QUAD * QUAD;
    const uint8_t *x = p->x + row * depth;
    const __m512i zero = _mm512_setzero_si512();
    const chunk none = {zero, zero, zero, zero};
    sums_of_rows s = {none, none, none, none, none, none};
    for (ptrdiff_t k = 0; k < whole; k += QUAD)
        add_quads(&s, rows, x + k, depth, signs + k * CHUNK);
    if (whole < depth) {
        uint8_t tail[ROWS][QUAD] = {{0}};
        for (int i = 0; i < rows; ++i)
            memcpy(tail[i], x + i * depth + whole, (size_t)(depth - whole));
        add_quads(&s, rows, tail[0], QUAD, signs + whole * CHUNK);
    }
    store_row(p, row, column, s.r0);
    if (rows > 1)
        store_row(p, row + 1, column, s.r1);
    if (rows > 2)
        store_row(p, row + 2, column, s.r2);
    if (rows > 3)
        store_row(p, row + 3, column, s.r3);
    if (rows > 4)
        store_row(p, row + 4, column, s.r4);
    if (rows > 5)
        store_row(p, row + 5, column, s.r5);
}

VNNI static void panel_rows(const xnor_bytes *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t end, const int8_t *signs)
{
    for (; end - row >= ROWS; row += ROWS)
        tile(p, row, column, ROWS, signs);
    switch (end - row) {
    case 1:
        tile(p, row, column, 1, signs);
        break;
    case 2:
        tile(p, row, column, 2, signs);
        break;
    case 3:
        tile(p, row, column, 3, signs);
        break;
    case 4:
        tile(p, row, column, 4, signs);
        break;
    case 5:
        tile(p, row, column, 5, signs);
        break;
    default:
        break;
    }
}

VNNI void xnor_vnni_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const xnor_bytes some = xnor_some_rows(job, first, scratch);
    const ptrdiff_t halves = (some.weights.depth + HALF - 1) / HALF;
    int8_t *signs = (int8_t *)scratch + xnor_sums_bytes(job, count);
    for (ptrdiff_t column = 0; column < some.weights.columns; column += CHUNK) {
        write_signs((const uint32_t *)some.weights.panels + column * halves, halves, signs);
        panel_rows(&some, column, 0, count, signs);
    }
    xnor_finish_rows(&some, count);
}

#endif
