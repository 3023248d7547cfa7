/* Bytes times signs: as planes of bits by every kernel that this CPU can run, and by VNNI where it can. */
#include "blocks.h"
#include "bytes.h"
#include "operands.h"

#include <stdio.h>

enum { CACHE_LINE = 64 };

typedef struct {
    xnor_job_fn *fn;
    size_t (*scratch)(const xnor_bytes *job, ptrdiff_t block);
    const char *name;
    long products;
} method;

static ptrdiff_t words_for(ptrdiff_t columns)
{
    return (columns + WORD_BITS - 1) / WORD_BITS;
}

static int sign_of(const operands *o, ptrdiff_t k, ptrdiff_t column)
{
    return o->b[k / WORD_BITS * o->columns + column] >> k % WORD_BITS & 1 ? 1 : -1;
}

/* Rows of one extreme only are frequent: their sums are as large as sums get. */
static uint8_t *draw_bytes(ptrdiff_t rows, ptrdiff_t depth)
{
    uint8_t *x = memory(rows * depth);
    for (ptrdiff_t i = 0; i < rows; ++i) {
        const int kind = (int)between(0, 3);
        for (ptrdiff_t k = 0; k < depth; ++k)
            x[i * depth + k] = kind == 0 ? 0 : kind == 1 ? 255 : (uint8_t)draw();
    }
    return x;
}

/* What the products are, and what the bits are made of. */
typedef struct {
    int32_t *products;   /* rows x columns */
    int32_t *thresholds; /* of each column, often just one of its products */
    BINARY_WORD *flips;
} expectation;

static void check_sums(const xnor_bytes *job, const blocks *b, const expectation *expected)
{
    const ptrdiff_t columns = job->weights.columns;
    int32_t untouched;
    memset(&untouched, PATTERN, sizeof untouched);
    for (ptrdiff_t i = 0; i < job->rows * columns; ++i) {
        const int32_t value = computed(b, i / columns) ? expected->products[i] : untouched;
        if (job->y[i] != value)
            fail("y[%td, %td]: %d, expected %d", i / columns, i % columns, job->y[i], value);
    }
}

static void check_bits_of_sums(const xnor_bytes *job, const blocks *b, const expectation *expected)
{
    const ptrdiff_t columns = job->weights.columns, words = words_for(columns);
    BINARY_WORD untouched;
    memset(&untouched, PATTERN, sizeof untouched);
    for (ptrdiff_t i = 0; i < job->rows * words; ++i) {
        BINARY_WORD word = 0;
        for (ptrdiff_t j = i % words * WORD_BITS; j < columns && j < (i % words + 1) * WORD_BITS; ++j)
            word |= (BINARY_WORD)(expected->products[i / words * columns + j] >= expected->thresholds[j])
                    << j % WORD_BITS;
        word = computed(b, i / words) ? word ^ expected->flips[i % words] : untouched;
        if (job->bits[i] != word)
            fail("bits[%td, %td]: %016llx, expected %016llx", i / words, i % words, (unsigned long long)job->bits[i],
                 (unsigned long long)word);
    }
}

static void check(const operands *o, const xnor_kernel *kernel, const method *by, const uint8_t *bytes,
                  const int32_t *sums, const expectation *expected, const blocks *b, int to_bits, place where)
{
    const size_t int_bytes = sizeof(int32_t), words = (size_t)words_for(o->columns);
    const size_t result_bytes = (size_t)o->rows * (to_bits ? words * sizeof(BINARY_WORD) : (size_t)o->columns * int_bytes);
    xnor_bytes job = {.weights = product_of(o), .rows = o->rows};
    guarded panels = guarded_panels(o, kernel, where);
    guarded x = guarded_copy("x", bytes, (size_t)(o->rows * o->depth), 1, where);
    guarded s = guarded_copy("sums", sums, (size_t)o->columns * int_bytes, int_bytes, where);
    guarded t = guarded_copy("thresholds", expected->thresholds, (size_t)o->columns * int_bytes, int_bytes, where);
    guarded f = guarded_copy("flips", expected->flips, words * sizeof(BINARY_WORD), sizeof(BINARY_WORD), where);
    guarded result = guard("result", result_bytes, to_bits ? sizeof(BINARY_WORD) : int_bytes, where);
    job.weights.kernel = kernel;
    job.weights.panels = panels.at;
    job.x = x.at;
    job.sums = s.at;
    if (to_bits) {
        job.bits = result.at;
        job.thresholds = t.at;
        job.flips = f.at;
    } else {
        job.y = result.at;
    }
    guarded scratch = guard("scratch", by->scratch(&job, largest_block(b)), CACHE_LINE, where);
    run_blocks(by->fn, &job, b, scratch.at);
    (to_bits ? check_bits_of_sums : check_sums)(&job, b, expected);
    release(&panels);
    release(&x);
    release(&s);
    release(&t);
    release(&f);
    release(&result);
    release(&scratch);
}

static expectation expect(const operands *o, const uint8_t *x)
{
    const expectation e = {memory(o->rows * o->columns * (ptrdiff_t)sizeof *e.products),
                           memory(o->columns * (ptrdiff_t)sizeof *e.thresholds),
                           memory(words_for(o->columns) * (ptrdiff_t)sizeof *e.flips)};
    for (ptrdiff_t j = 0; j < o->columns; ++j) {
        for (ptrdiff_t i = 0; i < o->rows; ++i)
            for (ptrdiff_t k = 0; k < o->depth; ++k)
                e.products[i * o->columns + j] += x[i * o->depth + k] * sign_of(o, k, j);
        if (o->rows)
            e.thresholds[j] = e.products[between(0, o->rows - 1) * o->columns + j] + (int32_t)between(0, 1);
        e.flips[j / WORD_BITS] |= (BINARY_WORD)chance(50) << j % WORD_BITS;
    }
    return e;
}

static int suits(const method *by, const xnor_kernel *kernel)
{
    if (by->fn == xnor_planes_rows)
        return kernel->usable();
    return xnor_cpu_has_vnni() && kernel->panel_columns == CHUNK && kernel->element_bytes == 4;
}

static void check_methods(const operands *o, method *methods, int count)
{
    const blocks b = draw_blocks(o->rows);
    uint8_t *x = draw_bytes(o->rows, o->depth);
    int32_t *sums = memory(o->columns * (ptrdiff_t)sizeof *sums);
    const expectation expected = expect(o, x);
    for (ptrdiff_t j = 0; j < o->columns; ++j)
        for (ptrdiff_t k = 0; k < o->depth; ++k)
            sums[j] += sign_of(o, k, j);
    for (int kernel = 0; kernel < xnor_kernel_count; ++kernel)
        for (int by = 0; by < count; ++by)
            for (int run = 0; run < 2 * PLACES && suits(&methods[by], &xnor_kernels[kernel]); ++run) {
                const place where = (place)(run % PLACES);
                const int to_bits = run / PLACES;
                describe("bytes by %s, %s, M=%td N=%td K=%d, %s, %td blocks, place %d", methods[by].name,
                         xnor_kernels[kernel].name, o->rows, o->columns, o->depth, to_bits ? "bits" : "sums", b.count,
                         (int)where);
                check(o, &xnor_kernels[kernel], &methods[by], x, sums, &expected, &b, to_bits, where);
                ++methods[by].products;
            }
    free(x);
    free(sums);
    free(expected.products);
    free(expected.thresholds);
    free(expected.flips);
}

long check_byte_products(long draws)
{
    method methods[] = {
        {xnor_planes_rows, xnor_planes_scratch, "planes", 0},
#ifdef XNOR_X86
        {xnor_vnni_rows, xnor_vnni_scratch, "vnni", 0},
#endif
    };
    const int count = (int)(sizeof methods / sizeof *methods);
    long all = 0;
    for (long number = 0; number < draws; ++number) {
        const ptrdiff_t limits[] = {32, 64, 128, 256};
        const ptrdiff_t depth = chance(70) ? number % 130 + 1 : PICK(limits) + between(-1, 1);
        operands o = operands_of(between(0, 13), number % 150 + 1, depth);
        check_methods(&o, methods, count);
        free_operands(&o);
    }
    for (int by = 0; by < count; ++by)
        if (methods[by].products) {
            printf("method %s: %ld products\n", methods[by].name, methods[by].products);
            all += methods[by].products;
        }
    return all;
}
