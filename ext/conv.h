/* Binary convolution of packed images. */
#ifndef BNNLAB_CONV_H
#define BNNLAB_CONV_H

#include "xnor.h"

typedef struct {
    xnor_product product;     /* B: the filters; rows: the output pixels of all images; A comes out of `pixels` */
    const BINARY_WORD *pixels; /* images x height x width x pixel_stride, of which this convolution reads `pixel` words */
    ptrdiff_t height, width, pixel, pixel_stride;
    ptrdiff_t filter_height, filter_width, out_height, out_width;
    ptrdiff_t stride_y, stride_x, dilation_y, dilation_x, pad_y, pad_x;
    const BINARY_WORD *outside;  /* `pixel` words: what lies beyond the edge of an image */
    const int32_t *corrections;  /* for each tap and column, what to add to a dot product whose tap lies outside; or null */
} xnor_conv;

xnor_job_fn xnor_conv_rows;
size_t xnor_conv_scratch(const xnor_conv *job, ptrdiff_t block);

#endif
