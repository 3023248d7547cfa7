/* Float matrix multiplication in the lecture's order m, k, n: three loops, no blocks, no tricks. */
#include "naive.h"

#include <string.h>

/* A compiler that cannot see what becomes of a number cannot put several of them in a vector. This is no instruction,
 * and all else is compiled as before. */
#if defined(__GNUC__) && defined(__x86_64__)
#define ONE_AT_A_TIME(number) __asm__("" : "+x"(number))
#elif defined(__GNUC__) && defined(__aarch64__)
#define ONE_AT_A_TIME(number) __asm__("" : "+w"(number))
#else
#define ONE_AT_A_TIME(number) ((void)(number))
#endif
#define AS_YOU_LIKE(number) ((void)(number))

/* `restrict`, since a compiler that must suspect C of lying in B may not use vectors. */
#define NAIVE_LOOPS(HOW)                               \
    memset(c, 0, (size_t)(m * n) * sizeof *c);         \
    for (ptrdiff_t i = 0; i < m; ++i)                  \
        for (ptrdiff_t j = 0; j < k; ++j) {            \
            const float a_part = a[i * k + j];         \
            const float *restrict row = b + j * n;     \
            float *restrict sums = c + i * n;          \
            for (ptrdiff_t l = 0; l < n; ++l) {        \
                float product = a_part * row[l];       \
                HOW(product);                          \
                sums[l] += product;                    \
            }                                          \
        }

void naive_gemm(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c)
{
    NAIVE_LOOPS(AS_YOU_LIKE)
}

void naive_gemm_scalar(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c)
{
    NAIVE_LOOPS(ONE_AT_A_TIME)
}
