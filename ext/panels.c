/* B as a kernel wants it: panels of columns, in which one element of every column stands beside the next column's.
 * The kernel then reads its panel from front to back, and a vector register holds as many columns as it has lanes;
 * no sum has to be gathered from several lanes. Columns that do not exist are 0, and so are bits beyond the span. */
#include "xnor.h"

static ptrdiff_t quotient_up(ptrdiff_t a, ptrdiff_t b)
{
    return (a + b - 1) / b;
}

size_t xnor_panel_bytes(const xnor_kernel *kernel, ptrdiff_t columns, ptrdiff_t words, ptrdiff_t span)
{
    if (!kernel->panel_columns)
        return (size_t)(words * columns) * sizeof(BINARY_WORD);
    const ptrdiff_t elements = quotient_up(span, 8 * kernel->element_bytes);
    const ptrdiff_t wide = quotient_up(columns, CHUNK) * CHUNK; /* whole chunks, whatever a panel is */
    return (size_t)(elements * wide * kernel->element_bytes);
}

/* One loop for all widths of an element; each call has a constant one, so that the compiler can vectorise it. */
#define PANELS(TYPE)                                                                                                  \
    do {                                                                                                              \
        TYPE *to = panels;                                                                                            \
        const int each = (int)(sizeof(BINARY_WORD) / sizeof(TYPE)), bits = 8 * (int)sizeof(TYPE);                     \
        const ptrdiff_t elements = quotient_up(span, bits);                                                           \
        for (ptrdiff_t first = 0; first < quotient_up(columns, CHUNK) * CHUNK; first += width) {                      \
            const ptrdiff_t left = columns - first, count = left < 0 ? 0 : left < width ? left : width;               \
            for (ptrdiff_t k = 0; k < elements; ++k, to += width) {                                                   \
                const BINARY_WORD *from = b + k / each * columns + first;                                             \
                const int shift = (int)(k % each) * bits;                                                             \
                for (ptrdiff_t j = 0; j < count; ++j)                                                                 \
                    to[j] = (TYPE)(from[j] >> shift);                                                                 \
                for (ptrdiff_t j = count; j < width; ++j)                                                             \
                    to[j] = 0;                                                                                        \
            }                                                                                                         \
        }                                                                                                             \
    } while (0)

void xnor_prepare(const xnor_kernel *kernel, ptrdiff_t columns, ptrdiff_t words, ptrdiff_t span,
                  const BINARY_WORD *b, void *panels)
{
    const ptrdiff_t width = kernel->panel_columns;
    if (!width)
        memcpy(panels, b, (size_t)(words * columns) * sizeof *b);
    else if (kernel->element_bytes == 1)
        PANELS(uint8_t);
    else if (kernel->element_bytes == 4)
        PANELS(uint32_t);
    else
        PANELS(uint64_t);
}
