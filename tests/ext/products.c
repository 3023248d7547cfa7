/* Every kernel that this CPU can run, on the same operands, to dot products and to bits, between guard pages. */
#include "operands.h"
#include "results.h"

#include <stdio.h>

/* As xnor.h says: panels of columns, and in them one element of every column, then the next of every column. Columns
 * that do not exist are 0. */
static void check_panels(const operands *o, const xnor_kernel *kernel, const uint8_t *panels, ptrdiff_t bytes)
{
    const ptrdiff_t size = kernel->element_bytes, width = kernel->panel_columns;
    const ptrdiff_t each = (o->span + 8 * size - 1) / (8 * size) * size; /* bytes of one column */
    for (ptrdiff_t at = 0; width && at < bytes; ++at) {
        const ptrdiff_t column = at / (each * width) * width + at / size % width;
        const ptrdiff_t byte = at % (each * width) / (size * width) * size + at % size;
        const BINARY_WORD word = column < o->columns ? o->b[byte / 8 * o->columns + column] : 0;
        if (panels[at] != (word >> 8 * (byte % 8) & 0xff))
            fail("panels: byte %td of column %td is %02x", byte, column, panels[at]);
    }
}

static void check(const operands *o, xnor_product p, const blocks *b, const thresholds *t, place where)
{
    guarded a = guarded_a(o, where), panels = guarded_panels(o, p.kernel, where);
    const task of = {xnor_product_rows, &p, &p, NULL};
    p.a = a.at;
    p.panels = panels.at;
    if (t) {
        check_bits(of, b, t, o->dots, where);
    } else {
        check_panels(o, p.kernel, panels.at, (ptrdiff_t)panels.bytes);
        check_dots(of, b, o->dots, where);
    }
    release(&a);
    release(&panels);
}

static long counts[16];

static void check_every_kernel(const operands *o)
{
    const int stream = chance(30);
    const blocks b = draw_blocks(o->rows);
    thresholds t = draw_thresholds(o->rows, o->columns, o->depth, o->dots);
    xnor_product p = product_of(o);
    p.c_stride = draw_c_stride(o->columns, stream);
    p.bits_stride = draw_bits_stride(o->columns);
    for (int kernel = 0; kernel < xnor_kernel_count; ++kernel) {
        if (!xnor_kernels[kernel].usable())
            continue;
        p.kernel = &xnor_kernels[kernel];
        for (int bits = 0; bits < 2; ++bits)
            for (place where = 0; where < PLACES; ++where) {
                p.stream = stream && !bits;
                describe("%s, M=%td N=%td K=%d span=%td words=%td, %s, c_stride=%td bits_stride=%td stream=%d, "
                         "%td blocks, place %d",
                         p.kernel->name, p.rows, p.columns, p.depth, p.span, p.words, bits ? "bits" : "dots",
                         p.c_stride, p.bits_stride, p.stream, b.count, (int)where);
                check(o, p, &b, bits ? &t : NULL, where);
                ++counts[kernel];
            }
    }
    free_thresholds(&t);
}

long check_products(long draws)
{
    /* Sums of 16 bits are full after 264 * 31 * 8 = 65472 places; and a large result, for the stores past caches. */
    const ptrdiff_t large[][3] = {{5, 17, 65472}, {5, 17, 65473}, {4, 9, 3 * 65472 + 17}, {70, 320, 64}};
    for (size_t i = 0; i < sizeof large / sizeof *large; ++i) {
        operands o = operands_of(large[i][0], large[i][1], large[i][2]);
        check_every_kernel(&o);
        free_operands(&o);
    }
    for (long number = 0; number < draws; ++number) {
        operands o = draw_operands(number);
        check_every_kernel(&o);
        free_operands(&o);
    }
    long all = 0;
    for (int kernel = 0; kernel < xnor_kernel_count; ++kernel)
        if (counts[kernel]) {
            printf("kernel %s: %ld products\n", xnor_kernels[kernel].name, counts[kernel]);
            all += counts[kernel];
        }
    return all;
}
