/* Words of signs, shared by all C files: the type, and how 64 flags become one. C11, no Python.
 *
 * A word holds 64 signs, lowest bit first, 1 for +1 and 0 for -1, padding bits 0; the convention and its algebra stand
 * in bnnlab/bits/packing.py.
 */
#ifndef BNNLAB_WORDS_H
#define BNNLAB_WORDS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t BINARY_WORD;

enum { WORD_BITS = 64 };

#if defined(__GNUC__)
#define XNOR_INLINE static inline __attribute__((always_inline))
#else
#define XNOR_INLINE static inline
#endif

/* A plain loop compiled for several instruction sets; the loader picks one when the library is loaded. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__GLIBC__)
#define XNOR_CLONES __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define XNOR_CLONES
#endif

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "full_word reads eight bytes as one little-endian word"
#endif

/* 64 bytes of 0 or 1 to 64 bits. Byte j of eight, times 2^(56 - 7j), has its bit at place 56 + j; no two products
 * carry into each other, so one multiplication gathers eight bits in its top byte. */
XNOR_INLINE BINARY_WORD full_word(const uint8_t bits[WORD_BITS])
{
    BINARY_WORD word = 0;
    for (int byte = 0; byte < WORD_BITS / 8; ++byte) {
        uint64_t eight;
        memcpy(&eight, bits + 8 * byte, sizeof eight);
        word |= (eight * 0x0102040810204080u) >> 56 << (8 * byte);
    }
    return word;
}

#endif
