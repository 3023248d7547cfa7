/* What the C files want of <string.h>, where there is no C library: instructions of WebAssembly. */
#ifndef BNNLAB_FREESTANDING_STRING_H
#define BNNLAB_FREESTANDING_STRING_H

#include <stddef.h>

void *memset(void *to, int byte, size_t count);
void *memcpy(void *to, const void *from, size_t count);

#endif
