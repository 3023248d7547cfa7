/* Convolution as a matrix product whose rows are gathered, words at a time, from images that are packed already.
 *
 * A row of A belongs to one output pixel and holds the words of the pixels under the filter: taps top to bottom, left to
 * right, and `pixel` words of channels for each. Packing first and gathering afterwards moves 32 times fewer bytes than
 * gathering floats. A block of rows is gathered into a few kilobytes and multiplied while it is still in the cache.
 */
#include "conv.h"

size_t xnor_conv_scratch(const xnor_conv *job, ptrdiff_t block)
{
    return (size_t)(block * job->product.words) * sizeof(BINARY_WORD);
}

static ptrdiff_t at_least(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

static ptrdiff_t at_most(ptrdiff_t a, ptrdiff_t b)
{
    return a < b ? a : b;
}

/* Which of the output positions [first, end) have this tap inside: those with 0 <= x * stride + offset < size. */
static void inside(ptrdiff_t offset, ptrdiff_t stride, ptrdiff_t size, ptrdiff_t *first, ptrdiff_t *end)
{
    const ptrdiff_t from = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
    const ptrdiff_t to = size <= offset ? 0 : (size - offset + stride - 1) / stride;
    *first = at_most(at_least(*first, from), *end);
    *end = at_least(at_most(*end, to), *first);
}

XNOR_INLINE void copy(BINARY_WORD *to, ptrdiff_t to_step, const BINARY_WORD *from, ptrdiff_t from_step, ptrdiff_t words,
                      ptrdiff_t count)
{
    for (; count > 0; --count, to += to_step, from += from_step)
        for (ptrdiff_t word = 0; word < words; ++word)
            to[word] = from[word];
}

/* The same for the lengths that are common, known when this is compiled. */
static void copy_pixels(BINARY_WORD *to, ptrdiff_t to_step, const BINARY_WORD *from, ptrdiff_t from_step,
                        ptrdiff_t words, ptrdiff_t count)
{
    switch (words) {
    case 1:
        copy(to, to_step, from, from_step, 1, count);
        break;
    case 2:
        copy(to, to_step, from, from_step, 2, count);
        break;
    case 4:
        copy(to, to_step, from, from_step, 4, count);
        break;
    default:
        copy(to, to_step, from, from_step, words, count);
    }
}

/* One tap of `count` output pixels of one row, from column `x` on. */
static void gather_tap(const xnor_conv *p, const BINARY_WORD *image, ptrdiff_t row, ptrdiff_t tap_x, ptrdiff_t x,
                       ptrdiff_t count, BINARY_WORD *a)
{
    const ptrdiff_t words = p->product.words, offset = tap_x * p->dilation_x - p->pad_x;
    ptrdiff_t first = x, end = x + count;
    if (row < 0 || row >= p->height)
        end = x;
    else
        inside(offset, p->stride_x, p->width, &first, &end);
    copy_pixels(a, words, p->outside, 0, p->pixel, first - x);
    if (end > first)
        copy_pixels(a + (first - x) * words, words,
                    image + (row * p->width + first * p->stride_x + offset) * p->pixel_stride,
                    p->stride_x * p->pixel_stride, p->pixel, end - first);
    copy_pixels(a + (end - x) * words, words, p->outside, 0, p->pixel, x + count - end);
}

/* `count` output pixels of one row of one image, from column `x` on. */
static void gather_row(const xnor_conv *p, ptrdiff_t image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t count, BINARY_WORD *a)
{
    const BINARY_WORD *pixels = p->pixels + image * p->height * p->width * p->pixel_stride;
    for (ptrdiff_t tap_y = 0; tap_y < p->filter_height; ++tap_y)
        for (ptrdiff_t tap_x = 0; tap_x < p->filter_width; ++tap_x, a += p->pixel)
            gather_tap(p, pixels, y * p->stride_y + tap_y * p->dilation_y - p->pad_y, tap_x, x, count, a);
}

static int all_inside(ptrdiff_t first, ptrdiff_t taps, ptrdiff_t dilation, ptrdiff_t size)
{
    return first >= 0 && first + (taps - 1) * dilation < size;
}

/* Taps beyond the edge counted as products with -1; with a padding of 0 they count nothing. */
static void correct_pixel(const xnor_conv *p, ptrdiff_t y, ptrdiff_t x, int32_t *c)
{
    const int32_t *correction = p->corrections;
    const ptrdiff_t top = y * p->stride_y - p->pad_y, left = x * p->stride_x - p->pad_x;
    if (all_inside(top, p->filter_height, p->dilation_y, p->height) &&
        all_inside(left, p->filter_width, p->dilation_x, p->width))
        return;
    for (ptrdiff_t tap_y = 0; tap_y < p->filter_height; ++tap_y)
        for (ptrdiff_t tap_x = 0; tap_x < p->filter_width; ++tap_x, correction += p->product.columns) {
            const ptrdiff_t row = top + tap_y * p->dilation_y, column = left + tap_x * p->dilation_x;
            if (row < 0 || row >= p->height || column < 0 || column >= p->width)
                for (ptrdiff_t n = 0; n < p->product.columns; ++n)
                    c[n] += correction[n];
        }
}

void xnor_conv_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const xnor_conv *p = job;
    const ptrdiff_t out_pixels = p->out_height * p->out_width;
    xnor_product block = p->product;
    block.a = scratch;
    block.rows = count;
    for (ptrdiff_t row = first, some; row < first + count; row += some) { /* to the end of each row of pixels */
        const ptrdiff_t x = row % p->out_width;
        some = at_most(p->out_width - x, first + count - row);
        gather_row(p, row / out_pixels, row % out_pixels / p->out_width, x, some,
                   (BINARY_WORD *)scratch + (row - first) * block.words);
    }
    if (block.c)
        block.c += first * block.c_stride;
    else
        block.bits += first * block.bits_stride;
    block.kernel->rows(&block, 0, count);
    if (p->corrections)
        for (ptrdiff_t row = first; row < first + count; ++row)
            correct_pixel(p, row % out_pixels / p->out_width, row % p->out_width,
                          p->product.c + row * p->product.c_stride);
}
