/* Which kernels there are, and which of them this CPU can run. Adding a kernel is one file and one line here. */
#include "xnor.h"

#ifdef XNOR_HAS_POPCNT_TARGET
int xnor_cpu_has_popcnt(void)
{
    return __builtin_cpu_supports("popcnt") != 0;
}
#else
int xnor_cpu_has_popcnt(void)
{
    return 0;
}
#endif

static int everywhere(void)
{
    return 1;
}

const xnor_kernel xnor_kernels[] = {
    {"scalar", everywhere, xnor_gemm_scalar},
    {"lecture", everywhere, xnor_gemm_lecture},
};
const int xnor_kernel_count = (int)(sizeof xnor_kernels / sizeof *xnor_kernels);
