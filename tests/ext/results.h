/* The results that a product or a convolution may have: what they must be, and where nothing may be written. */
#ifndef BNNLAB_RESULTS_H
#define BNNLAB_RESULTS_H

#include "blocks.h"

/* A job, which lacks only its result, and the product in it that says where the result goes. */
typedef struct {
    xnor_job_fn *fn;
    const void *job;
    xnor_product *product;
    void *scratch;
} task;

/* Runs the job over the blocks, into C between guard pages; `dots` (rows x columns) are what C must hold. */
void check_dots(task of, const blocks *b, const int32_t *dots, place where);

/* As xnor.h has them: for every column, and up to a whole chunk. */
typedef struct {
    int32_t *limits;
    BINARY_WORD *flips;
} thresholds;

/* Many just where one difference more decides; some are met always, some never. */
thresholds draw_thresholds(ptrdiff_t rows, ptrdiff_t columns, int32_t depth, const int32_t *dots);
void free_thresholds(thresholds *t);

/* As check_dots, into bits. */
void check_bits(task of, const blocks *b, const thresholds *t, const int32_t *dots, place where);

/* Strides for so many columns; those of a result that is streamed are whole cache lines. */
ptrdiff_t draw_c_stride(ptrdiff_t columns, int stream);
ptrdiff_t draw_bits_stride(ptrdiff_t columns);

#endif
