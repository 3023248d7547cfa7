/* Sums that are compared after they were written. */
#include "check.h"

static void check(ptrdiff_t rows, ptrdiff_t columns, place where)
{
    const ptrdiff_t words = (columns + WORD_BITS - 1) / WORD_BITS;
    const size_t int_bytes = sizeof(int32_t), word_bytes = sizeof(BINARY_WORD);
    guarded sums = guard("sums", (size_t)(rows * columns) * int_bytes, int_bytes, where);
    guarded limits = guard("thresholds", (size_t)columns * int_bytes, int_bytes, where);
    guarded flips = guard("flips", (size_t)words * word_bytes, word_bytes, where);
    guarded bits = guard("bits", (size_t)(rows * words) * word_bytes, word_bytes, where);
    int32_t *s = sums.at, *t = limits.at;
    BINARY_WORD *f = flips.at, *b = bits.at;
    for (ptrdiff_t i = 0; i < rows * columns; ++i)
        s[i] = (int32_t)between(-3, 3);
    for (ptrdiff_t j = 0; j < columns; ++j)
        t[j] = (int32_t)(chance(80) ? between(-3, 3) : chance(50) ? INT32_MIN : INT32_MAX);
    for (ptrdiff_t word = 0; word < words; ++word)
        f[word] = draw() & (columns - word * WORD_BITS < WORD_BITS ? ((BINARY_WORD)1 << columns % WORD_BITS) - 1
                                                                   : ~(BINARY_WORD)0);
    xnor_threshold(rows, columns, s, t, f, b);
    for (ptrdiff_t i = 0; i < rows; ++i)
        for (ptrdiff_t j = 0; j < words * WORD_BITS; ++j) {
            const BINARY_WORD flip = f[j / WORD_BITS] >> j % WORD_BITS & 1;
            const BINARY_WORD expected = j < columns ? (BINARY_WORD)(s[i * columns + j] >= t[j]) ^ flip : 0;
            if ((b[i * words + j / WORD_BITS] >> j % WORD_BITS & 1) != expected)
                fail("bit %td of row %td", j, i);
        }
    release(&sums);
    release(&limits);
    release(&flips);
    release(&bits);
}

long check_comparing(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number)
        for (place where = 0; where < PLACES; ++where, ++cases) {
            const ptrdiff_t rows = between(0, 5), columns = number % 200 + 1;
            describe("threshold, %td rows of %td, place %d", rows, columns, (int)where);
            check(rows, columns, where);
        }
    return cases;
}
