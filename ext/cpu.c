#include "cpu.h"

/* The builtin also asks whether the operating system keeps the registers of an instruction set. */
#ifdef XNOR_X86
#define CPU_HAS(feature) (__builtin_cpu_supports(feature) != 0)
#else
#define CPU_HAS(feature) 0
#endif

int xnor_cpu_has_popcnt(void)
{
    return CPU_HAS("popcnt");
}

int xnor_cpu_has_avx2(void)
{
    return CPU_HAS("avx2");
}

int xnor_cpu_has_avx512(void)
{
    return CPU_HAS("avx512f") && CPU_HAS("avx512bw") && CPU_HAS("avx512vpopcntdq");
}

int xnor_cpu_has_vnni(void)
{
    return xnor_cpu_has_avx512() && CPU_HAS("avx512vnni") && CPU_HAS("avx512bitalg");
}
