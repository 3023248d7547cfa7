#include "operands.h"

/* Where depth is smaller than the span: a convolution packs the channels of each pixel into whole bytes or words. */
typedef struct {
    ptrdiff_t channels, unit; /* of `unit` places, the first `channels` hold signs; the others are 0 in A and B */
} layout;

/* Rows of one sign only are frequent: two of them differ in every place, which is where a narrow sum overflows. */
static void draw_signs(uint8_t *signs, ptrdiff_t span, layout of)
{
    const int kind = (int)between(0, 3);
    for (ptrdiff_t k = 0; k < span; ++k)
        signs[k] = k % of.unit < of.channels && (kind < 2 ? kind : (int)(draw() >> 63));
}

static int32_t differences_of(const uint8_t *a, const uint8_t *b, ptrdiff_t span)
{
    int32_t differences = 0;
    for (ptrdiff_t k = 0; k < span; ++k)
        differences += a[k] != b[k];
    return differences;
}

static operands fill(operands o, layout of)
{
    uint8_t *a = memory(o.rows * o.span), *b = memory(o.columns * o.span);
    o.a = memory(o.rows * o.words * (ptrdiff_t)sizeof *o.a);
    o.b = memory(o.words * o.columns * (ptrdiff_t)sizeof *o.b);
    o.dots = memory(o.rows * o.columns * (ptrdiff_t)sizeof *o.dots);
    for (ptrdiff_t i = 0; i < o.rows; ++i) {
        draw_signs(a + i * o.span, o.span, of);
        for (ptrdiff_t k = 0; k < o.span; ++k)
            o.a[i * o.words + k / WORD_BITS] |= (BINARY_WORD)a[i * o.span + k] << k % WORD_BITS;
    }
    for (ptrdiff_t j = 0; j < o.columns; ++j) {
        draw_signs(b + j * o.span, o.span, of);
        for (ptrdiff_t k = 0; k < o.span; ++k)
            o.b[k / WORD_BITS * o.columns + j] |= (BINARY_WORD)b[j * o.span + k] << k % WORD_BITS;
    }
    for (ptrdiff_t i = 0; i < o.rows; ++i)
        for (ptrdiff_t j = 0; j < o.columns; ++j)
            o.dots[i * o.columns + j] = o.depth - 2 * differences_of(a + i * o.span, b + j * o.span, o.span);
    free(a);
    free(b);
    return o;
}

static ptrdiff_t draw_depth(void)
{
    const ptrdiff_t limits[] = {8, 31 * 8, 32, 64, 128, 256, 512}; /* of an element, of a sum of bytes, of registers */
    if (chance(50))
        return between(1, 130);
    const ptrdiff_t multiple = PICK(limits) * between(1, 5);
    return chance(80) ? multiple + between(-1, 1) : between(1, 2000);
}

static ptrdiff_t draw_columns(void)
{
    const ptrdiff_t limits[] = {16, 32, 48, 64, 128, 192};
    return chance(50) ? between(1, 200) : PICK(limits) + between(-1, 1);
}

operands draw_operands(long number)
{
    enum { ALL_COLUMNS = 200, ALL_DEPTHS = 130, ALL_ROWS = 10 };
    operands o = {.rows = chance(90) ? between(0, 9) : between(10, 40), .columns = draw_columns(), .span = draw_depth()};
    layout of = {1, 1};
    if (number < ALL_COLUMNS) {
        o.rows = number % ALL_ROWS;
        o.columns = number + 1;
        o.span = number % ALL_DEPTHS + 1;
    } else if (chance(30)) {
        const ptrdiff_t units[] = {1, 8, 32, 64};
        const ptrdiff_t unit = PICK(units);
        of.channels = between(1, 100);
        of.unit = (of.channels + unit - 1) / unit * unit;
        const ptrdiff_t pixels = between(1, 9);
        o.span = pixels * of.unit - (chance(50) ? of.unit - of.channels : 0); /* with the last padding, or without */
    }
    for (ptrdiff_t k = 0; k < o.span; ++k)
        o.depth += k % of.unit < of.channels;
    o.words = (o.span + WORD_BITS - 1) / WORD_BITS + (chance(20) ? between(1, 3) : 0);
    return fill(o, of);
}

operands operands_of(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth)
{
    const operands o = {.rows = rows, .columns = columns, .span = depth, .depth = (int32_t)depth,
                        .words = (depth + WORD_BITS - 1) / WORD_BITS};
    return fill(o, (layout){1, 1});
}

void free_operands(operands *o)
{
    free(o->a);
    free(o->b);
    free(o->dots);
}

xnor_product product_of(const operands *o)
{
    return (xnor_product){
        .rows = o->rows, .columns = o->columns, .words = o->words, .span = o->span, .depth = o->depth,
    };
}

guarded guarded_a(const operands *o, place where)
{
    return guarded_copy("a", o->a, (size_t)(o->rows * o->words) * sizeof *o->a, sizeof *o->a, where);
}

guarded guarded_panels(const operands *o, const xnor_kernel *kernel, place where)
{
    guarded b = guarded_copy("b", o->b, (size_t)(o->words * o->columns) * sizeof *o->b, sizeof *o->b, where);
    guarded panels = guard("panels", xnor_panel_bytes(kernel, o->columns, o->words, o->span), sizeof *o->b, where);
    xnor_prepare(kernel, o->columns, o->words, o->span, b.at, panels.at);
    release(&b);
    return panels;
}
