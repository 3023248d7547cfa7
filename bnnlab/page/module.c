/* What a page asks of the compiled C: the recorded loops, the operations of a packed network, and what makes an image of a
 * drawing. Compiled to WebAssembly by `make wasm`; whatever is marked PUBLIC, and what it needs, is in the module.
 *
 * There is no allocation: who calls says where in memory everything lies.
 */
#include "drawing.h"
#include "naive.h"
#include "pack.h"
#include "xnor.h"

#define PUBLIC __attribute__((visibility("default")))

/* Both are one instruction. */
PUBLIC void *memset(void *to, int byte, size_t count)
{
    return __builtin_memset(to, byte, count);
}

void *memcpy(void *to, const void *from, size_t count)
{
    return __builtin_memcpy(to, from, count);
}

/* ---- the recorded loops: structures as plain arguments ---- */

/* The rows of a matrix (rows x columns), or its columns, to words of `word_bits` used bits, which come vector by vector. */
PUBLIC void record_pack(int rows, int columns, int along_columns, int word_bits, const float *x, BINARY_WORD *words,
                        xnor_pack_step *steps)
{
    const int depth = along_columns ? rows : columns;
    const xnor_pack_shape shape = {
        .vectors = along_columns ? columns : rows, .depth = depth,
        .x_vector = along_columns ? 1 : columns, .x_element = along_columns ? columns : 1,
        .word_vector = (depth + word_bits - 1) / word_bits, .word_element = 1, .columns = along_columns,
    };
    xnor_trace_pack(&shape, x, word_bits, words, steps);
}

/* One word of `word_bits` bits, which is place `at` of an array of such words. */
static void put_word(void *words, int word_bits, int at, BINARY_WORD word)
{
    switch (word_bits) {
    case 8: ((uint8_t *)words)[at] = (uint8_t)word; break;
    case 16: ((uint16_t *)words)[at] = (uint16_t)word; break;
    case 32: ((uint32_t *)words)[at] = (uint32_t)word; break;
    default: ((BINARY_WORD *)words)[at] = word;
    }
}

/* The lecture's loop on what `record_pack` gave for the rows of A and for the columns of B. `a` and `b` have room for the
 * same words in as many bytes as they are wide, and B's lie as the loop reads them: (words x columns). */
PUBLIC void record_gemm(int rows, int columns, int depth, int word_bits, const BINARY_WORD *a_words,
                        const BINARY_WORD *b_words, void *a, void *b, int32_t *c, xnor_gemm_step *steps)
{
    const int words = (depth + word_bits - 1) / word_bits;
    for (int at = 0; at < rows * words; ++at)
        put_word(a, word_bits, at, a_words[at]);
    for (int column = 0; column < columns; ++column)
        for (int word = 0; word < words; ++word)
            put_word(b, word_bits, word * columns + column, b_words[column * words + word]);
    const xnor_word_product product = {
        .word_bits = word_bits, .rows = rows, .columns = columns, .words = words, .depth = depth, .a = a, .b = b, .c = c,
    };
    xnor_trace_lecture(&product, steps);
}

/* The product of two matrices of floats in three plain loops: what the words' product has to be equal to. */
PUBLIC void float_gemm(int rows, int columns, int depth, const float *a, const float *b, float *c)
{
    naive_gemm(rows, columns, depth, a, b, c);
}

/* ---- drawings ---- */

PUBLIC int draw_digits(const uint8_t *ink, int size, uint8_t *pixels)
{
    return drawing_to_digits(ink, size, pixels);
}

PUBLIC int draw_mnist(const uint8_t *ink, int size, uint8_t *pixels)
{
    return drawing_to_mnist(ink, size, pixels);
}

/* ---- packed networks ---- */

/* Functions of the mathematical library; whoever loads the module brings them. */
float tanhf(float x), expf(float x), log1pf(float x);

/* The operations of every exported C header are inline functions of the file that includes it. Here each of them is to be
 * called from outside: the two words that say so mean nothing from here on. */
#define static PUBLIC
#define inline
#include "inference.h"
