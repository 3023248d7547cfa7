/* Packing floats and booleans along the memory and across it, between guard pages; and its trace. */
#include "check.h"

#include "pack.h"

/* Rows and columns of a matrix, and the channels of pixels, whose words lie beside each other; all with gaps. */
typedef enum { ROWS, COLUMNS, CHANNELS, LAYOUTS } layout;

static xnor_pack_shape draw_shape(long number)
{
    enum { ALL_DEPTHS = 130 };
    const ptrdiff_t limits[] = {64, 128, 512}, registers[] = {16, 32, 64, 128};
    xnor_pack_shape shape = {.vectors = between(1, 20)};
    if (number < LAYOUTS * ALL_DEPTHS)
        shape.depth = number / LAYOUTS + 1;
    else
        shape.depth = chance(50) ? between(1, 300) : PICK(limits) + between(-1, 1);
    if (chance(40))
        shape.vectors = chance(50) ? between(1, 200) : PICK(registers) + between(-1, 1);
    return shape;
}

static void draw_strides(xnor_pack_shape *shape, layout of, ptrdiff_t words)
{
    const ptrdiff_t gap = chance(50) ? 0 : between(1, 3), word_gap = chance(50) ? 0 : between(1, 3);
    shape->columns = of != ROWS;
    shape->x_vector = of == ROWS ? shape->depth + gap : 1;
    shape->x_element = of == ROWS ? 1 : shape->vectors + gap;
    shape->word_vector = of == COLUMNS ? 1 : words + word_gap;
    shape->word_element = of == COLUMNS ? shape->vectors + word_gap : 1;
}

static ptrdiff_t extent(ptrdiff_t n, ptrdiff_t stride, ptrdiff_t m, ptrdiff_t other_stride)
{
    return (n - 1) * stride + (m - 1) * other_stride + 1;
}

/* The word of `word_bits` signs that stands at `word` of a vector. */
static BINARY_WORD expected_word(const xnor_pack_shape *shape, const uint8_t *positive, ptrdiff_t vector,
                                 ptrdiff_t word, int word_bits)
{
    BINARY_WORD expected = 0;
    for (ptrdiff_t k = word * word_bits; k < shape->depth && k < (word + 1) * word_bits; ++k)
        expected |= (BINARY_WORD)positive[vector * shape->x_vector + k * shape->x_element] << k % word_bits;
    return expected;
}

/* Every word that belongs to a vector, and between them the pattern. */
static void check_words(const xnor_pack_shape *shape, const uint8_t *positive, int word_bits, const BINARY_WORD *words,
                        ptrdiff_t count)
{
    const ptrdiff_t each = (shape->depth + word_bits - 1) / word_bits;
    BINARY_WORD *expected = memory(count * (ptrdiff_t)sizeof *expected);
    memset(expected, PATTERN, (size_t)count * sizeof *expected);
    for (ptrdiff_t vector = 0; vector < shape->vectors; ++vector)
        for (ptrdiff_t word = 0; word < each; ++word)
            expected[vector * shape->word_vector + word * shape->word_element] =
                expected_word(shape, positive, vector, word, word_bits);
    for (ptrdiff_t i = 0; i < count; ++i)
        if (words[i] != expected[i])
            fail("word %td of the result: %016llx, expected %016llx", i, (unsigned long long)words[i],
                 (unsigned long long)expected[i]);
    free(expected);
}

static void check_steps(const xnor_pack_shape *shape, const float *x, const uint8_t *positive, int word_bits,
                        const xnor_pack_step *step)
{
    for (ptrdiff_t vector = 0; vector < shape->vectors; ++vector)
        for (ptrdiff_t k = 0; k < shape->depth; ++k, ++step) {
            const ptrdiff_t at = vector * shape->x_vector + k * shape->x_element, bit = k % word_bits;
            const BINARY_WORD all = expected_word(shape, positive, vector, k / word_bits, word_bits);
            const BINARY_WORD after = all & (~(BINARY_WORD)0 >> (WORD_BITS - 1 - bit));
            const ptrdiff_t row = shape->columns ? k : vector, column = shape->columns ? vector : k;
            if (step->row != row || step->column != column || step->word != k / word_bits || step->bit != bit ||
                memcmp(&step->value, &x[at], sizeof *x) || step->sign != (positive[at] ? 1 : -1) ||
                step->after != after)
                fail("step of element %td of vector %td", k, vector);
        }
}

static void check(xnor_pack_shape shape, int word_bits, const char *what, place where)
{
    const int floats = strcmp(what, "bool") != 0, traced = strcmp(what, "trace") == 0;
    const ptrdiff_t each = (shape.depth + word_bits - 1) / word_bits;
    const ptrdiff_t elements = extent(shape.vectors, shape.x_vector, shape.depth, shape.x_element);
    const ptrdiff_t count = extent(shape.vectors, shape.word_vector, each, shape.word_element);
    const size_t size = floats ? sizeof(float) : 1;
    uint8_t *positive = memory(elements);
    guarded x = guard("x", (size_t)elements * size, size, where);
    guarded words = guard("words", (size_t)count * sizeof(BINARY_WORD), sizeof(BINARY_WORD), where);
    for (ptrdiff_t i = 0; i < elements; ++i) {
        const float value = draw_float();
        positive[i] = value >= 0.0f;
        if (floats)
            ((float *)x.at)[i] = value;
        else
            ((uint8_t *)x.at)[i] = positive[i] ? (uint8_t)between(1, 255) : 0; /* true is any byte but 0 */
    }
    if (traced) {
        guarded steps = guard("steps", (size_t)(shape.vectors * shape.depth) * sizeof(xnor_pack_step),
                              sizeof(BINARY_WORD), where);
        xnor_trace_pack(&shape, x.at, word_bits, words.at, steps.at);
        check_steps(&shape, x.at, positive, word_bits, steps.at);
        release(&steps);
    } else if (floats) {
        xnor_pack_float(&shape, x.at, words.at);
    } else {
        xnor_pack_bool(&shape, x.at, words.at);
    }
    check_words(&shape, positive, word_bits, words.at, count);
    free(positive);
    release(&x);
    release(&words);
}

long check_packing(long draws)
{
    const char *const functions[] = {"float", "bool", "trace"};
    const int word_sizes[] = {8, 16, 32, 64};
    long cases = 0;
    for (long number = 0; number < draws; ++number) {
        const xnor_pack_shape drawn = draw_shape(number);
        for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i)
            for (place where = 0; where < PLACES; ++where, ++cases) {
                const int word_bits = i == 2 ? PICK(word_sizes) : WORD_BITS;
                xnor_pack_shape shape = drawn;
                draw_strides(&shape, (layout)(number % LAYOUTS), (shape.depth + word_bits - 1) / word_bits);
                describe("pack %s, %td vectors of %td, strides %td %td, words of %d bits, strides %td %td, place %d",
                         functions[i], shape.vectors, shape.depth, shape.x_vector, shape.x_element, word_bits,
                         shape.word_vector, shape.word_element, (int)where);
                check(shape, word_bits, functions[i], where);
            }
    }
    return cases;
}
