/* Packed signs times float weights. A sign only turns a weight round, so a product is one xor with the sign bit of a
 * float, and its sum one addition:
 *
 *   instruction                        for 16 products   (AVX-512)
 *   vpsllvd    zmm, zmm, zmm           1 / outputs
 *   vpandd     zmm, zmm, zmm           1 / outputs
 *   vpxord     zmm, zmm, m512          1
 *   vaddps     zmm, zmm, zmm           1
 *
 * Bottleneck: the additions and xors; every weight is loaded once for ROWS rows, every word once for OUTPUTS outputs.
 * LANES sums run side by side, and are added up in one fixed order at the end, on every CPU: lanes wider than its
 * registers are several of them.
 */
#include "dense.h"

enum { LANES = 16, ROWS = 2, OUTPUTS = 5 };

typedef float float_lanes __attribute__((vector_size(4 * LANES)));
typedef uint32_t bit_lanes __attribute__((vector_size(4 * LANES)));

/* `rows` rows by `outputs` outputs, whose weights lie `distance` floats apart. */
XNOR_INLINE void tile(int rows, int outputs, ptrdiff_t words, const BINARY_WORD *signs, const float *weight,
                      ptrdiff_t distance, const float *bias, float *y, ptrdiff_t y_stride)
{
    const bit_lanes to_the_top = {31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16};
    float_lanes sums[ROWS][OUTPUTS] = {{{0}}}; /* of -sign * weight: a bit of 1 sets the sign bit */
    for (ptrdiff_t word = 0; word < words; ++word)
        for (int part = 0; part < WORD_BITS; part += LANES, weight += LANES)
            for (int row = 0; row < rows; ++row) {
                const uint32_t bits = (uint32_t)(signs[row * words + word] >> part);
                const bit_lanes tops = ((bit_lanes){0} + bits) << to_the_top;
                for (int n = 0; n < outputs; ++n) {
                    bit_lanes w;
                    memcpy(&w, weight + n * distance, sizeof w);
                    sums[row][n] += (float_lanes)(w ^ (tops & 0x80000000u));
                }
            }
    for (int row = 0; row < rows; ++row)
        for (int n = 0; n < outputs; ++n) {
            float_lanes s = sums[row][n]; /* halved four times: lane 0 is the sum of all */
            s += __builtin_shuffle(s, (bit_lanes){8, 9, 10, 11, 12, 13, 14, 15});
            s += __builtin_shuffle(s, (bit_lanes){4, 5, 6, 7});
            s += __builtin_shuffle(s, (bit_lanes){2, 3});
            y[row * y_stride + n] = bias[n] - (s[0] + s[1]);
        }
}

XNOR_CLONES void xnor_signs_times_floats(ptrdiff_t rows, ptrdiff_t words, ptrdiff_t outputs, const BINARY_WORD *signs,
                                         const float *weight, const float *bias, float *y)
{
    const ptrdiff_t distance = words * WORD_BITS;
    for (ptrdiff_t row = 0; row < rows; row += ROWS)
        for (ptrdiff_t n = 0; n < outputs;) {
            const BINARY_WORD *from = signs + row * words;
            const float *w = weight + n * distance;
            float *to = y + row * outputs + n;
            const int pair = rows - row >= ROWS, several = outputs - n >= OUTPUTS;
            if (pair && several)
                tile(ROWS, OUTPUTS, words, from, w, distance, bias + n, to, outputs);
            else if (several)
                tile(1, OUTPUTS, words, from, w, distance, bias + n, to, outputs);
            else
                tile(pair ? ROWS : 1, 1, words, from, w, distance, bias + n, to, outputs);
            n += several ? OUTPUTS : 1;
        }
}
