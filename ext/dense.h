/* Packed signs times float weights: the last layer of many binary networks. */
#ifndef BNNLAB_DENSE_H
#define BNNLAB_DENSE_H

#include "words.h"

/* y[row][n] = bias[n] + sum over k of sign(row, k) * weight[n][k], for `words` words of signs in a row, and weights in
 * rows of 64 * words floats, 0 where there is no sign. Every CPU adds in the same order, whatever the batch. */
void xnor_signs_times_floats(ptrdiff_t rows, ptrdiff_t words, ptrdiff_t outputs, const BINARY_WORD *signs,
                             const float *weight, const float *bias, float *y);

#endif
