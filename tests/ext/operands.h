/* Two random matrices of signs, and their product: places in which rows and columns differ, counted one by one. */
#ifndef BNNLAB_OPERANDS_H
#define BNNLAB_OPERANDS_H

#include "check.h"

typedef struct {
    ptrdiff_t rows, columns, words, span;
    int32_t depth;
    BINARY_WORD *a;       /* rows x words */
    BINARY_WORD *b;       /* words x columns */
    int32_t *dots;        /* rows x columns */
} operands;

/* The shape of case number `draw`: the first ones walk through all small numbers, the others are random. */
operands draw_operands(long number);
/* This shape; every place holds a sign. */
operands operands_of(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth);
void free_operands(operands *o);

/* The operands' shape, as a kernel takes it; without a kernel, addresses and strides. */
xnor_product product_of(const operands *o);
guarded guarded_a(const operands *o, place where);
/* B as the kernel wants it, prepared from a B between guard pages. */
guarded guarded_panels(const operands *o, const xnor_kernel *kernel, place where);

#endif
