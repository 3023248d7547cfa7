/* The lecture's loop, as it stands on the slide (xnor_gemm_baseline): m, k, n; one xor, one not, one popcount for
 * 64 multiplications and additions. K counts words here, as it does there.
 *
 * Two things differ from the slide. C is int32 instead of float, which is exact only up to 2^24. And indices are
 * ptrdiff_t instead of int, which overflows beyond 2^31 elements.
 *
 * The slide's loop counts agreements, padding bits included, on top of what C holds. So C starts at 0, and the
 * counts c become dot products afterwards: 2 * (c - P) - depth, P being the padding bits of the last word.
 */
#include "epilogue.h"

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
                record(&steps, m, k, n, A_PART, B[k * ldb + n], C[m * ldc + n]); /* in the trace only */
            }
        }
    }
}
/* listing: end */

/* The loop by itself, compiled twice: a plain x86-64 build has no popcnt instruction, and calls a library function 64
 * products at a time. These are the functions that the lab shows as machine code. */
typedef void loop_fn(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A, ptrdiff_t lda,
                     const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C, ptrdiff_t ldc);

XNOR_NOINLINE static void loop_anywhere(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A, ptrdiff_t lda,
                                        const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C, ptrdiff_t ldc)
{
    xnor_gemm_baseline(M, N, K, A, lda, B, ldb, C, ldc, NULL);
}

#ifdef XNOR_X86
XNOR_TARGET("popcnt") XNOR_NOINLINE
static void loop_popcnt(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A, ptrdiff_t lda,
                        const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C, ptrdiff_t ldc)
{
    xnor_gemm_baseline(M, N, K, A, lda, B, ldb, C, ldc, NULL);
}
#else
#define loop_popcnt loop_anywhere
#endif

static loop_fn *loop(void)
{
    return xnor_cpu_has_popcnt() ? loop_popcnt : loop_anywhere;
}

const void *xnor_code_lecture(void)
{
    return (const void *)(uintptr_t)loop();
}

const void *xnor_code_lecture_anywhere(void)
{
    return (const void *)(uintptr_t)loop_anywhere;
}

static void clear(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    for (ptrdiff_t row = first; row < first + count; ++row)
        memset(p->c + row * p->c_stride, 0, (size_t)p->columns * sizeof *p->c);
}

/* Agreements counted by the loop, padding bits included, to dot products: c = agreements - padding, 2 c - depth. */
static void dots_from_agreements(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    const int64_t padding = p->words * WORD_BITS - p->depth;
    for (ptrdiff_t row = first; row < first + count; ++row) {
        int32_t *c = p->c + row * p->c_stride;
        for (ptrdiff_t n = 0; n < p->columns; ++n)
            c[n] = (int32_t)(2 * (c[n] - padding) - p->depth);
    }
}

/* The loop on one row and one chunk of columns after the other, whose differences then become bits. */
static void bits_of_rows(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    const int32_t places = (int32_t)(p->words * WORD_BITS);
    for (ptrdiff_t row = first; row < first + count; ++row)
        for (ptrdiff_t column = 0; column < p->columns; column += CHUNK) {
            const ptrdiff_t left = p->columns - column < CHUNK ? p->columns - column : CHUNK;
            int32_t counts[CHUNK] = {0};
            loop()(1, left, p->words, p->a + row * p->words, p->words, (const BINARY_WORD *)p->panels + column,
                   p->columns, counts, CHUNK);
            for (int j = 0; j < CHUNK; ++j)
                counts[j] = places - counts[j];
            finish_chunk(p, row, column, counts);
        }
}

void xnor_rows_lecture(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    if (!p->c) {
        bits_of_rows(p, first, count);
        return;
    }
    clear(p, first, count);
    loop()(count, p->columns, p->words, p->a + first * p->words, p->words, p->panels, p->columns,
           p->c + first * p->c_stride, p->c_stride);
    dots_from_agreements(p, first, count);
}

void xnor_trace_lecture(const xnor_product *p, xnor_gemm_step *steps)
{
    clear(p, 0, p->rows);
    xnor_gemm_baseline(p->rows, p->columns, p->words, p->a, p->words, p->panels, p->columns, p->c, p->c_stride,
                       steps);
    dots_from_agreements(p, 0, p->rows);
}
