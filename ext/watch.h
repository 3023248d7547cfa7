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

/* One step of the counters of bnnlab/train/watch/readings.py: `planes` holds `digits` arrays of `words` words. */
void xnor_streaks(ptrdiff_t words, int digits, const BINARY_WORD *mask, BINARY_WORD *planes, BINARY_WORD *reached);

/* Values in HISTOGRAM_BINS even bins over [-limit, limit]; the outer bins also hold what lies beyond, NaN is in none. */
enum { HISTOGRAM_BINS = 64 };
void xnor_histogram(ptrdiff_t n, const float *values, float limit, int64_t *bins);

/* Add 1 to the count of every weight whose bit is set, stopping at 65535, and write where they are, in order; ends when
 * `positions` has no more room. Returns how many were found. */
ptrdiff_t xnor_flips(ptrdiff_t rows, ptrdiff_t depth, const BINARY_WORD *flips, uint16_t *counts, ptrdiff_t room,
                     uint32_t *positions);

#endif
