/* Signs to words: along the memory (rows) or across it (columns). */
#ifndef BNNLAB_PACK_H
#define BNNLAB_PACK_H

#include "words.h"

/* One packed element. Mirrored by PACK_STEP in bnnlab/bits/trace.py. */
typedef struct {
    int32_t row, column, word, bit;
    float value;
    int32_t sign;
    BINARY_WORD after;
} xnor_pack_step;

/* Pack `vectors` vectors of `depth` elements each, given the distance between two vectors and between two
 * elements of one vector, in elements; likewise for the words they become. Either the elements of a vector lie beside
 * each other, and its words too (x_element and word_element are 1), or equal elements of all vectors do (x_vector is 1). */
typedef struct {
    ptrdiff_t vectors, depth;
    ptrdiff_t x_vector, x_element;
    ptrdiff_t word_vector, word_element;
    int columns; /* whether a vector is a column of the matrix, for the trace */
} xnor_pack_shape;

void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words);
void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words);

/* Rows of x (rows x depth): a bit is whether x times the turn of its column, +1 or -1, is at least the limit of its
 * column. NaN is not. */
void xnor_pack_compared(ptrdiff_t rows, ptrdiff_t depth, const float *x, const float *turns, const float *limits,
                        BINARY_WORD *words);

/* The same for vectors whose elements lie apart, with a turn and a limit for each place in a vector. */
void xnor_pack_channels_compared(const xnor_pack_shape *shape, const float *x, const float *turns, const float *limits,
                                 BINARY_WORD *words);

/* As xnor_pack_float into words of 8, 16, 32 or 64 used bits, and writes vectors * depth steps. */
void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits, BINARY_WORD *words,
                     xnor_pack_step *steps);

#endif
