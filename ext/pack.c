/* Signs to words. Rows and columns are the same loop with other distances between elements. */
#include "pack.h"

/* Bits of up to 64 elements, lowest bit first; the rest are padding and stay 0. NaN >= 0 is false: -1. */
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

XNOR_INLINE BINARY_WORD full_float_word(const float *x)
{
    uint8_t bits[WORD_BITS];
    for (int bit = 0; bit < WORD_BITS; ++bit) /* a plain loop over bytes, so that the compiler vectorises it */
        bits[bit] = x[bit] >= 0.0f;
    return full_word(bits);
}

/* Word by word on the outside: columns are then read along the memory, 64 rows at a time. */
#define FOR_EACH_WORD(shape, word_bits)                                                                              \
    for (ptrdiff_t first = 0; first < (shape)->depth; first += (word_bits))                                          \
        for (ptrdiff_t vector = 0; vector < (shape)->vectors; ++vector)

XNOR_INLINE ptrdiff_t bits_left(const xnor_pack_shape *shape, ptrdiff_t first, ptrdiff_t word_bits)
{
    return shape->depth - first < word_bits ? shape->depth - first : word_bits;
}

void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words)
{
    FOR_EACH_WORD(shape, WORD_BITS)
    {
        const float *at = x + vector * shape->x_vector + first * shape->x_element;
        BINARY_WORD *word = words + vector * shape->word_vector + first / WORD_BITS * shape->word_element;
        if (shape->x_element == 1 && shape->depth - first >= WORD_BITS)
            *word = full_float_word(at);
        else
            *word = float_word(at, shape->x_element, bits_left(shape, first, WORD_BITS));
    }
}

void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words)
{
    FOR_EACH_WORD(shape, WORD_BITS)
    {
        const uint8_t *at = x + vector * shape->x_vector + first * shape->x_element;
        BINARY_WORD *word = words + vector * shape->word_vector + first / WORD_BITS * shape->word_element;
        if (shape->x_element == 1 && shape->depth - first >= WORD_BITS)
            *word = full_word(at);
        else
            *word = bool_word(at, shape->x_element, bits_left(shape, first, WORD_BITS));
    }
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
