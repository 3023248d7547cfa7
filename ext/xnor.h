/* The contract of the compiled kernels. C11, no Python, no global state but the constant kernel table.
 *
 * A kernel compares packed rows of A with packed columns of B, word by word, and counts the places in which they
 * differ. Operands are words of signs (words.h). A has `words` words in each row; B has been laid out as the kernel
 * wants it, by xnor_prepare (panels.c). What becomes of the counts is one of two things:
 *
 *   dot products   c[row * c_stride + column] = depth - 2 * differences                        (int32)
 *   bits           bit `column` of row `row` = (differences <= limits[column]) ^ flip bit      (the next layer's words)
 */
#ifndef BNNLAB_XNOR_H
#define BNNLAB_XNOR_H

#include "cpu.h"
#include "words.h"

/* Columns are handled 64 at a time: their bits are one word of the result. */
enum { CHUNK = WORD_BITS };

typedef struct xnor_kernel xnor_kernel;

typedef struct {
    const xnor_kernel *kernel;
    ptrdiff_t rows, columns; /* M, N */
    ptrdiff_t words;         /* from one row of A to the next */
    ptrdiff_t span;          /* bits of a row that are compared; those beyond are 0 in A and B */
    int32_t depth;           /* K: products in a dot product */
    int stream;              /* whether c is large and aligned, so that it is better written past the caches */
    const BINARY_WORD *a;
    const void *panels;
    int32_t *c; /* null where the result is bits */
    ptrdiff_t c_stride;
    BINARY_WORD *bits;
    ptrdiff_t bits_stride;     /* in words */
    const int32_t *limits;     /* for every column, and up to a whole chunk: -1 there */
    const BINARY_WORD *flips;  /* a bit for every column; 0 beyond */
} xnor_product;

/* Rows [first, first + count) of the product; another thread may be at work on other rows of it. */
typedef void xnor_rows_fn(const xnor_product *product, ptrdiff_t first, ptrdiff_t count);

struct xnor_kernel {
    const char *name;
    int (*usable)(void);
    xnor_rows_fn *rows;
    const void *(*code)(void); /* the function that holds the innermost loop on this CPU, to be shown */
    /* The layout of B: panels of this many columns, in each of them elements of this many bytes, one of every column,
     * then the next of every column. 0 columns: the words as they were packed. */
    int panel_columns, element_bytes;
};

/* Fastest first; the last two, "scalar" and "lecture", run everywhere. */
extern const xnor_kernel xnor_kernels[];
extern const int xnor_kernel_count;

xnor_rows_fn xnor_rows_avx512, xnor_rows_avx2, xnor_rows_neon, xnor_rows_scalar, xnor_rows_lecture;
const void *xnor_code_avx512(void);
const void *xnor_code_avx2(void);
const void *xnor_code_neon(void);
const void *xnor_code_scalar(void);
const void *xnor_code_lecture(void);
const void *xnor_code_lecture_words(int word_bits); /* on words of 8, 16, 32 or 64 bits */
const void *xnor_code_lecture_anywhere(void); /* the same loop, compiled for every CPU of the architecture */

/* B (words x columns, column-packed) as `kernel` wants it, and the bytes that takes. */
size_t xnor_panel_bytes(const xnor_kernel *kernel, ptrdiff_t columns, ptrdiff_t words, ptrdiff_t span);
void xnor_prepare(const xnor_kernel *kernel, ptrdiff_t columns, ptrdiff_t words, ptrdiff_t span,
                  const BINARY_WORD *b, void *panels);

/* Rows [first, first + count) of any job, with some memory of the thread's own. */
typedef void xnor_job_fn(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch);
xnor_job_fn xnor_product_rows; /* the job is an xnor_product, and needs no scratch */

/* Take blocks of rows from the counter `next`, which the threads share, until there are none left. */
void xnor_work(xnor_job_fn *fn, const void *job, ptrdiff_t rows, ptrdiff_t block, ptrdiff_t *next, void *scratch);

/* Rows of sums (rows x columns) to bits, packed along rows: bit = (sum >= threshold) ^ flip bit. */
void xnor_threshold(ptrdiff_t rows, ptrdiff_t columns, const int32_t *sums, const int32_t *thresholds,
                    const BINARY_WORD *flips, BINARY_WORD *bits);

/* One inner iteration of the lecture's loop. Mirrored by GEMM_STEP in bnnlab/bits/trace.py. */
typedef struct {
    int32_t m, n, k, popcount;
    BINARY_WORD a, b, xor_, xnor;
    int64_t acc;
} xnor_gemm_step;

/* A product of words of 8, 16, 32 or 64 bits, each as wide an unsigned integer. */
typedef struct {
    int word_bits;
    ptrdiff_t rows, columns, words; /* M, N, and K in words */
    int32_t depth;                  /* K in bits */
    const void *a, *b;              /* rows x words, words x columns */
    int32_t *c;                     /* rows x columns */
} xnor_word_product;

/* Dot products by the lecture's loop; writes rows * words * columns steps. */
void xnor_trace_lecture(const xnor_word_product *product, xnor_gemm_step *steps);

#endif
