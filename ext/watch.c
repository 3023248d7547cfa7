/* What a training step did to the weights of one layer, read in one pass over memory each.
 *
 * Plain loops over blocks of 64, so that the compiler vectorises them for each of the instruction sets named in
 * XNOR_CLONES; the loader picks one when the library is loaded. Rows are packed one by one, so `words` of a row
 * is (depth + 63) / 64 and its padding bits are 0. */
#include "watch.h"

#include <math.h>

enum { LANES = 16 };

/* Signs of the latent weights into `signs`; returns how many weights lie within the limit (NaN does not). */
XNOR_CLONES int64_t xnor_watch_weights(ptrdiff_t rows, ptrdiff_t depth, const float *latent, float limit,
                                        BINARY_WORD *signs)
{
    int64_t within = 0;
    for (ptrdiff_t row = 0; row < rows; ++row)
        for (ptrdiff_t first = 0; first < depth; first += WORD_BITS, ++signs) {
            const float *w = latent + row * depth + first;
            const int count = depth - first < WORD_BITS ? (int)(depth - first) : WORD_BITS;
            uint8_t bits[WORD_BITS] = {0};
            int32_t inside = 0;
            if (count == WORD_BITS) { /* a fixed length, which the compiler unrolls */
                for (int i = 0; i < WORD_BITS; ++i)
                    bits[i] = w[i] >= 0.0f;
                for (int i = 0; i < WORD_BITS; ++i)
                    inside += fabsf(w[i]) <= limit;
            } else {
                for (int i = 0; i < count; ++i) {
                    bits[i] = w[i] >= 0.0f;
                    inside += fabsf(w[i]) <= limit;
                }
            }
            *signs = full_word(bits);
            within += inside;
        }
    return within;
}

typedef float lanes __attribute__((vector_size(sizeof(float) * LANES)));
typedef int32_t masks __attribute__((vector_size(sizeof(int32_t) * LANES)));

typedef struct {
    lanes before, after; /* sums of squares, in LANES places */
    masks open;          /* minus the number of entries that are not blocked, likewise */
} gradient_sums;

/* 64 entries of a gradient: a blocked one passes nothing on, not even NaN. Bit 1 where nothing comes out. */
XNOR_INLINE BINARY_WORD gradient_word(const float *g, const float *s, gradient_sums *sums)
{
    float out[WORD_BITS];
    uint8_t bits[WORD_BITS];
    for (int first = 0; first < WORD_BITS; first += LANES) {
        lanes before, surrogate, after;
        memcpy(&before, g + first, sizeof before);
        memcpy(&surrogate, s + first, sizeof surrogate);
        const masks open = surrogate != 0.0f; /* all ones where true, that is -1 */
        after = (lanes)((masks)(before * surrogate) & open);
        sums->before += before * before;
        sums->after += after * after;
        sums->open += open;
        memcpy(out + first, &after, sizeof after);
    }
    for (int i = 0; i < WORD_BITS; ++i)
        bits[i] = out[i] == 0.0f;
    return full_word(bits);
}

XNOR_CLONES void xnor_watch_gradient(ptrdiff_t rows, ptrdiff_t depth, const float *before, const float *surrogate,
                                      BINARY_WORD *zero, int64_t *blocked, double *squares_before,
                                      double *squares_after)
{
    const ptrdiff_t tail = depth % WORD_BITS;
    *blocked = 0;
    *squares_before = *squares_after = 0;
    for (ptrdiff_t row = 0; row < rows; ++row, before += depth, surrogate += depth) {
        gradient_sums sums = {{0}, {0}, {0}}; /* of one row; beyond it in double */
        for (ptrdiff_t first = 0; first < depth - tail; first += WORD_BITS)
            *zero++ = gradient_word(before + first, surrogate + first, &sums);
        if (tail) {
            float g[WORD_BITS] = {0}, s[WORD_BITS];
            for (int i = 0; i < WORD_BITS; ++i)
                s[i] = i < tail ? surrogate[depth - tail + i] : 1.0f; /* padding: open, without gradient */
            memcpy(g, before + depth - tail, (size_t)tail * sizeof *g);
            *zero++ = gradient_word(g, s, &sums) & (((BINARY_WORD)1 << tail) - 1);
        }
        *blocked += depth + (tail ? WORD_BITS - tail : 0);
        for (int i = 0; i < LANES; ++i) {
            *blocked += sums.open[i];
            *squares_before += sums.before[i];
            *squares_after += sums.after[i];
        }
    }
}

/* Several sets of bins in turn: neighbouring values often fall into one bin, and an addition would wait for the last. */
XNOR_CLONES void xnor_histogram(ptrdiff_t n, const float *values, float limit, int64_t *bins)
{
    enum { SETS = 8, BLOCK = 256, NOWHERE = HISTOGRAM_BINS };
    const float per_unit = HISTOGRAM_BINS / (2 * limit), last = HISTOGRAM_BINS - 1;
    uint32_t counts[SETS][HISTOGRAM_BINS + 1] = {{0}};
    for (ptrdiff_t first = 0; first < n; first += BLOCK) {
        const int count = n - first < BLOCK ? (int)(n - first) : BLOCK;
        int32_t at[BLOCK];
        for (int i = 0; i < count; ++i) {
            float position = (values[first + i] + limit) * per_unit;
            position = position < 0 ? 0 : position;
            position = position > last ? last : position;
            at[i] = position == position ? (int32_t)position : NOWHERE;
        }
        for (int i = 0; i < count; ++i)
            ++counts[i % SETS][at[i]];
    }
    for (int bin = 0; bin < HISTOGRAM_BINS; ++bin) {
        bins[bin] = 0;
        for (int set = 0; set < SETS; ++set)
            bins[bin] += counts[set][bin];
    }
}

/* One step of the counters of bnnlab/train/watch/readings.py: `planes` holds `digits` arrays of `words` words. */
XNOR_CLONES int64_t xnor_streaks(ptrdiff_t words, int digits, const BINARY_WORD *mask, BINARY_WORD *planes,
                                  BINARY_WORD *reached)
{
    int64_t count = 0;
    for (ptrdiff_t word = 0; word < words; ++word) {
        BINARY_WORD carry = mask[word];
        for (int digit = 0; digit < digits; ++digit) {
            BINARY_WORD *plane = planes + digit * words + word;
            const BINARY_WORD kept = *plane & mask[word]; /* a counter whose bit is clear starts again */
            *plane = kept ^ carry;
            carry &= kept;
        }
        reached[word] = (reached[word] | carry) & mask[word];
        count += __builtin_popcountll(reached[word]);
    }
    return count;
}

XNOR_CLONES int64_t xnor_differences(ptrdiff_t words, const BINARY_WORD *a, const BINARY_WORD *b, BINARY_WORD *out)
{
    int64_t count = 0;
    for (ptrdiff_t word = 0; word < words; ++word) {
        out[word] = a[word] ^ b[word];
        count += __builtin_popcountll(out[word]);
    }
    return count;
}

XNOR_CLONES int64_t xnor_zeros(ptrdiff_t n, const float *values)
{
    int64_t count = 0;
    for (ptrdiff_t first = 0; first < n; first += WORD_BITS) {
        const int each = n - first < WORD_BITS ? (int)(n - first) : WORD_BITS;
        int32_t zeros = 0;
        for (int i = 0; i < each; ++i)
            zeros += values[first + i] == 0.0f;
        count += zeros;
    }
    return count;
}

/* Few flip, so each is looked up. The bin of a return time is the place of its highest bit. */
ptrdiff_t xnor_flips(ptrdiff_t rows, ptrdiff_t depth, const BINARY_WORD *flips, uint32_t step, uint16_t *counts,
                     uint32_t *last, uint64_t *returns, ptrdiff_t room, uint32_t *positions)
{
    ptrdiff_t found = 0;
    for (ptrdiff_t row = 0; row < rows; ++row, returns += RETURN_BINS + 1)
        for (ptrdiff_t first = 0; first < depth; first += WORD_BITS)
            for (BINARY_WORD left = *flips++; left && found < room; left &= left - 1) {
                const ptrdiff_t at = row * depth + first + __builtin_ctzll(left);
                counts[at] = (uint16_t)(counts[at] + (counts[at] != UINT16_MAX));
                ++returns[last[at] ? 31 - __builtin_clz((step - last[at]) | 1) : RETURN_BINS];
                last[at] = step;
                positions[found++] = (uint32_t)at;
            }
    return found;
}
