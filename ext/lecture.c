/* The kernel "lecture": the slide's loop (lecture_loop.h) on words of 64 bits, and the same loop recorded, on words of any
 * width.
 *
 * The slide's loop counts agreements, padding bits included, on top of what C holds. So C starts at 0, and the
 * counts c become dot products afterwards: 2 * (c - P) - depth, P being the padding bits of the last word.
 */
#include "epilogue.h"

#define BINARY_WORD uint8_t
#define FOR_WORD(name) name##_8
#include "lecture_loop.h"
#undef BINARY_WORD
#undef FOR_WORD

#define BINARY_WORD uint16_t
#define FOR_WORD(name) name##_16
#include "lecture_loop.h"
#undef BINARY_WORD
#undef FOR_WORD

#define BINARY_WORD uint32_t
#define FOR_WORD(name) name##_32
#include "lecture_loop.h"
#undef BINARY_WORD
#undef FOR_WORD

#define FOR_WORD(name) name##_64
#include "lecture_loop.h"
#undef FOR_WORD

typedef void loop_fn(ptrdiff_t M, ptrdiff_t N, ptrdiff_t K, const BINARY_WORD *A, ptrdiff_t lda,
                     const BINARY_WORD *B, ptrdiff_t ldb, int32_t *C, ptrdiff_t ldc);

static loop_fn *loop(void)
{
#ifdef XNOR_X86
    if (xnor_cpu_has_popcnt())
        return loop_popcnt_64;
#endif
    return loop_anywhere_64;
}

const void *xnor_code_lecture(void)
{
    return code_64();
}

const void *xnor_code_lecture_words(int word_bits)
{
    return word_bits == 8 ? code_8() : word_bits == 16 ? code_16() : word_bits == 32 ? code_32() : code_64();
}

const void *xnor_code_lecture_anywhere(void)
{
    return (const void *)(uintptr_t)loop_anywhere_64;
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

void xnor_trace_lecture(const xnor_word_product *p, xnor_gemm_step *steps)
{
    const ptrdiff_t cells = p->rows * p->columns;
    memset(p->c, 0, (size_t)cells * sizeof *p->c);
    switch (p->word_bits) {
    case 8: trace_8(p, steps); break;
    case 16: trace_16(p, steps); break;
    case 32: trace_32(p, steps); break;
    default: trace_64(p, steps);
    }
    const int64_t padding = p->words * p->word_bits - p->depth;
    for (ptrdiff_t cell = 0; cell < cells; ++cell)
        p->c[cell] = (int32_t)(2 * (p->c[cell] - padding) - p->depth);
}
