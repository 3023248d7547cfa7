/* Signs to words. Two ways through memory:
 *
 *   along    elements of a vector lie beside each other (rows of a matrix): 64 comparisons make one word
 *   across   equal elements of all vectors lie beside each other (columns; channels of images): one comparison serves
 *            as many vectors as a register has lanes, and gives one bit of as many words
 *
 * Either reads memory once, at about the speed of the cache it lies in. The sign bit by bit is x >= 0, which is false
 * for NaN; padding bits stay 0.
 *
 *   instruction                        along AVX-512   along AVX2    across, by the compiler
 *   vcmpps  k, zmm, m512 / ymm         1 / 16 floats   1 / 8         1 a register
 *   kunpck, kmov / vmovmskps, shl, or  5 / 64          3 / 8         -
 *   vpord zmm{k} / vpand, vpor         -               -             1 / 2 a register
 */
#include "pack.h"

#include "cpu.h"

#ifdef XNOR_X86
#include <immintrin.h>
#define AVX2 XNOR_TARGET("avx2")
#define AVX512 XNOR_TARGET("avx512f,avx512bw,avx512vl,avx512vpopcntdq,prefer-vector-width=512")
#define FASTEST(name) (xnor_cpu_has_avx512() ? name##_avx512 : xnor_cpu_has_avx2() ? name##_avx2 : name##_anywhere)
#else
#define FASTEST(name) name##_anywhere
#endif

/* Bits of up to 64 elements, lowest bit first. */
XNOR_INLINE BINARY_WORD float_word(const float *x, ptrdiff_t distance, ptrdiff_t count)
{
    BINARY_WORD word = 0;
    for (ptrdiff_t bit = 0; bit < count; ++bit)
        word |= (BINARY_WORD)(x[bit * distance] >= 0.0f) << bit;
    return word;
}

XNOR_INLINE BINARY_WORD bool_word(const uint8_t *x, ptrdiff_t distance, ptrdiff_t count)
{
    BINARY_WORD word = 0;
    for (ptrdiff_t bit = 0; bit < count; ++bit)
        word |= (BINARY_WORD)(x[bit * distance] != 0) << bit;
    return word;
}

/* Along: `depth` floats into as many words as they need. */
typedef void float_row_fn(const float *x, ptrdiff_t depth, BINARY_WORD *words);

static void float_row_anywhere(const float *x, ptrdiff_t depth, BINARY_WORD *words)
{
    for (; depth >= WORD_BITS; depth -= WORD_BITS, x += WORD_BITS) {
        uint8_t bits[WORD_BITS];
        for (int bit = 0; bit < WORD_BITS; ++bit)
            bits[bit] = x[bit] >= 0.0f;
        *words++ = full_word(bits);
    }
    if (depth)
        *words = float_word(x, 1, depth);
}

#ifdef XNOR_X86
AVX2 static void float_row_avx2(const float *x, ptrdiff_t depth, BINARY_WORD *words)
{
    const __m256 zero = _mm256_setzero_ps();
    for (; depth > 0; depth -= WORD_BITS, x += WORD_BITS) {
        const int count = depth < WORD_BITS ? (int)depth : WORD_BITS, whole = count / 8 * 8;
        BINARY_WORD word = 0;
        for (int bit = 0; bit < whole; bit += 8) {
            const __m256 at_least_0 = _mm256_cmp_ps(_mm256_loadu_ps(x + bit), zero, _CMP_GE_OQ);
            word |= (BINARY_WORD)(uint32_t)_mm256_movemask_ps(at_least_0) << bit;
        }
        if (whole < count)
            word |= float_word(x + whole, 1, count - whole) << whole;
        *words++ = word;
    }
}

AVX512 XNOR_INLINE __mmask16 at_least_0(const float *x, int bit, int count)
{
    const int left = count - bit;
    const __mmask16 lanes = left >= 16 ? 0xffff : left <= 0 ? 0 : (__mmask16)((1 << left) - 1);
    return _mm512_mask_cmp_ps_mask(lanes, _mm512_maskz_loadu_ps(lanes, x + bit), _mm512_setzero_ps(), _CMP_GE_OQ);
}

AVX512 XNOR_INLINE BINARY_WORD word_avx512(const float *x, int count)
{
    return _mm512_kunpackd(_mm512_kunpackw(at_least_0(x, 48, count), at_least_0(x, 32, count)),
                           _mm512_kunpackw(at_least_0(x, 16, count), at_least_0(x, 0, count)));
}

AVX512 static void float_row_avx512(const float *x, ptrdiff_t depth, BINARY_WORD *words)
{
    for (; depth >= WORD_BITS; depth -= WORD_BITS, x += WORD_BITS)
        *words++ = word_avx512(x, WORD_BITS);
    if (depth)
        *words = word_avx512(x, (int)depth);
}
#endif

/* As a row of floats, but each is turned round or not and compared with a limit of its own. */
XNOR_CLONES static void compared_row(const float *x, const float *turns, const float *limits, ptrdiff_t depth,
                                     BINARY_WORD *words)
{
    uint8_t bits[WORD_BITS];
    for (; depth >= WORD_BITS; depth -= WORD_BITS, x += WORD_BITS, turns += WORD_BITS, limits += WORD_BITS) {
        for (int bit = 0; bit < WORD_BITS; ++bit)
            bits[bit] = x[bit] * turns[bit] >= limits[bit];
        *words++ = full_word(bits);
    }
    if (depth) {
        for (int bit = 0; bit < WORD_BITS; ++bit)
            bits[bit] = bit < depth && x[bit] * turns[bit] >= limits[bit];
        *words = full_word(bits);
    }
}

void xnor_pack_compared(ptrdiff_t rows, ptrdiff_t depth, const float *x, const float *turns, const float *limits,
                        BINARY_WORD *words)
{
    for (; rows > 0; --rows, x += depth, words += (depth + WORD_BITS - 1) / WORD_BITS)
        compared_row(x, turns, limits, depth, words);
}

static void bool_row(const uint8_t *x, ptrdiff_t depth, BINARY_WORD *words)
{
    uint8_t bits[WORD_BITS];
    for (; depth >= WORD_BITS; depth -= WORD_BITS, x += WORD_BITS) {
        for (int bit = 0; bit < WORD_BITS; ++bit) /* a fixed length, which the compiler unrolls */
            bits[bit] = x[bit] != 0;
        *words++ = full_word(bits);
    }
    if (depth) {
        for (int bit = 0; bit < WORD_BITS; ++bit)
            bits[bit] = bit < depth && x[bit] != 0;
        *words = full_word(bits);
    }
}

/* Across: one word of `count` bits for each of `groups` * LANES vectors, whose elements lie `distance` apart. Each half of
 * a word is gathered in lanes as wide as a float: a comparison gives all ones where it is true, and `bit` selects one of
 * them. Lanes wider than the CPU's registers are several registers. */

enum { LANES = 16, GROUPS = 4, HALF = WORD_BITS / 2 };

typedef float float_lanes __attribute__((vector_size(4 * LANES)));
typedef uint32_t bit_lanes __attribute__((vector_size(4 * LANES)));
typedef uint8_t byte_lanes __attribute__((vector_size(LANES)));

/* Elements are floats, or booleans in bytes; `distance` and `size` are in bytes. Floats may be turned round and compared
 * with another limit than 0, for each place in a vector. */
XNOR_INLINE void across(const char *x, ptrdiff_t distance, ptrdiff_t size, const float *turns, const float *limits,
                        int count, int groups, BINARY_WORD *words, ptrdiff_t word_distance)
{
    uint32_t halves[2][GROUPS * LANES] = {{0}};
    for (int half = 0; half * HALF < count; ++half) {
        bit_lanes sums[GROUPS] = {{0}}, bit = (bit_lanes){0} + 1;
        const int end = count - half * HALF < HALF ? count : (half + 1) * HALF;
        for (int k = half * HALF; k < end; ++k, bit += bit)
            for (int group = 0; group < groups; ++group) {
                const char *row = x + k * distance + group * LANES * size;
                float_lanes floats;
                byte_lanes bytes;
                if (size == 1) {
                    memcpy(&bytes, row, sizeof bytes);
                    sums[group] |= (bit_lanes)(__builtin_convertvector(bytes, bit_lanes) != 0) & bit;
                } else {
                    memcpy(&floats, row, sizeof floats);
                    sums[group] |= (bit_lanes)(limits ? floats * turns[k] >= limits[k] : floats >= 0.0f) & bit;
                }
            }
        memcpy(halves[half], sums, sizeof sums);
    }
    for (int lane = 0; lane < groups * LANES; ++lane)
        words[lane * word_distance] = halves[0][lane] | (BINARY_WORD)halves[1][lane] << HALF;
}

/* One float, as `across` compares it. */
XNOR_INLINE BINARY_WORD compared_word(const float *x, ptrdiff_t distance, const float *turns, const float *limits,
                                      ptrdiff_t count)
{
    BINARY_WORD word = 0;
    for (ptrdiff_t bit = 0; bit < count; ++bit)
        word |= (BINARY_WORD)(x[bit * distance] * turns[bit] >= limits[bit]) << bit;
    return word;
}

XNOR_INLINE void columns(const xnor_pack_shape *shape, const char *x, ptrdiff_t size, const float *turns,
                         const float *limits, BINARY_WORD *words)
{
    const ptrdiff_t distance = shape->x_element * size, word_distance = shape->word_vector;
    for (ptrdiff_t first = 0; first < shape->depth; first += WORD_BITS) {
        const int count = shape->depth - first < WORD_BITS ? (int)(shape->depth - first) : WORD_BITS;
        const char *from = x + first * distance;
        BINARY_WORD *to = words + first / WORD_BITS * shape->word_element;
        ptrdiff_t vector = 0;
        for (; shape->vectors - vector >= GROUPS * LANES; vector += GROUPS * LANES)
            across(from + vector * size, distance, size, limits ? turns + first : NULL, limits ? limits + first : NULL, count, GROUPS,
                   to + vector * word_distance, word_distance);
        for (; shape->vectors - vector >= LANES; vector += LANES)
            across(from + vector * size, distance, size, limits ? turns + first : NULL, limits ? limits + first : NULL, count, 1,
                   to + vector * word_distance, word_distance);
        for (; vector < shape->vectors; ++vector) {
            const float *one = (const float *)(const void *)from + vector;
            to[vector * word_distance] =
                size == 1 ? bool_word((const uint8_t *)from + vector, distance, count)
                : limits  ? compared_word(one, shape->x_element, turns + first, limits + first, count)
                          : float_word(one, shape->x_element, count);
        }
    }
}

static void columns_anywhere(const xnor_pack_shape *shape, const void *x, ptrdiff_t size, const float *turns,
                             const float *limits, BINARY_WORD *words)
{
    if (size == 1)
        columns(shape, x, 1, NULL, NULL, words);
    else if (limits)
        columns(shape, x, sizeof(float), turns, limits, words);
    else
        columns(shape, x, sizeof(float), NULL, NULL, words);
}

#ifdef XNOR_X86
AVX2 static void columns_avx2(const xnor_pack_shape *shape, const void *x, ptrdiff_t size, const float *turns,
                              const float *limits, BINARY_WORD *words)
{
    if (size == 1)
        columns(shape, x, 1, NULL, NULL, words);
    else if (limits)
        columns(shape, x, sizeof(float), turns, limits, words);
    else
        columns(shape, x, sizeof(float), NULL, NULL, words);
}

AVX512 static void columns_avx512(const xnor_pack_shape *shape, const void *x, ptrdiff_t size, const float *turns,
                                  const float *limits, BINARY_WORD *words)
{
    if (size == 1)
        columns(shape, x, 1, NULL, NULL, words);
    else if (limits)
        columns(shape, x, sizeof(float), turns, limits, words);
    else
        columns(shape, x, sizeof(float), NULL, NULL, words);
}
#endif

XNOR_INLINE int lies_along(const xnor_pack_shape *shape)
{
    return shape->x_element == 1 && shape->word_element == 1;
}

void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words)
{
    if (!lies_along(shape)) {
        FASTEST(columns)(shape, x, sizeof *x, NULL, NULL, words);
        return;
    }
    float_row_fn *const row = FASTEST(float_row);
    for (ptrdiff_t vector = 0; vector < shape->vectors; ++vector)
        row(x + vector * shape->x_vector, shape->depth, words + vector * shape->word_vector);
}

void xnor_pack_channels_compared(const xnor_pack_shape *shape, const float *x, const float *turns, const float *limits,
                                 BINARY_WORD *words)
{
    FASTEST(columns)(shape, x, sizeof *x, turns, limits, words);
}

void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words)
{
    if (!lies_along(shape)) {
        FASTEST(columns)(shape, x, sizeof *x, NULL, NULL, words);
        return;
    }
    for (ptrdiff_t vector = 0; vector < shape->vectors; ++vector)
        bool_row(x + vector * shape->x_vector, shape->depth, words + vector * shape->word_vector);
}

/* Vector by vector, lowest bit first: the order in which one reads it. Each word grows through float_word,
 * the packer's own, of one element more at a time. */
void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits, BINARY_WORD *words,
                     xnor_pack_step *steps)
{
    for (ptrdiff_t vector = 0; vector < shape->vectors; ++vector)
        for (ptrdiff_t k = 0; k < shape->depth; ++k) {
            const ptrdiff_t bit = k % word_bits, first = k - bit;
            const float *at = x + vector * shape->x_vector + first * shape->x_element;
            const float value = at[bit * shape->x_element];
            const BINARY_WORD after = float_word(at, shape->x_element, bit + 1);
            words[vector * shape->word_vector + k / word_bits * shape->word_element] = after;
            *steps++ = (xnor_pack_step){
                .row = (int32_t)(shape->columns ? k : vector),
                .column = (int32_t)(shape->columns ? vector : k),
                .word = (int32_t)(k / word_bits),
                .bit = (int32_t)bit,
                .value = value,
                .sign = after >> bit & 1 ? 1 : -1,
                .after = after,
            };
        }
}
