/* How each operation of a packed network is computed. C99, without an allocation.
 *
 * Words hold 64 signs, lowest bit first, 1 for +1 and 0 for -1, the bits beyond the last sign 0. Two vectors of signs
 * that differ in d of K places have the dot product K - 2 d. Images of signs have the channels of each pixel in words
 * of its own, pixels in rows; images of floats are (channels, height, width).
 */
typedef struct {
    int channels, height, width;
    int filters, out_height, out_width;
    int size_y, size_x, stride_y, stride_x, padding_y, padding_x, dilation_y, dilation_x;
    int groups;
    float pad_value;
} NAME_window;

static inline int NAME_popcount(uint64_t word)
{
#if defined(__GNUC__) || defined(__clang__)
    return __builtin_popcountll(word);
#else
    word -= word >> 1 & 0x5555555555555555u;
    word = (word & 0x3333333333333333u) + (word >> 2 & 0x3333333333333333u);
    word = (word + (word >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)(word * 0x0101010101010101u >> 56);
#endif
}

static inline int NAME_words(int bits)
{
    return (bits + 63) / 64;
}

static inline int NAME_bit(const uint64_t *words, int place)
{
    return (int)(words[place / 64] >> place % 64 & 1);
}

static inline void NAME_put(uint64_t *words, int place, int bit)
{
    words[place / 64] |= (uint64_t)bit << place % 64;
}

/* Copies `count` bits from place `first` on to place `at` on, where the bits must be 0 before. */
static inline void NAME_append(uint64_t *to, int at, const uint64_t *from, int first, int count)
{
    while (count > 0) {
        int some = count < 64 ? count : 64;
        uint64_t bits = from[first / 64] >> first % 64;
        if (first % 64 + some > 64)
            bits |= from[first / 64 + 1] << (64 - first % 64);
        if (some < 64)
            bits &= ((uint64_t)1 << some) - 1;
        to[at / 64] |= bits << at % 64;
        if (at % 64 + some > 64)
            to[at / 64 + 1] |= bits >> (64 - at % 64);
        first += some;
        at += some;
        count -= some;
    }
}

/* ---- products: weights are (outputs, words), or (outputs, inputs) floats ---- */

/* With a mask only its bits count. */
static inline void NAME_xnor_dense(const uint64_t *x, const uint64_t *weights, const uint64_t *mask, int depth,
                                   int outputs, int32_t *sums)
{
    int words = NAME_words(depth), counted = depth;
    if (mask) {
        counted = 0;
        for (int k = 0; k < words; ++k)
            counted += NAME_popcount(mask[k]);
    }
    for (int n = 0; n < outputs; ++n, weights += words) {
        int differences = 0;
        for (int k = 0; k < words; ++k) {
            uint64_t different = x[k] ^ weights[k];
            differences += NAME_popcount(mask ? different & mask[k] : different);
        }
        sums[n] = counted - 2 * differences;
    }
}

/* Bytes times signs, one of the eight bits of all bytes at a time. `planes` has room for eight vectors of words. */
static inline void NAME_pixel_dense(const uint8_t *pixels, const uint64_t *weights, int depth, int outputs,
                                    uint64_t *planes, int32_t *sums)
{
    int words = NAME_words(depth);
    int32_t total = 0;
    memset(planes, 0, sizeof *planes * 8 * (size_t)words);
    for (int k = 0; k < depth; ++k) {
        total += pixels[k];
        for (int plane = 0; plane < 8; ++plane)
            NAME_put(planes + plane * words, k, pixels[k] >> plane & 1);
    }
    for (int n = 0; n < outputs; ++n, weights += words) {
        int32_t plus = 0;
        for (int plane = 0; plane < 8; ++plane) {
            int count = 0;
            for (int k = 0; k < words; ++k)
                count += NAME_popcount(planes[plane * words + k] & weights[k]);
            plus += (int32_t)count << plane;
        }
        sums[n] = 2 * plus - total;
    }
}

/* Outputs are `step` apart here and below: 1, or the pixels of an image. `bias` may be null. */
static inline void NAME_float_dense(const float *x, const float *weights, const float *bias, int inputs, int outputs,
                                    float *y, int step)
{
    for (int n = 0; n < outputs; ++n, weights += inputs) {
        float sum = 0;
        for (int k = 0; k < inputs; ++k)
            sum += x[k] * weights[k];
        y[n * step] = bias ? sum + bias[n] : sum;
    }
}

static inline void NAME_dense_on_signs(const uint64_t *x, const float *weights, const float *bias, int inputs,
                                       int outputs, float *y)
{
    for (int n = 0; n < outputs; ++n, weights += inputs) {
        float sum = 0;
        for (int k = 0; k < inputs; ++k)
            sum += NAME_bit(x, k) ? weights[k] : -weights[k];
        y[n] = sum + bias[n];
    }
}

static inline void NAME_sign_dense(const float *x, const uint64_t *weights, const float *alpha, int inputs,
                                   int outputs, float *y, int step)
{
    for (int n = 0; n < outputs; ++n, weights += NAME_words(inputs)) {
        float sum = 0;
        for (int k = 0; k < inputs; ++k)
            sum += NAME_bit(weights, k) ? x[k] : -x[k];
        y[n * step] = alpha ? sum * alpha[n] : sum;
    }
}

/* ---- what follows a product ---- */

/* Sums to bits, from place `at` on. */
static inline void NAME_threshold(const int32_t *sums, const int32_t *limits, int outputs, uint64_t *bits, int at)
{
    for (int n = 0; n < outputs; ++n)
        NAME_put(bits, at + n, sums[n] >= limits[n]);
}

static inline void NAME_scale(const int32_t *sums, const float *alpha, int outputs, float *y, int step)
{
    for (int n = 0; n < outputs; ++n)
        y[n * step] = alpha ? (float)sums[n] * alpha[n] : (float)sums[n];
}

/* Sums of pixels p to sums of the numbers p / divisor + offset. */
static inline void NAME_scale_pixels(const int32_t *sums, double divisor, const double *shifts, const float *alpha,
                                     int outputs, float *y)
{
    for (int n = 0; n < outputs; ++n) {
        float number = (float)(sums[n] / divisor + shifts[n]);
        y[n] = alpha ? number * alpha[n] : number;
    }
}

/* ---- convolutions: a product for each place of the window ---- */

/* Row or column of the image under a tap; it may lie outside. */
static inline int NAME_under(int out, int stride, int padding, int tap, int dilation)
{
    return out * stride - padding + tap * dilation;
}

/* The signs under the window, tap after tap; the mask, if there is one, says which of them are in the image. */
static inline void NAME_bit_patch(const NAME_window *window, const uint64_t *image, int group, int row, int column,
                                  uint64_t *patch, uint64_t *mask)
{
    int each = window->channels / window->groups, at = 0;
    size_t size = sizeof *patch * (size_t)NAME_words(window->size_y * window->size_x * each);
    memset(patch, 0, size);
    if (mask)
        memset(mask, 0, size);
    for (int tap_y = 0; tap_y < window->size_y; ++tap_y)
        for (int tap_x = 0; tap_x < window->size_x; ++tap_x, at += each) {
            int y = NAME_under(row, window->stride_y, window->padding_y, tap_y, window->dilation_y);
            int x = NAME_under(column, window->stride_x, window->padding_x, tap_x, window->dilation_x);
            if (y >= 0 && y < window->height && x >= 0 && x < window->width) {
                const uint64_t *pixel = image + (y * window->width + x) * NAME_words(window->channels);
                NAME_append(patch, at, pixel, group * each, each);
                for (int k = 0; mask && k < each; ++k)
                    NAME_put(mask, at + k, 1);
            } else {
                for (int k = 0; window->pad_value > 0 && k < each; ++k)
                    NAME_put(patch, at + k, 1);
            }
        }
}

/* Bits come out where there are limits, and numbers where there are none. */
static inline void NAME_xnor_conv(const NAME_window *window, const uint64_t *image, const uint64_t *weights,
                                  const int32_t *limits, const float *alpha, uint64_t *patch, uint64_t *mask,
                                  int32_t *sums, uint64_t *bits, float *numbers)
{
    int pixels = window->out_height * window->out_width, outputs = window->filters / window->groups;
    int depth = window->channels / window->groups * window->size_y * window->size_x;
    if (limits)
        memset(bits, 0, sizeof *bits * (size_t)(pixels * NAME_words(window->filters)));
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int group = 0; group < window->groups; ++group) {
            int first = group * outputs;
            NAME_bit_patch(window, image, group, pixel / window->out_width, pixel % window->out_width, patch, mask);
            NAME_xnor_dense(patch, weights + first * NAME_words(depth), mask, depth, outputs, sums);
            if (limits)
                NAME_threshold(sums, limits + first, outputs, bits + pixel * NAME_words(window->filters), first);
            else
                NAME_scale(sums, alpha ? alpha + first : alpha, outputs, numbers + first * pixels + pixel, pixels);
        }
}

/* The numbers under the window, channel after channel. */
static inline void NAME_float_patch(const NAME_window *window, const float *image, int group, int row, int column,
                                    float *patch)
{
    int each = window->channels / window->groups;
    for (int channel = group * each; channel < (group + 1) * each; ++channel)
        for (int tap_y = 0; tap_y < window->size_y; ++tap_y)
            for (int tap_x = 0; tap_x < window->size_x; ++tap_x) {
                int y = NAME_under(row, window->stride_y, window->padding_y, tap_y, window->dilation_y);
                int x = NAME_under(column, window->stride_x, window->padding_x, tap_x, window->dilation_x);
                int inside = y >= 0 && y < window->height && x >= 0 && x < window->width;
                *patch++ = inside ? image[(channel * window->height + y) * window->width + x] : window->pad_value;
            }
}

/* Floats or signs: one of the two kinds of weights is null, and so may be the bias, or alpha. */
static inline void NAME_float_conv(const NAME_window *window, const float *image, const float *weights,
                                   const uint64_t *signs, const float *last, float *patch, float *numbers)
{
    int pixels = window->out_height * window->out_width, outputs = window->filters / window->groups;
    int depth = window->channels / window->groups * window->size_y * window->size_x;
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int group = 0; group < window->groups; ++group) {
            int first = group * outputs;
            const float *own = last ? last + first : last;
            float *y = numbers + first * pixels + pixel;
            NAME_float_patch(window, image, group, pixel / window->out_width, pixel % window->out_width, patch);
            if (weights)
                NAME_float_dense(patch, weights + first * depth, own, depth, outputs, y, pixels);
            else
                NAME_sign_dense(patch, signs + first * NAME_words(depth), own, depth, outputs, y, pixels);
        }
}

/* ---- everything else; a row is an image of one pixel ---- */

static inline void NAME_from_pixels(const uint8_t *pixels, int count, float divisor, float offset, float *y)
{
    for (int k = 0; k < count; ++k)
        y[k] = (float)pixels[k] / divisor + offset;
}

static inline void NAME_relu(const float *x, int count, float *y)
{
    for (int k = 0; k < count; ++k)
        y[k] = x[k] > 0 ? x[k] : 0;
}

static inline void NAME_tanh(const float *x, int count, float *y)
{
    for (int k = 0; k < count; ++k)
        y[k] = tanhf(x[k]);
}

static inline void NAME_sigmoid(const float *x, int count, float *y)
{
    for (int k = 0; k < count; ++k)
        y[k] = 0.5f * (1.0f + tanhf(0.5f * x[k]));
}

static inline void NAME_softplus(const float *x, int count, float *y)
{
    for (int k = 0; k < count; ++k)
        y[k] = x[k] > 0 ? x[k] + log1pf(expf(-x[k])) : log1pf(expf(x[k]));
}

/* How many of `depth` signs agree, from their dot product. */
static inline void NAME_counts(const float *x, int depth, const float *bias, int channels, int pixels, float *y)
{
    for (int k = 0; k < channels * pixels; ++k) {
        float count = (x[k] + (float)depth) * 0.5f;
        y[k] = bias ? count + bias[k / pixels] : count;
    }
}

/* Adds x to y; a step of 0 adds one channel, or pixel, to all. */
static inline void NAME_add(const float *x, int channel_step, int pixel_step, int channels, int pixels, float *y)
{
    for (int channel = 0; channel < channels; ++channel)
        for (int pixel = 0; pixel < pixels; ++pixel)
            *y++ += x[channel * channel_step + pixel * pixel_step];
}

static inline void NAME_pad(const float *x, int channels, int height, int width, int above, int left, int out_height,
                            int out_width, float value, float *y)
{
    for (int channel = 0; channel < channels; ++channel)
        for (int row = -above; row < out_height - above; ++row)
            for (int column = -left; column < out_width - left; ++column) {
                int inside = row >= 0 && row < height && column >= 0 && column < width;
                *y++ = inside ? x[(channel * height + row) * width + column] : value;
            }
}

static inline void NAME_batch_norm(const float *x, const float *factors, const float *shifts, int channels, int pixels,
                                   float *y)
{
    for (int k = 0; k < channels * pixels; ++k)
        y[k] = x[k] * factors[k / pixels] + shifts[k / pixels];
}

/* Without limits the sign itself. A turn is 1, or -1 for channels whose numbers must be at most -limit. */
static inline void NAME_compare(const float *x, const float *limits, const float *turns, int channels, int pixels,
                                uint64_t *bits)
{
    memset(bits, 0, sizeof *bits * (size_t)(pixels * NAME_words(channels)));
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int channel = 0; channel < channels; ++channel) {
            float number = x[channel * pixels + pixel];
            int met = limits ? turns[channel] * number >= limits[channel] : number >= 0;
            NAME_put(bits + pixel * NAME_words(channels), channel, met);
        }
}

static inline void NAME_unpack(const uint64_t *bits, int channels, int pixels, float *y)
{
    for (int pixel = 0; pixel < pixels; ++pixel)
        for (int channel = 0; channel < channels; ++channel)
            y[channel * pixels + pixel] = NAME_bit(bits + pixel * NAME_words(channels), channel) ? 1.0f : -1.0f;
}

static inline void NAME_max_pool(const NAME_window *window, const float *x, float *y)
{
    for (int channel = 0; channel < window->channels; ++channel, x += window->height * window->width)
        for (int row = 0; row < window->out_height; ++row)
            for (int column = 0; column < window->out_width; ++column) {
                int found = 0;
                float largest = 0;
                for (int tap = 0; tap < window->size_y * window->size_x; ++tap) {
                    int v = NAME_under(row, window->stride_y, window->padding_y, tap / window->size_x, 1);
                    int u = NAME_under(column, window->stride_x, window->padding_x, tap % window->size_x, 1);
                    if (v < 0 || v >= window->height || u < 0 || u >= window->width)
                        continue;
                    if (!found || x[v * window->width + u] > largest)
                        largest = x[v * window->width + u];
                    found = 1;
                }
                *y++ = largest;
            }
}

/* Padding takes part as zeros, and what a last window has beyond it takes no part. */
static inline void NAME_average_pool(const NAME_window *window, const float *x, float *y)
{
    for (int channel = 0; channel < window->channels; ++channel, x += window->height * window->width)
        for (int row = 0; row < window->out_height; ++row)
            for (int column = 0; column < window->out_width; ++column) {
                int count = 0;
                float sum = 0;
                for (int tap = 0; tap < window->size_y * window->size_x; ++tap) {
                    int v = NAME_under(row, window->stride_y, window->padding_y, tap / window->size_x, 1);
                    int u = NAME_under(column, window->stride_x, window->padding_x, tap % window->size_x, 1);
                    count += v < window->height + window->padding_y && u < window->width + window->padding_x;
                    if (v >= 0 && v < window->height && u >= 0 && u < window->width)
                        sum += x[v * window->width + u];
                }
                *y++ = sum / (float)count;
            }
}

/* The largest sign is the or of bits. Channels whose bit is set in `turns`, which may be null, give the least. */
static inline void NAME_bit_pool(const NAME_window *window, const uint64_t *image, const uint64_t *turns,
                                 uint64_t *pooled)
{
    int words = NAME_words(window->channels);
    for (int pixel = 0; pixel < window->out_height * window->out_width; ++pixel)
        for (int k = 0; k < words; ++k) {
            uint64_t any = 0, turn = turns ? turns[k] : 0;
            for (int tap = 0; tap < window->size_y * window->size_x; ++tap) {
                int v = NAME_under(pixel / window->out_width, window->stride_y, window->padding_y,
                                   tap / window->size_x, 1);
                int u = NAME_under(pixel % window->out_width, window->stride_x, window->padding_x,
                                   tap % window->size_x, 1);
                if (v >= 0 && v < window->height && u >= 0 && u < window->width)
                    any |= image[(v * window->width + u) * words + k] ^ turn;
            }
            pooled[pixel * words + k] = any ^ turn;
        }
}

static inline int NAME_argmax(const float *numbers, int count)
{
    int best = 0;
    for (int k = 1; k < count; ++k)
        if (numbers[k] > numbers[best])
            best = k;
    return best;
}

/* How many numbers are not within the tolerance of what is expected. */
static inline int NAME_differ(const float *numbers, const float *expected, int count, float tolerance)
{
    int wrong = 0;
    for (int k = 0; k < count; ++k)
        wrong += !(numbers[k] - expected[k] <= tolerance && expected[k] - numbers[k] <= tolerance);
    return wrong;
}
