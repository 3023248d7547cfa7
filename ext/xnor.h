/* The contract of the compiled kernel. C11, no Python, no global state but the constant kernel table.
 *
 * Operands are words of signs (words.h):
 *
 *   A  (M x words)  row-packed activations, word k of row m at a[m * words + k]
 *   B  (words x N)  column-packed weights,  word k of column n at b[k * N + n]
 *   C  (M x N)      int32 dot products of the +1/-1 vectors of length depth, at c[m * N + n]
 */
#ifndef BNNLAB_XNOR_H
#define BNNLAB_XNOR_H

#include "words.h"

/* An instruction set is chosen per function, never per file, so one build serves every CPU of its architecture. */
#if defined(__x86_64__) && defined(__GNUC__)
#define XNOR_HAS_POPCNT_TARGET 1
#define XNOR_TARGET(isa) __attribute__((target(isa)))
#endif

typedef void xnor_gemm_fn(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                          const BINARY_WORD *b, int32_t *c);

typedef struct {
    const char *name;
    int (*usable)(void);
    xnor_gemm_fn *gemm;
} xnor_kernel;

/* Fastest first; the last two, "scalar" and "lecture", run everywhere. */
extern const xnor_kernel xnor_kernels[];
extern const int xnor_kernel_count;

int xnor_cpu_has_popcnt(void);

xnor_gemm_fn xnor_gemm_scalar;
xnor_gemm_fn xnor_gemm_lecture;

/* One inner iteration of the lecture's loop. Mirrored by GEMM_STEP in bnnlab/bits/trace.py. */
typedef struct {
    int32_t m, n, k, popcount;
    BINARY_WORD a, b, xor_, xnor;
    int64_t acc;
} xnor_gemm_step;

/* As xnor_gemm_lecture, and writes m * words * n steps. */
void xnor_trace_lecture(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                        const BINARY_WORD *b, int32_t *c, xnor_gemm_step *steps);

/* One packed element. Mirrored by PACK_STEP in bnnlab/bits/trace.py. */
typedef struct {
    int32_t row, column, word, bit;
    float value;
    int32_t sign;
    BINARY_WORD after;
} xnor_pack_step;

/* Pack `vectors` vectors of `depth` elements each, given the distance between two vectors and between two
 * elements of one vector, in elements; likewise for the words they become. */
typedef struct {
    ptrdiff_t vectors, depth;
    ptrdiff_t x_vector, x_element;
    ptrdiff_t word_vector, word_element;
    int columns; /* whether a vector is a column of the matrix, for the trace */
} xnor_pack_shape;

void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words);
void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words);

/* As xnor_pack_float into words of 8, 16, 32 or 64 used bits, and writes vectors * depth steps. */
void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits, BINARY_WORD *words,
                     xnor_pack_step *steps);

#endif
