/* The lecture's loop, as it stands on the slide (xnor_gemm_baseline): m, k, n; one xor, one not, one popcount for
 * 64 multiplications and additions. K counts words here, as it does there.
 *
 * Two things differ from the slide. C is int32 instead of float, which is exact only up to 2^24. And indices are
 * ptrdiff_t instead of int, which overflows beyond 2^31 elements.
 *
 * The slide's loop counts agreements, padding bits included, on top of what C holds. So C starts at 0, and the
 * counts c become dot products afterwards: 2 * (c - P) - depth, P being the padding bits of the last word.
 */
#include "xnor.h"

/* Notes one inner iteration where there are steps to write; in the kernel `steps` is a constant null, and the
 * compiler drops the call. */
XNOR_INLINE void record(xnor_gemm_step **steps, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, BINARY_WORD a, BINARY_WORD b,
                        int32_t acc)
{
    if (*steps)
        *(*steps)++ = (xnor_gemm_step){
            .m = (int32_t)m, .n = (int32_t)n, .k = (int32_t)k,
            .a = a, .b = b, .xor_ = a ^ b, .xnor = ~(a ^ b),
            .popcount = __builtin_popcountll(~(a ^ b)), .acc = acc,
        };
}

/* The lab shows these lines, and marks the one with the popcount at every step. */
/* listing: begin */
XNOR_INLINE void xnor_gemm_baseline(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K,
                                    const BINARY_WORD *A, ptrdiff_t lda,
                                    const BINARY_WORD *B, ptrdiff_t ldb,
                                    int32_t *C, ptrdiff_t ldc, xnor_gemm_step *steps)
{
    for (ptrdiff_t m = 0; m < M; ++m) {
        for (ptrdiff_t k = 0; k < K; k++) {
            BINARY_WORD A_PART = A[m * lda + k];
            for (ptrdiff_t n = 0; n < N; ++n) {
                C[m * ldc + n] += __builtin_popcountll(~(A_PART ^ B[k * ldb + n]));
                record(&steps, m, k, n, A_PART, B[k * ldb + n], C[m * ldc + n]);
            }
        }
    }
}
/* listing: end */

XNOR_INLINE void baseline_dots(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                               const BINARY_WORD *b, int32_t *c, xnor_gemm_step *steps)
{
    const int64_t padding = words * WORD_BITS - depth;
    for (ptrdiff_t i = 0; i < m * n; ++i)
        c[i] = 0;
    xnor_gemm_baseline(m, n, words, a, words, b, n, c, n, steps);
    for (ptrdiff_t i = 0; i < m * n; ++i)
        c[i] = (int32_t)(2 * (c[i] - padding) - depth);
}

#ifdef XNOR_HAS_POPCNT_TARGET
/* Without this attribute a plain x86-64 build has no popcnt instruction and calls a library function instead. */
XNOR_TARGET("popcnt")
static void baseline_popcnt(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                            const BINARY_WORD *b, int32_t *c)
{
    baseline_dots(m, n, words, depth, a, b, c, NULL);
}
#endif

void xnor_gemm_lecture(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                       const BINARY_WORD *b, int32_t *c)
{
#ifdef XNOR_HAS_POPCNT_TARGET
    if (xnor_cpu_has_popcnt()) {
        baseline_popcnt(m, n, words, depth, a, b, c);
        return;
    }
#endif
    baseline_dots(m, n, words, depth, a, b, c, NULL);
}

void xnor_trace_lecture(ptrdiff_t m, ptrdiff_t n, ptrdiff_t words, int32_t depth, const BINARY_WORD *a,
                        const BINARY_WORD *b, int32_t *c, xnor_gemm_step *steps)
{
    baseline_dots(m, n, words, depth, a, b, c, steps);
}
