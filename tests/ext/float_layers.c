/* Where bits meet floats: comparisons with a limit for each column, and packed signs times float weights. */
#include "check.h"

#include "dense.h"
#include "pack.h"

static guarded floats(const char *name, ptrdiff_t count, place where)
{
    return guard(name, (size_t)count * sizeof(float), sizeof(float), where);
}

static guarded words_of(const char *name, ptrdiff_t count, place where)
{
    return guard(name, (size_t)count * sizeof(BINARY_WORD), sizeof(BINARY_WORD), where);
}

/* `vectors` vectors of `depth` floats each: along the memory, as rows, or across it, as the channels of pixels. */
static void check_compared(ptrdiff_t vectors, ptrdiff_t depth, int along, place where)
{
    const ptrdiff_t each = (depth + WORD_BITS - 1) / WORD_BITS;
    const ptrdiff_t x_vector = along ? depth : 1, x_element = along ? 1 : vectors;
    guarded x = floats("x", vectors * depth, where), turns = floats("turns", depth, where);
    guarded limits = floats("limits", depth, where), words = words_of("words", vectors * each, where);
    float *v = x.at, *t = turns.at, *l = limits.at;
    for (ptrdiff_t k = 0; k < depth; ++k) {
        t[k] = chance(50) ? 1.0f : -1.0f;
        l[k] = draw_float();
    }
    for (ptrdiff_t i = 0; i < vectors; ++i)
        for (ptrdiff_t k = 0; k < depth; ++k) /* the limit itself is enough */
            v[i * x_vector + k * x_element] = chance(30) ? l[k] * t[k] : draw_float();
    if (along) {
        xnor_pack_compared(vectors, depth, v, t, l, words.at);
    } else {
        const xnor_pack_shape shape = {.vectors = vectors, .depth = depth, .x_vector = 1, .x_element = vectors,
                                       .word_vector = each, .word_element = 1, .columns = 1};
        xnor_pack_channels_compared(&shape, v, t, l, words.at);
    }
    for (ptrdiff_t i = 0; i < vectors; ++i)
        for (ptrdiff_t k = 0; k < each * WORD_BITS; ++k) {
            const int expected = k < depth && v[i * x_vector + k * x_element] * t[k] >= l[k];
            if ((int)(((BINARY_WORD *)words.at)[i * each + k / WORD_BITS] >> k % WORD_BITS & 1) != expected)
                fail("bit %td of vector %td", k, i);
        }
    release(&x);
    release(&turns);
    release(&limits);
    release(&words);
}

/* In the order of dense.c, which is that of every CPU: 16 sums side by side, which are halved four times. */
static float output(const BINARY_WORD *signs, const float *weight, ptrdiff_t places, float bias)
{
    enum { LANES = 16 };
    float sums[LANES] = {0};
    for (ptrdiff_t k = 0; k < places; ++k)
        sums[k % LANES] += signs[k / WORD_BITS] >> k % WORD_BITS & 1 ? -weight[k] : weight[k];
    for (int half = LANES / 2; half; half /= 2)
        for (int lane = 0; lane < half; ++lane)
            sums[lane] += sums[lane + half];
    return bias - sums[0];
}

static void check_dense(ptrdiff_t rows, ptrdiff_t words, ptrdiff_t outputs, place where)
{
    const ptrdiff_t places = words * WORD_BITS;
    guarded signs = words_of("signs", rows * words, where), weight = floats("weight", outputs * places, where);
    guarded bias = floats("bias", outputs, where), y = floats("y", rows * outputs, where);
    for (ptrdiff_t i = 0; i < rows * words; ++i)
        ((BINARY_WORD *)signs.at)[i] = draw();
    for (ptrdiff_t i = 0; i < outputs * places; ++i)
        ((float *)weight.at)[i] = (float)between(-1000000, 1000000) / 3e5f;
    for (ptrdiff_t n = 0; n < outputs; ++n)
        ((float *)bias.at)[n] = (float)between(-1000, 1000) / 300.0f;
    xnor_signs_times_floats(rows, words, outputs, signs.at, weight.at, bias.at, y.at);
    for (ptrdiff_t i = 0; i < rows; ++i)
        for (ptrdiff_t n = 0; n < outputs; ++n) {
            const float expected = output((BINARY_WORD *)signs.at + i * words, (float *)weight.at + n * places, places,
                                          ((float *)bias.at)[n]);
            if (((float *)y.at)[i * outputs + n] != expected)
                fail("y[%td, %td]: %.9g, expected %.9g", i, n, (double)((float *)y.at)[i * outputs + n],
                     (double)expected);
        }
    release(&signs);
    release(&weight);
    release(&bias);
    release(&y);
}

long check_float_layers(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number)
        for (place where = 0; where < PLACES; ++where, ++cases) {
            const ptrdiff_t rows = between(0, 6), depth = number % 200 + 1;
            describe("comparisons, %td rows of %td, place %d", rows, depth, (int)where);
            check_compared(rows, depth, 1, where);
            const ptrdiff_t pixels = between(0, 150);
            describe("comparisons, %td channels of %td pixels, place %d", depth, pixels, (int)where);
            check_compared(pixels, depth, 0, where);
            const ptrdiff_t words = between(1, 5), outputs = between(1, 23);
            describe("signs times floats, %td rows of %td words, %td outputs, place %d", rows, words, outputs,
                     (int)where);
            check_dense(rows, words, outputs, where);
        }
    return cases;
}
