/* Which kernels there are, and which of them this CPU can run. Adding a kernel is one file and one line here. */
#include "xnor.h"

static int everywhere(void)
{
    return 1;
}

const xnor_kernel xnor_kernels[] = {
#ifdef XNOR_X86
    {"avx512vpopcntdq", xnor_cpu_has_avx512, xnor_rows_avx512, xnor_code_avx512, CHUNK, 4},
    {"avx2", xnor_cpu_has_avx2, xnor_rows_avx2, xnor_code_avx2, CHUNK, 1},
#endif
#ifdef XNOR_NEON
    {"neon", everywhere, xnor_rows_neon, xnor_code_neon, CHUNK, 1},
#endif
    {"scalar", everywhere, xnor_rows_scalar, xnor_code_scalar, 4, 8},
    {"lecture", everywhere, xnor_rows_lecture, xnor_code_lecture, 0, 8},
};
const int xnor_kernel_count = (int)(sizeof xnor_kernels / sizeof *xnor_kernels);

void xnor_product_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const xnor_product *product = job;
    (void)scratch;
    product->kernel->rows(product, first, count);
}

void xnor_work(xnor_job_fn *fn, const void *job, ptrdiff_t rows, ptrdiff_t block, ptrdiff_t *next, void *scratch)
{
    for (;;) {
        const ptrdiff_t first = __atomic_fetch_add(next, block, __ATOMIC_RELAXED);
        if (first >= rows)
            return;
        fn(job, first, rows - first < block ? rows - first : block, scratch);
    }
}
