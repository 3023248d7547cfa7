/* Unsigned bytes times signs: y = sum over k of x_k w_k, x_k in 0..255 and w_k = +1 or -1, exact in int32. */
#ifndef BNNLAB_BYTES_H
#define BNNLAB_BYTES_H

#include "xnor.h"

typedef struct {
    xnor_product weights; /* B, prepared for its kernel; what says A and C is not used */
    ptrdiff_t rows;
    const uint8_t *x;         /* rows x depth */
    const int32_t *sums;      /* of each column of signs */
    int32_t *y;               /* rows x columns; null where the result is bits */
    const int32_t *thresholds; /* the bits are (y >= threshold) ^ flip bit, as in threshold.c */
    const BINARY_WORD *flips;
    BINARY_WORD *bits;
} xnor_bytes;

/* As eight binary products, one for each bit of x, by any kernel. */
xnor_job_fn xnor_planes_rows;
size_t xnor_planes_scratch(const xnor_bytes *job, ptrdiff_t block);

/* By vpdpbusd, on the panels of the AVX-512 kernel, where xnor_cpu_has_vnni. Its scratch begins at a cache line. */
xnor_job_fn xnor_vnni_rows;
size_t xnor_vnni_scratch(const xnor_bytes *job, ptrdiff_t block);

/* For both: rows [first, first + count) of a job by themselves, with their sums in memory if the result is bits; and
 * what becomes of these sums. The memory holds `block` rows of sums, and whole cache lines. */
size_t xnor_sums_bytes(const xnor_bytes *job, ptrdiff_t block);
xnor_bytes xnor_some_rows(const xnor_bytes *job, ptrdiff_t first, void *sums);
void xnor_finish_rows(const xnor_bytes *some, ptrdiff_t count);

#endif
