/* Float matrix multiplication in the lecture's order m, k, n: three loops, no blocks, no tricks. */
#include "naive.h"

#include <string.h>

/* `restrict`, since a compiler that must suspect C of lying in B may not use vectors. */
#define NAIVE_LOOPS                                    \
    memset(c, 0, (size_t)(m * n) * sizeof *c);         \
    for (ptrdiff_t i = 0; i < m; ++i)                  \
        for (ptrdiff_t j = 0; j < k; ++j) {            \
            const float a_part = a[i * k + j];         \
            const float *restrict row = b + j * n;     \
            float *restrict sums = c + i * n;          \
            UNVECTORISED                               \
            for (ptrdiff_t l = 0; l < n; ++l)          \
                sums[l] += a_part * row[l];            \
        }

#define UNVECTORISED
void naive_gemm(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c)
{
    NAIVE_LOOPS
}
#undef UNVECTORISED

/* GCC takes the order for the function, Clang for the loop. */
#if defined(__clang__)
#define UNVECTORISED _Pragma("clang loop vectorize(disable) interleave(disable)")
#else
#define UNVECTORISED
#if defined(__GNUC__)
__attribute__((optimize("no-tree-vectorize")))
#endif
#endif
void naive_gemm_scalar(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c)
{
    NAIVE_LOOPS
}
