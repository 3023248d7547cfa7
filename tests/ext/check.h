/* What the C tests share: random numbers that a seed repeats, how a failure is told, and memory between guard pages. */
#ifndef BNNLAB_CHECK_H
#define BNNLAB_CHECK_H

#include "xnor.h"

#include <stdlib.h>

void seed_with(uint64_t seed);
uint64_t draw(void);
ptrdiff_t between(ptrdiff_t low, ptrdiff_t high); /* both included */
int chance(int percent);
float draw_float(void); /* of any kind: NaN, both zeros, infinities and denormals are frequent */

#define PICK(array) ((array)[between(0, (ptrdiff_t)(sizeof(array) / sizeof *(array)) - 1)])

/* The case at hand. It is printed when the program fails, also by a signal or a sanitizer. */
void describe(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void tell_the_case_when_killed(void);

/* Before the first byte of a buffer and after its last there is nothing to read or write. A page is protected as a
 * whole, so a buffer can touch only one of its two guard pages, if its size is no multiple of a page: cases are run
 * in every place. The bytes between buffer and guard hold a pattern that must stay (AddressSanitizer forbids to read
 * them, too). */
typedef enum { AT_THE_END, AT_THE_START, SOMEWHERE, PLACES } place;

typedef struct {
    void *at; /* uninitialised: it holds the pattern, too */
    size_t bytes;
    const char *name;
    unsigned char *pages;
    size_t mapped;
} guarded;

enum { PATTERN = 0xa5 };

/* `bytes` must be a multiple of `alignment`, and so is the address. */
guarded guard(const char *name, size_t bytes, size_t alignment, place where);
/* Fails where something was written beside the buffer. */
void release(guarded *buffer);
/* As `guard`, with these contents. */
guarded guarded_copy(const char *name, const void *from, size_t bytes, size_t alignment, place where);

/* As malloc and calloc, but never null. */
void *memory(ptrdiff_t bytes);

/* Each returns the number of cases it has checked. */
long check_products(long draws);
long check_byte_products(long draws);
long check_convolutions(long draws);
long check_comparing(long draws);
long check_float_layers(long draws);
long check_threads(long draws);
long check_traces(long draws);
long check_packing(long draws);
long check_watching(long draws);
long check_ceilings(long draws);
long check_drawings(long draws);

#endif
