/* The product of float matrices as one writes it first: what "times faster than C" is often said of. */
#ifndef BNNLAB_NAIVE_H
#define BNNLAB_NAIVE_H

#include <stddef.h>

/* C (m x n) = A (m x k) B (k x n), with rows one after the other in memory. */
typedef void naive_gemm_fn(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c);

naive_gemm_fn naive_gemm;        /* as the compiler makes it, with the vectors that every CPU of its kind has */
naive_gemm_fn naive_gemm_scalar; /* the same lines, one number at a time */

#endif
