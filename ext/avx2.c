/* AVX2 (Haswell, Zen and later): 32 columns of B in a register, a byte of each, and no popcount instruction for them.
 *
 * Half a byte of A against half a byte of B: differences(a, b) is a table of 16 bytes for each a, and one shuffle looks
 * it up for 32 columns. That is 4 products a column in 2 instructions, less than xor and any popcount made of shuffles.
 *
 *   instruction                  for 256 products   Zen 2 and later    Haswell and later
 *   vpshufb ymm, ymm, ymm        2                  2 of 4 pipes       p5
 *   vpaddb  ymm, ymm, ymm        2                  any of 4 pipes     p1 p5
 *   vbroadcasti128 ymm, m128     1 / 2              loads              loads
 *   movzx r32, m8                1 / 2              loads              loads
 *   vpand, vpsrlw (halves of B)  4 / rows / 2       any of 4 pipes     p0 p1 p5
 *
 * Bottleneck: the shuffles; 2 a cycle, so 256 products a cycle on Zen, half of that where only p5 shuffles; and
 * close behind it the instructions that a cycle can take in. Sums are bytes, so they move to 16 bits every 31 bytes of
 * depth, 31 * 8 = 248, and on to 32 bits before those overflow.
 */
#include "xnor.h"

#ifdef XNOR_X86
#include "epilogue.h"

#include <immintrin.h>

#define AVX2 XNOR_TARGET("avx2")

enum { ROWS = 4, LANES = 32, VECTORS = CHUNK / LANES, BYTE_SUM = 31, HALF_SUM = 65535 / 8 / BYTE_SUM };

/* difference_tables[a][b]: in how many of 4 bits a and b differ. */
#define T(a) {P(a, 0), P(a, 1), P(a, 2), P(a, 3), P(a, 4), P(a, 5), P(a, 6), P(a, 7), \
              P(a, 8), P(a, 9), P(a, 10), P(a, 11), P(a, 12), P(a, 13), P(a, 14), P(a, 15)}
#define P(a, b) ((((a) ^ (b)) & 1) + (((a) ^ (b)) >> 1 & 1) + (((a) ^ (b)) >> 2 & 1) + (((a) ^ (b)) >> 3 & 1))
static const uint8_t difference_tables[16][16] __attribute__((aligned(16))) = {
    T(0), T(1), T(2), T(3), T(4), T(5), T(6), T(7), T(8), T(9), T(10), T(11), T(12), T(13), T(14), T(15)};

/* Where the tables of a row's halves of bytes stand, in bytes: low half, high half, low half, ... Rows lie a line more than
 * a power of two apart, so that they do not compete for one place in the cache. */
typedef uint8_t table_places[ROWS][2 * (HALF_SUM * BYTE_SUM + LANES) + 64];

AVX2 XNOR_INLINE void find_tables(int rows, const char *a, ptrdiff_t stride, ptrdiff_t bytes, table_places places)
{
    const __m256i high = _mm256_set1_epi8((char)0xf0);
    for (int i = 0; i < rows; ++i)
        for (ptrdiff_t at = 0; at < bytes; at += LANES) {
            /* The last register ends where the row does: some of its bytes are looked up twice. */
            const ptrdiff_t k = bytes - at >= LANES || bytes < LANES ? at : bytes - LANES;
            const void *from = a + i * stride + k;
            uint8_t some[LANES] = {0};
            if (bytes < LANES)
                from = memcpy(some, from, (size_t)bytes);
            const __m256i row = _mm256_loadu_si256(from);
            const __m256i odd = _mm256_and_si256(row, high);
            const __m256i even = _mm256_and_si256(_mm256_slli_epi16(row, 4), high);
            const __m256i low = _mm256_unpacklo_epi8(even, odd), up = _mm256_unpackhi_epi8(even, odd);
            __m256i *to = (__m256i *)(void *)(places[i] + 2 * k);
            _mm256_storeu_si256(to, _mm256_permute2x128_si256(low, up, 0x20));
            _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(low, up, 0x31));
        }
}

AVX2 XNOR_INLINE __m256i table(const uint8_t place)
{
    return _mm256_broadcastsi128_si256(
        _mm_load_si128((const __m128i *)(const void *)((const char *)difference_tables + place)));
}

/* The compiler would add up several of these first, and run out of registers: it must not see that they are sums. */
AVX2 XNOR_INLINE void add_bytes(__m256i *sum, __m256i more)
{
    *sum = _mm256_add_epi8(*sum, more);
    __asm__("" : "+x"(*sum));
}

/* Differences in up to BYTE_SUM bytes from byte `first` of `places` on, added to sums of 16 bits. */
/* listing: begin */
AVX2 XNOR_INLINE void count_bytes(int rows, ptrdiff_t first, ptrdiff_t bytes, table_places places, const uint8_t *panel,
                                  uint16_t (*sums)[CHUNK])
{
    const __m256i low = _mm256_set1_epi8(0x0f);
    __m256i counts[ROWS][VECTORS];
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < VECTORS; ++j)
            counts[i][j] = _mm256_setzero_si256();
    for (ptrdiff_t k = first; k < first + bytes; ++k) {
        __m256i even[VECTORS], odd[VECTORS];
        for (int j = 0; j < VECTORS; ++j) {
            const __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(panel + k * CHUNK + j * LANES));
            even[j] = _mm256_and_si256(b, low);
            odd[j] = _mm256_and_si256(_mm256_srli_epi16(b, 4), low);
        }
        for (int i = 0; i < rows; ++i) {
            const __m256i first_table = table(places[i][2 * k]);
            for (int j = 0; j < VECTORS; ++j)
                add_bytes(&counts[i][j], _mm256_shuffle_epi8(first_table, even[j]));
            const __m256i second_table = table(places[i][2 * k + 1]);
            for (int j = 0; j < VECTORS; ++j)
                add_bytes(&counts[i][j], _mm256_shuffle_epi8(second_table, odd[j]));
        }
    }
    for (int i = 0; i < rows; ++i)
        for (int j = 0; j < VECTORS; ++j)
            for (int half = 0; half < 2; ++half) {
                __m256i *sum = (__m256i *)(void *)&sums[i][j * LANES + half * LANES / 2];
                const __m128i part =
                    half ? _mm256_extracti128_si256(counts[i][j], 1) : _mm256_castsi256_si128(counts[i][j]);
                _mm256_storeu_si256(sum, _mm256_add_epi16(_mm256_loadu_si256(sum), _mm256_cvtepu8_epi16(part)));
            }
}
/* listing: end */

AVX2 XNOR_INLINE void tile(const xnor_product *p, ptrdiff_t row, ptrdiff_t column, int rows)
{
    const ptrdiff_t bytes = (p->span + 7) / 8, stride = p->words * (ptrdiff_t)sizeof *p->a;
    const char *a = (const char *)(p->a + row * p->words);
    const uint8_t *panel = (const uint8_t *)p->panels + column * bytes;
    int32_t differences[ROWS][CHUNK];
    table_places places;
    for (ptrdiff_t block = 0; block < bytes; block += HALF_SUM * BYTE_SUM) {
        const ptrdiff_t count = bytes - block < HALF_SUM * BYTE_SUM ? bytes - block : HALF_SUM * BYTE_SUM;
        uint16_t sums[ROWS][CHUNK] = {{0}};
        find_tables(rows, a + block, stride, count, places);
        for (ptrdiff_t k = 0; k < count; k += BYTE_SUM)
            count_bytes(rows, k, count - k < BYTE_SUM ? count - k : BYTE_SUM, places, panel + block * CHUNK, sums);
        for (int i = 0; i < rows; ++i)
            for (int j = 0; j < CHUNK; ++j)
                differences[i][j] = sums[i][j] + (block ? differences[i][j] : 0);
    }
    for (int i = 0; i < rows; ++i)
        finish_chunk(p, row + i, column, differences[i]);
}

/* The loop in which nearly all time is spent: 4 rows by 64 columns. */
AVX2 XNOR_NOINLINE static ptrdiff_t full_tiles(const xnor_product *p, ptrdiff_t column, ptrdiff_t row, ptrdiff_t end)
{
    for (; end - row >= ROWS; row += ROWS)
        tile(p, row, column, ROWS);
    return row;
}

AVX2 void xnor_rows_avx2(const xnor_product *p, ptrdiff_t first, ptrdiff_t count)
{
    for (ptrdiff_t column = 0; column < p->columns; column += CHUNK)
        for (ptrdiff_t row = full_tiles(p, column, first, first + count); row < first + count; ++row)
            tile(p, row, column, 1);
}

const void *xnor_code_avx2(void)
{
    return (const void *)(uintptr_t)full_tiles;
}

#endif
