#include "results.h"

enum { CACHE_LINE = 64 };

static ptrdiff_t chunks_of(ptrdiff_t columns)
{
    return (columns + CHUNK - 1) / CHUNK;
}

/* Elements from the first to the last of a matrix; what follows in the last row belongs to someone else. */
static ptrdiff_t extent(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t columns)
{
    return rows ? (rows - 1) * stride + columns : 0;
}

ptrdiff_t draw_c_stride(ptrdiff_t columns, int stream)
{
    const ptrdiff_t unit = stream ? CACHE_LINE / (ptrdiff_t)sizeof(int32_t) : 1;
    return ((columns + unit - 1) / unit + (chance(50) ? 0 : between(1, 5))) * unit;
}

ptrdiff_t draw_bits_stride(ptrdiff_t columns)
{
    return chunks_of(columns) + (chance(50) ? 0 : between(1, 3));
}

void check_dots(task of, const blocks *b, const int32_t *dots, place where)
{
    xnor_product *p = of.product;
    const size_t alignment = p->stream ? CACHE_LINE : sizeof *p->c, bytes =
        (size_t)extent(p->rows, p->c_stride, p->columns) * sizeof *p->c;
    guarded c = guard("c", (bytes + alignment - 1) / alignment * alignment, alignment, where);
    int32_t untouched;
    memset(&untouched, PATTERN, sizeof untouched);
    p->c = c.at;
    run_blocks(of.fn, of.job, b, of.scratch);
    for (ptrdiff_t i = 0; i < p->rows; ++i) {
        const int done = computed(b, i);
        const ptrdiff_t width = i + 1 < p->rows ? p->c_stride : p->columns;
        for (ptrdiff_t j = 0; j < width; ++j) {
            const int32_t expected = done && j < p->columns ? dots[i * p->columns + j] : untouched;
            if (p->c[i * p->c_stride + j] != expected)
                fail("c[%td, %td]: %d, expected %d%s", i, j, p->c[i * p->c_stride + j], expected,
                     expected == untouched ? ", untouched" : "");
        }
    }
    release(&c);
    p->c = NULL;
}

thresholds draw_thresholds(ptrdiff_t rows, ptrdiff_t columns, int32_t depth, const int32_t *dots)
{
    const thresholds t = {memory(chunks_of(columns) * CHUNK * (ptrdiff_t)sizeof *t.limits),
                          memory(chunks_of(columns) * (ptrdiff_t)sizeof *t.flips)};
    for (ptrdiff_t j = 0; j < chunks_of(columns) * CHUNK; ++j) {
        t.limits[j] = -1;
        if (j >= columns)
            continue;
        if (rows && chance(70))
            t.limits[j] = (depth - dots[between(0, rows - 1) * columns + j]) / 2 - chance(50);
        else
            t.limits[j] = (int32_t)between(-1, depth);
        t.flips[j / CHUNK] |= (BINARY_WORD)chance(50) << j % CHUNK;
    }
    return t;
}

void free_thresholds(thresholds *t)
{
    free(t->limits);
    free(t->flips);
}

static BINARY_WORD expected_word(const xnor_product *p, const thresholds *t, const int32_t *dots, ptrdiff_t word)
{
    BINARY_WORD expected = 0;
    for (ptrdiff_t j = word * CHUNK; j < p->columns && j < (word + 1) * CHUNK; ++j) {
        const int within = (p->depth - dots[j]) / 2 <= t->limits[j], flip = (int)(t->flips[word] >> j % CHUNK & 1);
        expected |= (BINARY_WORD)(within ^ flip) << j % CHUNK;
    }
    return expected;
}

void check_bits(task of, const blocks *b, const thresholds *t, const int32_t *dots, place where)
{
    xnor_product *p = of.product;
    const ptrdiff_t chunks = chunks_of(p->columns);
    const size_t word_bytes = sizeof(BINARY_WORD), limit_bytes = (size_t)(chunks * CHUNK) * sizeof *t->limits;
    guarded bits = guard("bits", (size_t)extent(p->rows, p->bits_stride, chunks) * word_bytes, word_bytes, where);
    guarded limits = guarded_copy("limits", t->limits, limit_bytes, sizeof *t->limits, where);
    guarded flips = guarded_copy("flips", t->flips, (size_t)chunks * word_bytes, word_bytes, where);
    BINARY_WORD untouched;
    memset(&untouched, PATTERN, sizeof untouched);
    p->bits = bits.at;
    p->limits = limits.at;
    p->flips = flips.at;
    run_blocks(of.fn, of.job, b, of.scratch);
    for (ptrdiff_t i = 0; i < p->rows; ++i) {
        const int done = computed(b, i);
        const ptrdiff_t width = i + 1 < p->rows ? p->bits_stride : chunks;
        for (ptrdiff_t word = 0; word < width; ++word) {
            const BINARY_WORD expected =
                done && word < chunks ? expected_word(p, t, dots + i * p->columns, word) : untouched;
            if (p->bits[i * p->bits_stride + word] != expected)
                fail("bits[%td, %td]: %016llx, expected %016llx", i, word,
                     (unsigned long long)p->bits[i * p->bits_stride + word], (unsigned long long)expected);
        }
    }
    release(&bits);
    release(&limits);
    release(&flips);
    p->bits = NULL;
}
