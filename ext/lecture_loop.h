/* The lecture's loop, as it stands on the slide (xnor_gemm_baseline): m, k, n; one xor, one not, one popcount for a word
 * of multiplications and additions. K counts words here, as it does there.
 *
 * Included once for each width of a word, with BINARY_WORD as its type and FOR_WORD(name) as what tells the functions of
 * one width from those of another; no include guard, therefore.
 *
 * Three things differ from the slide. C is int32 instead of float, which is exact only up to 2^24. Indices are ptrdiff_t
 * instead of int, which overflows beyond 2^31 elements. And what `~` makes is cast back to a word: C widens operands
 * that are narrower than an int before it turns their bits round, and the ones above would be counted too.
 */

/* Notes one inner iteration where there are steps to write; in the kernel `steps` is a constant null, and the
 * compiler drops the call. */
XNOR_INLINE void FOR_WORD(record)(xnor_gemm_step **steps, ptrdiff_t m, ptrdiff_t k, ptrdiff_t n, BINARY_WORD a,
                                  BINARY_WORD b, int32_t acc)
{
    if (*steps)
        *(*steps)++ = (xnor_gemm_step){
            .m = (int32_t)m, .n = (int32_t)n, .k = (int32_t)k,
            .a = a, .b = b, .xor_ = (BINARY_WORD)(a ^ b), .xnor = (BINARY_WORD)~(a ^ b),
            .popcount = __builtin_popcountll((BINARY_WORD)~(a ^ b)), .acc = acc,
        };
}

#define xnor_gemm_baseline FOR_WORD(xnor_gemm_baseline)
#define record FOR_WORD(record)

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
                C[m * ldc + n] += __builtin_popcountll((BINARY_WORD)~(A_PART ^ B[k * ldb + n]));
                record(&steps, m, k, n, A_PART, B[k * ldb + n], C[m * ldc + n]); /* in the trace only */
            }
        }
    }
}
/* listing: end */

/* The loop by itself, compiled twice: a plain x86-64 build has no popcnt instruction, and calls a library function a
 * word of products at a time. These are the functions that the lab shows as machine code. */
XNOR_NOINLINE static void FOR_WORD(loop_anywhere)(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A,
                                                  ptrdiff_t lda, const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C,
                                                  ptrdiff_t ldc)
{
    xnor_gemm_baseline(M, N, K, A, lda, B, ldb, C, ldc, NULL);
}

#ifdef XNOR_X86
XNOR_TARGET("popcnt") XNOR_NOINLINE
static void FOR_WORD(loop_popcnt)(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A, ptrdiff_t lda,
                                  const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C, ptrdiff_t ldc)
{
    xnor_gemm_baseline(M, N, K, A, lda, B, ldb, C, ldc, NULL);
}
#endif

static const void *FOR_WORD(code)(void)
{
#ifdef XNOR_X86
    if (xnor_cpu_has_popcnt())
        return (const void *)(uintptr_t)FOR_WORD(loop_popcnt);
#endif
    return (const void *)(uintptr_t)FOR_WORD(loop_anywhere);
}

static void FOR_WORD(trace)(const xnor_word_product *p, xnor_gemm_step *steps)
{
    xnor_gemm_baseline(p->rows, p->columns, p->words, p->a, p->words, p->b, p->columns, p->c, p->columns, steps);
}

#undef xnor_gemm_baseline
#undef record
