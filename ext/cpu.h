/* Which instruction sets this CPU has, and how a function is compiled for one of them. */
#ifndef BNNLAB_CPU_H
#define BNNLAB_CPU_H

/* An instruction set is chosen per function, never per file, so one build serves every CPU of its architecture. */
#if defined(__x86_64__) && defined(__GNUC__)
#define XNOR_X86 1
#define XNOR_TARGET(isa) __attribute__((target(isa)))
#endif
#if defined(__aarch64__) && defined(__GNUC__)
#define XNOR_NEON 1
#endif
#if defined(__GNUC__)
#define XNOR_NOINLINE __attribute__((noinline))
#else
#define XNOR_NOINLINE
#endif

int xnor_cpu_has_popcnt(void);
int xnor_cpu_has_avx2(void);
int xnor_cpu_has_avx512(void); /* with VPOPCNTDQ */
int xnor_cpu_has_vnni(void);   /* with the bit tricks that vnni.c needs */

#endif
