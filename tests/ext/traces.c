/* The trace of a product: what the lecture's loop did, in its own order, and the result that it left. */
#include "operands.h"

static void check(const operands *o, ptrdiff_t c_stride, place where)
{
    const size_t word = sizeof(BINARY_WORD), steps_taken = (size_t)(o->rows * o->words * o->columns);
    const ptrdiff_t elements = (o->rows - 1) * c_stride + o->columns;
    xnor_product p = product_of(o);
    p.kernel = &xnor_kernels[xnor_kernel_count - 1]; /* the lecture's */
    guarded a = guarded_a(o, where), panels = guarded_panels(o, p.kernel, where);
    guarded c = guard("c", (size_t)elements * sizeof(int32_t), sizeof(int32_t), where);
    guarded steps = guard("steps", steps_taken * sizeof(xnor_gemm_step), word, where);
    const xnor_gemm_step *step = steps.at;
    int32_t *sums = memory(o->rows * o->columns * (ptrdiff_t)sizeof *sums);
    p.a = a.at;
    p.panels = panels.at;
    p.c = c.at;
    p.c_stride = c_stride;
    xnor_trace_lecture(&p, steps.at);
    for (ptrdiff_t m = 0; m < o->rows; ++m)
        for (ptrdiff_t k = 0; k < o->words; ++k)
            for (ptrdiff_t n = 0; n < o->columns; ++n, ++step) {
                const BINARY_WORD x = o->a[m * o->words + k], y = o->b[k * o->columns + n];
                int32_t equal = 0;
                for (int bit = 0; bit < WORD_BITS; ++bit)
                    equal += (x >> bit & 1) == (y >> bit & 1);
                sums[m * o->columns + n] += equal;
                if (step->m != m || step->n != n || step->k != k || step->a != x || step->b != y ||
                    step->xor_ != (x ^ y) || step->xnor != ~(x ^ y) || step->popcount != equal ||
                    step->acc != sums[m * o->columns + n])
                    fail("step m=%td k=%td n=%td", m, k, n);
            }
    for (ptrdiff_t m = 0; m < o->rows; ++m)
        for (ptrdiff_t n = 0; n < o->columns; ++n)
            if (p.c[m * c_stride + n] != o->dots[m * o->columns + n])
                fail("c[%td, %td] = %d", m, n, p.c[m * c_stride + n]);
    free(sums);
    release(&a);
    release(&panels);
    release(&c);
    release(&steps);
}

long check_traces(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number) {
        operands o = operands_of(between(1, 5), between(1, 20), between(1, 200));
        const ptrdiff_t c_stride = o.columns + between(0, 2);
        for (place where = 0; where < PLACES; ++where, ++cases) {
            describe("trace, M=%td N=%td K=%d, c_stride=%td, place %d", o.rows, o.columns, o.depth, c_stride,
                     (int)where);
            check(&o, c_stride, where);
        }
        free_operands(&o);
    }
    return cases;
}
