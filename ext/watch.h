/* What a training step did to the weights of one layer; matrices are (rows x depth), packed along rows. */
#ifndef BNNLAB_WATCH_H
#define BNNLAB_WATCH_H

#include "words.h"

/* Signs of the latent weights into `signs`; returns how many weights lie within the limit (NaN does not). */
int64_t xnor_watch_weights(ptrdiff_t rows, ptrdiff_t depth, const float *latent, float limit, BINARY_WORD *signs);

/* A gradient crossing the sign function: `zero` gets bit 1 where before * surrogate is 0; `blocked` counts the zeros
 * of the surrogate; the sums are of the squares before and after. */
void xnor_watch_gradient(ptrdiff_t rows, ptrdiff_t depth, const float *before, const float *surrogate,
                         BINARY_WORD *zero, int64_t *blocked, double *squares_before, double *squares_after);

/* One step of the counters of bnnlab/train/watch/readings.py: `planes` holds `digits` arrays of `words` words. Returns how
 * many have reached their end. */
int64_t xnor_streaks(ptrdiff_t words, int digits, const BINARY_WORD *mask, BINARY_WORD *planes, BINARY_WORD *reached);

/* `out` gets the bits in which `a` and `b` differ; returns how many these are. */
int64_t xnor_differences(ptrdiff_t words, const BINARY_WORD *a, const BINARY_WORD *b, BINARY_WORD *out);

/* How many of the values are exactly 0. */
int64_t xnor_zeros(ptrdiff_t n, const float *values);

/* Values in HISTOGRAM_BINS even bins over [-limit, limit]; the outer bins also hold what lies beyond, NaN is in none. */
enum { HISTOGRAM_BINS = 64 };
void xnor_histogram(ptrdiff_t n, const float *values, float limit, int64_t *bins);

/* Note the flips of one step, which is at least 1. For each weight whose bit is set: 1 more in `counts`, stopping at
 * 65535; the step in `last`; in `positions` where it is, in order, until there is no more room; and in its row of
 * `returns`, (rows x (RETURN_BINS + 1)), 1 more in bin k where 2^k <= steps since its last flip < 2^(k+1), or in the bin
 * after them all if this is its first. Returns how many were found. */
enum { RETURN_BINS = 32 };
ptrdiff_t xnor_flips(ptrdiff_t rows, ptrdiff_t depth, const BINARY_WORD *flips, uint32_t step, uint16_t *counts,
                     uint32_t *last, uint64_t *returns, ptrdiff_t room, uint32_t *positions);

#endif
