/* The readings of a training step between guard pages, against one loop over the elements each. */
#include "check.h"

#include "watch.h"

#include <math.h>

static guarded floats(const char *name, ptrdiff_t count, place where)
{
    guarded buffer = guard(name, (size_t)count * sizeof(float), sizeof(float), where);
    for (ptrdiff_t i = 0; i < count; ++i)
        ((float *)buffer.at)[i] = draw_float();
    return buffer;
}

static guarded words_of(const char *name, ptrdiff_t count, place where)
{
    return guard(name, (size_t)count * sizeof(BINARY_WORD), sizeof(BINARY_WORD), where);
}

static int bit_of(const BINARY_WORD *words, ptrdiff_t row, ptrdiff_t k, ptrdiff_t depth)
{
    return (int)(words[row * ((depth + WORD_BITS - 1) / WORD_BITS) + k / WORD_BITS] >> k % WORD_BITS & 1);
}

static void check_padding(const BINARY_WORD *words, ptrdiff_t rows, ptrdiff_t depth)
{
    const ptrdiff_t each = (depth + WORD_BITS - 1) / WORD_BITS;
    for (ptrdiff_t row = 0; row < rows && depth % WORD_BITS; ++row)
        if (words[(row + 1) * each - 1] >> depth % WORD_BITS)
            fail("padding bits of row %td", row);
}

static void check_weights(ptrdiff_t rows, ptrdiff_t depth, place where)
{
    const float limit = 1.0f;
    guarded latent = floats("latent", rows * depth, where);
    guarded signs = words_of("signs", rows * ((depth + WORD_BITS - 1) / WORD_BITS), where);
    const float *w = latent.at;
    int64_t expected = 0;
    const int64_t within = xnor_watch_weights(rows, depth, w, limit, signs.at);
    for (ptrdiff_t i = 0; i < rows * depth; ++i) {
        expected += -limit <= w[i] && w[i] <= limit;
        if (bit_of(signs.at, i / depth, i % depth, depth) != (w[i] >= 0))
            fail("sign of weight %td, %td", i / depth, i % depth);
    }
    check_padding(signs.at, rows, depth);
    if (within != expected)
        fail("%lld weights within the limit, expected %lld", (long long)within, (long long)expected);
    release(&latent);
    release(&signs);
}

/* Sums of one row are floats: squares of denormals are lost. */
static int close_to(double a, double b)
{
    return (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= 1e-4 * fabs(b) + 1e-40;
}

static void check_gradient(ptrdiff_t rows, ptrdiff_t depth, place where)
{
    guarded before = floats("before", rows * depth, where), surrogate = floats("surrogate", rows * depth, where);
    guarded zero = words_of("zero", rows * ((depth + WORD_BITS - 1) / WORD_BITS), where);
    const float *g = before.at, *s = surrogate.at;
    int64_t blocked, expected = 0;
    double squares_before, squares_after, sum_before = 0, sum_after = 0;
    xnor_watch_gradient(rows, depth, g, s, zero.at, &blocked, &squares_before, &squares_after);
    for (ptrdiff_t i = 0; i < rows * depth; ++i) {
        const float after = s[i] == 0 ? 0 : g[i] * s[i];
        expected += s[i] == 0;
        sum_before += (double)g[i] * (double)g[i];
        sum_after += (double)after * (double)after;
        if (bit_of(zero.at, i / depth, i % depth, depth) != (after == 0))
            fail("gradient %td, %td", i / depth, i % depth);
    }
    check_padding(zero.at, rows, depth);
    if (blocked != expected)
        fail("%lld blocked, expected %lld", (long long)blocked, (long long)expected);
    if (!close_to(squares_before, sum_before) || !close_to(squares_after, sum_after))
        fail("sums of squares %g and %g, expected %g and %g", squares_before, squares_after, sum_before, sum_after);
    release(&before);
    release(&surrogate);
    release(&zero);
}

static void check_histogram(ptrdiff_t n, place where)
{
    const float limit = 1.5f;
    guarded values = floats("values", n, where);
    guarded bins = guard("bins", HISTOGRAM_BINS * sizeof(int64_t), sizeof(int64_t), where);
    const float *v = values.at;
    int64_t expected[HISTOGRAM_BINS] = {0};
    xnor_histogram(n, v, limit, bins.at);
    for (ptrdiff_t i = 0; i < n; ++i)
        if (!isnan(v[i])) {
            const float place_of = floorf((v[i] + limit) * (HISTOGRAM_BINS / (2 * limit)));
            ++expected[(int)fminf(fmaxf(place_of, 0), HISTOGRAM_BINS - 1)];
        }
    for (int bin = 0; bin < HISTOGRAM_BINS; ++bin)
        if (((int64_t *)bins.at)[bin] != expected[bin])
            fail("bin %d: %lld, expected %lld", bin, (long long)((int64_t *)bins.at)[bin], (long long)expected[bin]);
    release(&values);
    release(&bins);
}

/* Counters of `digits` bits, one for every bit of the masks, kept as numbers beside them. */
static void check_streaks(ptrdiff_t words, int digits, int steps, place where)
{
    guarded mask = words_of("mask", words, where), planes = words_of("planes", words * digits, where);
    guarded reached = words_of("reached", words, where);
    BINARY_WORD *m = mask.at, *r = reached.at;
    uint32_t *length = memory(words * WORD_BITS * (ptrdiff_t)sizeof *length);
    memset(planes.at, 0, planes.bytes);
    memset(reached.at, 0, reached.bytes);
    for (int step = 0; step < steps; ++step) {
        for (ptrdiff_t word = 0; word < words; ++word)
            m[word] = draw() | draw() | draw();
        int64_t ended = xnor_streaks(words, digits, m, planes.at, r);
        for (ptrdiff_t i = 0; i < words * WORD_BITS; ++i) {
            length[i] = m[i / WORD_BITS] >> i % WORD_BITS & 1 ? length[i] + 1 : 0;
            if ((r[i / WORD_BITS] >> i % WORD_BITS & 1) != (length[i] >= (uint32_t)1 << digits))
                fail("bit %td after step %d: a streak of %u", i, step, length[i]);
            ended -= (int64_t)(r[i / WORD_BITS] >> i % WORD_BITS & 1);
        }
        if (ended)
            fail("counters that ended after step %d", step);
    }
    free(length);
    release(&mask);
    release(&planes);
    release(&reached);
}

static void check_counting(ptrdiff_t words, ptrdiff_t count, place where)
{
    guarded a = words_of("a", words, where), b = words_of("b", words, where), out = words_of("out", words, where);
    guarded values = floats("values", count, where);
    for (ptrdiff_t i = 0; i < words; ++i) {
        ((BINARY_WORD *)a.at)[i] = draw();
        ((BINARY_WORD *)b.at)[i] = draw();
    }
    int64_t differ = xnor_differences(words, a.at, b.at, out.at), zeros = xnor_zeros(count, values.at);
    for (ptrdiff_t i = 0; i < words * WORD_BITS; ++i) {
        const int differs = bit_of(a.at, 0, i, words * WORD_BITS) != bit_of(b.at, 0, i, words * WORD_BITS);
        if (bit_of(out.at, 0, i, words * WORD_BITS) != differs)
            fail("difference of bit %td", i);
        differ -= differs;
    }
    for (ptrdiff_t i = 0; i < count; ++i)
        zeros -= ((float *)values.at)[i] == 0.0f;
    if (differ || zeros)
        fail("numbers of differences and zeros");
    release(&a);
    release(&b);
    release(&out);
    release(&values);
}

static void check_flips(ptrdiff_t rows, ptrdiff_t depth, place where)
{
    const ptrdiff_t each = (depth + WORD_BITS - 1) / WORD_BITS;
    guarded flips = words_of("flips", rows * each, where);
    guarded counts = guard("counts", (size_t)(rows * depth) * sizeof(uint16_t), sizeof(uint16_t), where);
    guarded last = guard("last", (size_t)(rows * depth) * sizeof(uint32_t), sizeof(uint32_t), where);
    guarded returns =
        guard("returns", (size_t)(rows * (RETURN_BINS + 1)) * sizeof(uint64_t), sizeof(uint64_t), where);
    const uint16_t starts[] = {0, 1, UINT16_MAX - 1, UINT16_MAX};
    const uint32_t step = (uint32_t)1 << between(0, 31), earlier[] = {0, step - 1, step / 2, step / 3};
    uint16_t *before = memory(rows * depth * (ptrdiff_t)sizeof *before);
    uint32_t *flipped_at = memory(rows * depth * (ptrdiff_t)sizeof *flipped_at);
    uint64_t *expected = memory(rows * (RETURN_BINS + 1) * (ptrdiff_t)sizeof *expected);
    memset(expected, 0, returns.bytes);
    memset(returns.at, 0, returns.bytes);
    ptrdiff_t set = 0, seen = 0;
    memset(flips.at, 0, flips.bytes);
    for (ptrdiff_t i = 0; i < rows * depth; ++i) {
        before[i] = PICK(starts);
        flipped_at[i] = PICK(earlier);
        if (chance(20)) {
            ((BINARY_WORD *)flips.at)[i / depth * each + i % depth / WORD_BITS] |= (BINARY_WORD)1 << i % depth % WORD_BITS;
            ++set;
        }
    }
    memcpy(counts.at, before, counts.bytes);
    memcpy(last.at, flipped_at, last.bytes);
    const ptrdiff_t room = set && chance(20) ? set - 1 : set; /* too small a room is filled, and no more is done */
    guarded positions = guard("positions", (size_t)(room ? room : 1) * sizeof(uint32_t), sizeof(uint32_t), where);
    const ptrdiff_t found = xnor_flips(rows, depth, flips.at, step, counts.at, last.at, returns.at, room,
                                       positions.at);
    if (found != room)
        fail("%td flips found, expected %td", found, room);
    for (ptrdiff_t i = 0; i < rows * depth; ++i) {
        const int flipped = bit_of(flips.at, i / depth, i % depth, depth) && seen < room;
        const int more = flipped && before[i] != UINT16_MAX;
        if (((uint16_t *)counts.at)[i] != before[i] + more)
            fail("count of weight %td, %td", i / depth, i % depth);
        if (flipped && ((uint32_t *)positions.at)[seen++] != (uint32_t)i)
            fail("position of weight %td, %td", i / depth, i % depth);
        if (((uint32_t *)last.at)[i] != (flipped ? step : flipped_at[i]))
            fail("last flip of weight %td, %td", i / depth, i % depth);
        int bin = RETURN_BINS;
        if (flipped && flipped_at[i])
            for (bin = 0; step - flipped_at[i] >= (uint64_t)2 << bin; ++bin)
                ;
        expected[i / depth * (RETURN_BINS + 1) + bin] += (uint64_t)flipped;
    }
    if (memcmp(expected, returns.at, returns.bytes))
        fail("return times");
    free(before);
    free(flipped_at);
    free(expected);
    release(&last);
    release(&returns);
    release(&flips);
    release(&counts);
    release(&positions);
}

long check_watching(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number)
        for (place where = 0; where < PLACES; ++where, ++cases) {
            const ptrdiff_t rows = between(1, 6), depth = chance(80) ? number % 200 + 1 : between(1, 1000);
            describe("watch, %td rows of %td, place %d", rows, depth, (int)where);
            check_weights(rows, depth, where);
            check_gradient(rows, depth, where);
            check_histogram(depth * rows, where);
            check_streaks(between(1, 5), (int)between(1, 4), 20, where);
            check_flips(rows, depth, where);
            check_counting(between(1, 40), rows * depth, where);
        }
    return cases;
}
