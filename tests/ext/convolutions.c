/* Convolutions of packed images by every kernel that this CPU can run, tap by tap and channel by channel. */
#include "conv.h"
#include "results.h"

/* Signs as bits, one to a byte. The images are those of one group of channels; the words of other groups lie between. */
typedef struct {
    xnor_conv conv; /* its shape */
    ptrdiff_t images, channels, groups;
    int pad_value;
    uint8_t *pixels;  /* images x height x width x channels */
    uint8_t *filters; /* columns x taps x channels */
    int32_t *dots;    /* output pixels x columns */
} convolution;

static ptrdiff_t taps_of(const xnor_conv *c)
{
    return c->filter_height * c->filter_width;
}

static ptrdiff_t positions(ptrdiff_t size, ptrdiff_t taps, ptrdiff_t stride, ptrdiff_t dilation, ptrdiff_t pad)
{
    const ptrdiff_t room = size + 2 * pad - dilation * (taps - 1) - 1;
    return room < 0 ? 0 : room / stride + 1;
}

static int sum_of_tap(const uint8_t *filter, ptrdiff_t channels)
{
    int sum = 0;
    for (ptrdiff_t channel = 0; channel < channels; ++channel)
        sum += filter[channel] ? 1 : -1;
    return sum;
}

/* What one tap of a filter adds to output pixel (y, x) of an image. */
static int tap_product(const convolution *c, ptrdiff_t image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t tap,
                       const uint8_t *filter)
{
    const xnor_conv *s = &c->conv;
    const ptrdiff_t row = y * s->stride_y + tap / s->filter_width * s->dilation_y - s->pad_y;
    const ptrdiff_t column = x * s->stride_x + tap % s->filter_width * s->dilation_x - s->pad_x;
    int sum = 0;
    if (row < 0 || row >= s->height || column < 0 || column >= s->width)
        return c->pad_value * sum_of_tap(filter, c->channels);
    const uint8_t *pixel = c->pixels + ((image * s->height + row) * s->width + column) * c->channels;
    for (ptrdiff_t channel = 0; channel < c->channels; ++channel)
        sum += pixel[channel] == filter[channel] ? 1 : -1;
    return sum;
}

static void convolve(convolution *c)
{
    const xnor_conv *s = &c->conv;
    const ptrdiff_t taps = taps_of(s), columns = s->product.columns, out_pixels = s->out_height * s->out_width;
    for (ptrdiff_t row = 0; row < s->product.rows; ++row)
        for (ptrdiff_t n = 0; n < columns; ++n)
            for (ptrdiff_t tap = 0; tap < taps; ++tap)
                c->dots[row * columns + n] +=
                    tap_product(c, row / out_pixels, row % out_pixels / s->out_width, row % s->out_width, tap,
                                c->filters + (n * taps + tap) * c->channels);
}

static uint8_t *draw_signs(ptrdiff_t count)
{
    uint8_t *signs = memory(count);
    for (ptrdiff_t i = 0; i < count; ++i)
        signs[i] = (uint8_t)(draw() >> 63);
    return signs;
}

static convolution draw_convolution(void)
{
    convolution c = {.images = between(1, 2), .channels = chance(70) ? between(1, 140) : 64 * between(1, 4),
                     .groups = between(1, 3), .pad_value = (int)between(-1, 1)};
    xnor_conv *s = &c.conv;
    do {
        s->height = between(0, 7);
        s->width = between(0, 7);
        s->filter_height = between(1, 3);
        s->filter_width = between(1, 3);
        s->stride_y = between(1, 3);
        s->stride_x = between(1, 3);
        s->dilation_y = between(1, 2);
        s->dilation_x = between(1, 2);
        s->pad_y = between(0, 3);
        s->pad_x = between(0, 3);
        s->out_height = positions(s->height, s->filter_height, s->stride_y, s->dilation_y, s->pad_y);
        s->out_width = positions(s->width, s->filter_width, s->stride_x, s->dilation_x, s->pad_x);
    } while (!s->out_height || !s->out_width);
    s->pixel = (c.channels + WORD_BITS - 1) / WORD_BITS;
    s->pixel_stride = c.groups * s->pixel;
    s->product = (xnor_product){
        .rows = c.images * s->out_height * s->out_width, .columns = chance(80) ? between(1, 20) : between(1, 130),
        .words = taps_of(s) * s->pixel, .span = taps_of(s) * s->pixel * WORD_BITS,
        .depth = (int32_t)(taps_of(s) * c.channels),
    };
    c.pixels = draw_signs(c.images * s->height * s->width * c.channels);
    c.filters = draw_signs(s->product.columns * taps_of(s) * c.channels);
    c.dots = memory(s->product.rows * s->product.columns * (ptrdiff_t)sizeof *c.dots);
    convolve(&c);
    return c;
}

static BINARY_WORD word_of(const uint8_t *signs, ptrdiff_t channels, ptrdiff_t word)
{
    BINARY_WORD bits = 0;
    for (ptrdiff_t k = word * WORD_BITS; k < channels && k < (word + 1) * WORD_BITS; ++k)
        bits |= (BINARY_WORD)signs[k] << k % WORD_BITS;
    return bits;
}

/* Up to the last word of the last pixel; the other groups' words are noise. */
static guarded packed_pixels(const convolution *c, place where)
{
    const xnor_conv *s = &c->conv;
    const ptrdiff_t pixels = c->images * s->height * s->width;
    const ptrdiff_t words = pixels ? (pixels - 1) * s->pixel_stride + s->pixel : 0;
    guarded buffer = guard("pixels", (size_t)words * sizeof(BINARY_WORD), sizeof(BINARY_WORD), where);
    BINARY_WORD *to = buffer.at;
    for (ptrdiff_t i = 0; i < words; ++i) {
        const ptrdiff_t pixel = i / s->pixel_stride, word = i % s->pixel_stride;
        to[i] = word < s->pixel ? word_of(c->pixels + pixel * c->channels, c->channels, word) : draw();
    }
    return buffer;
}

static guarded packed_filters(const convolution *c, const xnor_kernel *kernel, place where)
{
    const xnor_product *p = &c->conv.product;
    const size_t bytes = xnor_panel_bytes(kernel, p->columns, p->words, p->span);
    BINARY_WORD *b = memory(p->words * p->columns * (ptrdiff_t)sizeof *b);
    guarded panels = guard("panels", bytes, sizeof *b, where);
    for (ptrdiff_t word = 0; word < p->words; ++word)
        for (ptrdiff_t n = 0; n < p->columns; ++n) {
            const ptrdiff_t tap = word / c->conv.pixel;
            b[word * p->columns + n] = word_of(c->filters + (n * taps_of(&c->conv) + tap) * c->channels, c->channels,
                                               word % c->conv.pixel);
        }
    xnor_prepare(kernel, p->columns, p->words, p->span, b, panels.at);
    free(b);
    return panels;
}

/* A pixel of the padding; one of 0 is counted as -1 first, and corrected afterwards. */
static guarded outside_pixel(const convolution *c, place where)
{
    const size_t bytes = (size_t)c->conv.pixel * sizeof(BINARY_WORD);
    uint8_t *signs = memory(c->channels);
    memset(signs, c->pad_value == 1, (size_t)c->channels);
    guarded outside = guard("outside", bytes, sizeof(BINARY_WORD), where);
    for (ptrdiff_t word = 0; word < c->conv.pixel; ++word)
        ((BINARY_WORD *)outside.at)[word] = word_of(signs, c->channels, word);
    free(signs);
    return outside;
}

static guarded corrections_of(const convolution *c, place where)
{
    const ptrdiff_t taps = taps_of(&c->conv), columns = c->conv.product.columns;
    guarded corrections = guard("corrections", (size_t)(taps * columns) * sizeof(int32_t), sizeof(int32_t), where);
    for (ptrdiff_t i = 0; i < taps * columns; ++i) {
        const uint8_t *filter = c->filters + (i % columns * taps + i / columns) * c->channels;
        ((int32_t *)corrections.at)[i] = sum_of_tap(filter, c->channels);
    }
    return corrections;
}

static void check(const convolution *c, const xnor_kernel *kernel, const blocks *b, const thresholds *t, place where)
{
    xnor_conv job = c->conv;
    guarded pixels = packed_pixels(c, where), panels = packed_filters(c, kernel, where);
    guarded outside = outside_pixel(c, where), corrections = corrections_of(c, where);
    guarded scratch = guard("scratch", xnor_conv_scratch(&job, largest_block(b)), sizeof(BINARY_WORD), where);
    const task of = {xnor_conv_rows, &job, &job.product, scratch.at};
    job.pixels = pixels.at;
    job.outside = outside.at;
    job.corrections = c->pad_value == 0 ? corrections.at : NULL;
    job.product.kernel = kernel;
    job.product.panels = panels.at;
    if (t)
        check_bits(of, b, t, c->dots, where);
    else
        check_dots(of, b, c->dots, where);
    release(&pixels);
    release(&panels);
    release(&outside);
    release(&corrections);
    release(&scratch);
}

static long check_every_kernel(convolution *c)
{
    xnor_product *p = &c->conv.product;
    const xnor_conv *s = &c->conv;
    const int stream = chance(30);
    const blocks b = draw_blocks(p->rows);
    thresholds t = draw_thresholds(p->rows, p->columns, p->depth, c->dots);
    long cases = 0;
    p->c_stride = draw_c_stride(p->columns, stream);
    p->bits_stride = draw_bits_stride(p->columns);
    for (int kernel = 0; kernel < xnor_kernel_count; ++kernel)
        for (int bits = 0; bits < (c->pad_value ? 2 : 1) && xnor_kernels[kernel].usable(); ++bits)
            for (place where = 0; where < PLACES; ++where, ++cases) {
                p->stream = stream && !bits;
                describe("convolution, %s, %td images of %td x %td x %td (group 1 of %td), %td filters of %td x %td, "
                         "stride %td %td, dilation %td %td, padding %td %td of %d, %s, stream=%d, %td blocks, place %d",
                         xnor_kernels[kernel].name, c->images, c->channels, s->height, s->width, c->groups, p->columns,
                         s->filter_height, s->filter_width, s->stride_y, s->stride_x, s->dilation_y, s->dilation_x,
                         s->pad_y, s->pad_x, c->pad_value, bits ? "bits" : "dots", p->stream, b.count, (int)where);
                check(c, &xnor_kernels[kernel], &b, bits ? &t : NULL, where);
            }
    free_thresholds(&t);
    return cases;
}

long check_convolutions(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number) {
        convolution c = draw_convolution();
        cases += check_every_kernel(&c);
        free(c.pixels);
        free(c.filters);
        free(c.dots);
    }
    return cases;
}
