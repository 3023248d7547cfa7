/* The trace of a product: what the lecture's loop did, in its own order, and the result that it left. */
#include "operands.h"

/* Word k of a vector whose words of 64 bits stand `stride` apart. */
static uint64_t word_at(const BINARY_WORD *words, ptrdiff_t stride, ptrdiff_t k, int word_bits)
{
    const ptrdiff_t first = k * word_bits;
    const uint64_t whole = words[first / WORD_BITS * stride] >> first % WORD_BITS;
    return word_bits == WORD_BITS ? whole : whole & ((UINT64_C(1) << word_bits) - 1);
}

static void put_word(void *words, ptrdiff_t at, int word_bits, uint64_t word)
{
    memcpy((char *)words + at * (word_bits / 8), &word, (size_t)word_bits / 8); /* little-endian, see words.h */
}

static void check(const operands *o, int word_bits, place where)
{
    const ptrdiff_t words = (o->depth + word_bits - 1) / word_bits;
    const size_t size = (size_t)word_bits / 8, cells = (size_t)(o->rows * o->columns);
    guarded a = guard("a", (size_t)(o->rows * words) * size, size, where);
    guarded b = guard("b", (size_t)(words * o->columns) * size, size, where);
    guarded c = guard("c", cells * sizeof(int32_t), sizeof(int32_t), where);
    guarded steps = guard("steps", cells * (size_t)words * sizeof(xnor_gemm_step), sizeof(BINARY_WORD), where);
    const xnor_word_product p = {word_bits, o->rows, o->columns, words, o->depth, a.at, b.at, c.at};
    const xnor_gemm_step *step = steps.at;
    int32_t *sums = memory((ptrdiff_t)(cells * sizeof *sums));
    for (ptrdiff_t m = 0; m < o->rows; ++m)
        for (ptrdiff_t k = 0; k < words; ++k)
            put_word(a.at, m * words + k, word_bits, word_at(o->a + m * o->words, 1, k, word_bits));
    for (ptrdiff_t k = 0; k < words; ++k)
        for (ptrdiff_t n = 0; n < o->columns; ++n)
            put_word(b.at, k * o->columns + n, word_bits, word_at(o->b + n, o->columns, k, word_bits));
    xnor_trace_lecture(&p, steps.at);
    for (ptrdiff_t m = 0; m < o->rows; ++m)
        for (ptrdiff_t k = 0; k < words; ++k)
            for (ptrdiff_t n = 0; n < o->columns; ++n, ++step) {
                const uint64_t x = word_at(o->a + m * o->words, 1, k, word_bits);
                const uint64_t y = word_at(o->b + n, o->columns, k, word_bits);
                uint64_t xnor = 0;
                int32_t equal = 0;
                for (int bit = 0; bit < word_bits; ++bit) {
                    const int same = (x >> bit & 1) == (y >> bit & 1);
                    equal += same;
                    xnor |= (uint64_t)same << bit;
                }
                sums[m * o->columns + n] += equal;
                if (step->m != m || step->n != n || step->k != k || step->a != x || step->b != y ||
                    step->xor_ != (x ^ y) || step->xnor != xnor || step->popcount != equal ||
                    step->acc != sums[m * o->columns + n])
                    fail("step m=%td k=%td n=%td", m, k, n);
            }
    for (ptrdiff_t cell = 0; cell < (ptrdiff_t)cells; ++cell)
        if (p.c[cell] != o->dots[cell])
            fail("c[%td] = %d", cell, p.c[cell]);
    free(sums);
    release(&a);
    release(&b);
    release(&c);
    release(&steps);
}

long check_traces(long draws)
{
    static const int widths[] = {8, 16, 32, 64};
    long cases = 0;
    for (long number = 0; number < draws; ++number) {
        operands o = operands_of(between(1, 5), between(1, 20), between(1, 200));
        const int word_bits = widths[number % 4];
        for (place where = 0; where < PLACES; ++where, ++cases) {
            describe("trace, M=%td N=%td K=%d, words of %d bits, place %d", o.rows, o.columns, o.depth, word_bits,
                     (int)where);
            check(&o, word_bits, where);
        }
        free_operands(&o);
    }
    return cases;
}
