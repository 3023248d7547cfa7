/* Unsigned bytes times signs: y = sum over k of x_k w_k, x_k in 0..255 and w_k = +1 or -1, exact in int32. */
#ifndef BNNLAB_BYTES_H
#define BNNLAB_BYTES_H

#include "xnor.h"

typedef struct {
    xnor_product weights; /* B, prepared for its kernel; what says A and C is not used */
    ptrdiff_t rows;
    const uint8_t *x;     /* rows x depth */
    const int32_t *sums;  /* of each column of signs */
    int32_t *y;           /* rows x columns */
} xnor_bytes;

/* As eight binary products, one for each bit of x, by any kernel. The scratch holds one row's planes and products. */
xnor_job_fn xnor_planes_rows;
size_t xnor_planes_scratch(const xnor_bytes *job);

/* By vpdpbusd, on the panels of the AVX-512 kernel, where xnor_cpu_has_vnni. The scratch, which begins at a cache line,
 * holds one panel's signs as bytes. */
xnor_job_fn xnor_vnni_rows;
size_t xnor_vnni_scratch(const xnor_bytes *job);

#endif
