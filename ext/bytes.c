/* Bytes as eight planes of bits, each multiplied by the binary kernel.
 *
 * x = sum over b of 2^b x_b with x_b in {0, 1}, and 2 x_b - 1 is the sign that stands for the bit x_b. With dot_b the
 * binary product of that plane of signs and S the sum of the column's signs, sum over k of x_b w = (dot_b + S) / 2, so
 *
 *   y = (sum over b of 2^b dot_b  +  255 S) / 2
 *
 * Every dot_b and S have the parity of the depth, so the bracket is even. It lies within 510 * depth, which the doorway
 * keeps within int32.
 */
#include "bytes.h"

#ifdef XNOR_X86
#include <immintrin.h>
#endif

enum { PLANES = 8 };

/* Products of one plane lie a whole number of cache lines from the next plane's. */
static ptrdiff_t dots_stride(const xnor_bytes *job)
{
    enum { LINE = 16 };
    return (job->weights.columns + LINE - 1) / LINE * LINE;
}

size_t xnor_planes_scratch(const xnor_bytes *job, ptrdiff_t block)
{
    return xnor_sums_bytes(job, block) +
           PLANES * ((size_t)dots_stride(job) * sizeof(int32_t) + (size_t)job->weights.words * sizeof(BINARY_WORD));
}

size_t xnor_sums_bytes(const xnor_bytes *job, ptrdiff_t block)
{
    enum { LINE = 64 };
    const size_t bytes = job->bits ? (size_t)(block * job->weights.columns) * sizeof(int32_t) : 0;
    return (bytes + LINE - 1) / LINE * LINE;
}

xnor_bytes xnor_some_rows(const xnor_bytes *job, ptrdiff_t first, void *sums)
{
    xnor_bytes some = *job;
    some.x += first * job->weights.depth;
    if (job->bits) {
        some.y = sums;
        some.bits += first * ((job->weights.columns + WORD_BITS - 1) / WORD_BITS);
    } else {
        some.y += first * job->weights.columns;
    }
    return some;
}

void xnor_finish_rows(const xnor_bytes *some, ptrdiff_t count)
{
    if (some->bits)
        xnor_threshold(count, some->weights.columns, some->y, some->thresholds, some->flips, some->bits);
}

/* Word `word` of every plane, plane b at planes[b * words]; x has `count` bytes left. */
static void split_anywhere(const uint8_t *x, ptrdiff_t count, ptrdiff_t words, BINARY_WORD *planes)
{
    uint8_t bits[WORD_BITS];
    for (int b = 0; b < PLANES; ++b) {
        for (int k = 0; k < WORD_BITS; ++k)
            bits[k] = k < count ? x[k] >> b & 1 : 0;
        planes[b * words] = full_word(bits);
    }
}

#ifdef XNOR_X86
/* Bit b of every byte moves to its top, where vpmovmskb finds it. */
XNOR_TARGET("avx2") static void split_avx2(const uint8_t *x, ptrdiff_t count, ptrdiff_t words, BINARY_WORD *planes)
{
    uint8_t some[WORD_BITS] = {0};
    if (count < WORD_BITS)
        x = memcpy(some, x, (size_t)count);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)x);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(x + WORD_BITS / 2));
    for (int b = PLANES - 1; b >= 0; --b) {
        planes[b * words] = (uint32_t)_mm256_movemask_epi8(low) |
                            (BINARY_WORD)(uint32_t)_mm256_movemask_epi8(high) << (WORD_BITS / 2);
        low = _mm256_add_epi8(low, low);
        high = _mm256_add_epi8(high, high);
    }
}
#endif

static void split_row(const uint8_t *x, ptrdiff_t depth, ptrdiff_t words, BINARY_WORD *planes)
{
    for (ptrdiff_t word = 0; word < words; ++word, x += WORD_BITS) {
        const ptrdiff_t left = depth - word * WORD_BITS;
#ifdef XNOR_X86
        if (xnor_cpu_has_avx2()) {
            split_avx2(x, left, words, planes + word);
            continue;
        }
#endif
        split_anywhere(x, left, words, planes + word);
    }
}

XNOR_CLONES static void join_row(ptrdiff_t columns, const int32_t *dots, ptrdiff_t stride, const int32_t *sums,
                                 int32_t *y)
{
    for (ptrdiff_t n = 0; n < columns; ++n) {
        int32_t twice = 255 * sums[n];
        for (int b = 0; b < PLANES; ++b)
            twice += dots[b * stride + n] * (1 << b);
        y[n] = twice / 2;
    }
}

void xnor_planes_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const xnor_bytes some = xnor_some_rows(job, first, scratch);
    const ptrdiff_t stride = dots_stride(job);
    xnor_product planes = some.weights;
    int32_t *dots = (int32_t *)(void *)((char *)scratch + xnor_sums_bytes(job, count));
    BINARY_WORD *a = (BINARY_WORD *)(void *)(dots + PLANES * stride);
    planes.rows = PLANES;
    planes.a = a;
    planes.c = dots;
    planes.c_stride = stride;
    planes.stream = 0;
    for (ptrdiff_t row = 0; row < count; ++row) {
        split_row(some.x + row * planes.depth, planes.depth, planes.words, a);
        planes.kernel->rows(&planes, 0, PLANES);
        join_row(planes.columns, dots, stride, some.sums, some.y + row * planes.columns);
    }
    xnor_finish_rows(&some, count);
}
