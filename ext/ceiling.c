/* The loops behind bnnlab/bits/ceiling.py. Each is written as the instructions it consists of, so that no compiler can
 * add one or see through them; each keeps its operands in registers (the AVX2 one its tables in the first cache, as its
 * kernel does), and has as many sums as it takes for none to wait for another. What limits it, then, is how many of
 * these instructions the CPU completes in a cycle.
 *
 * In the texts, `.irp s,0,1` repeats the lines up to `.endr` with \s being 0, then 1.
 */
#include "ceiling.h"

#include "cpu.h"

static int everywhere(void)
{
    return 1;
}

/* For a CPU without a text of its own below: the compiler's code, held back from leaving anything out. */
static int64_t run_words_anywhere(int64_t rounds)
{
    uint64_t a = 1, b = 2, sum = 0, other = 0;
    for (int64_t round = 0; round < rounds; ++round) {
#if defined(__GNUC__)
        __asm__ volatile("" : "+r"(a), "+r"(b), "+r"(sum), "+r"(other));
#endif
        sum += (uint64_t)__builtin_popcountll(a ^ b);
        other += (uint64_t)__builtin_popcountll(a ^ sum);
    }
    return sum + other ? rounds * 2 * WORD_BITS : 0;
}

#ifdef XNOR_X86

#include <immintrin.h>

#define CPU_HAS(feature) (__builtin_cpu_supports(feature) != 0)
#define AVX2 XNOR_TARGET("avx2,fma")
#define AVX512 XNOR_TARGET("avx512f,avx512bw,avx512vpopcntdq,avx512vnni")

#define AGAIN "dec %[rounds]\n jnz 1b\n"
#define YMM_0_15                                                                                                    \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",       \
        "xmm13", "xmm14", "xmm15"
#define ZMM_16_31                                                                                                   \
    "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27",      \
        "xmm28", "xmm29", "xmm30", "xmm31"

/* ---- AVX-512 ---- */

AVX512 static int64_t run_vpopcntd(int64_t rounds)
{
    const int64_t products = rounds * 16 * 512;
    const __m512i a = _mm512_set1_epi32(0x2b7e1516), b = _mm512_set1_epi32(0x28aed2a6);
    __asm__ volatile("1:\n"
                     ".irp s,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                     "vpxord %[a], %[b], %%zmm15\n"
                     "vpopcntd %%zmm15, %%zmm15\n"
                     "vpaddd %%zmm15, %%zmm\\s, %%zmm\\s\n"
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     : [a] "x"(a), [b] "x"(b)
                     : "cc", "xmm15", ZMM_16_31);
    return products;
}

static int has_vnni(void) /* also without the VPOPCNTDQ that the kernels of vnni.c need beside it */
{
    return CPU_HAS("avx512f") && CPU_HAS("avx512vnni");
}

AVX512 static int64_t run_vpdpbusd(int64_t rounds)
{
    const int64_t products = rounds * 16 * 64;
    const __m512i a = _mm512_set1_epi32(0x2b7e1516), b = _mm512_set1_epi32(0x28aed2a6);
    __asm__ volatile("1:\n"
                     ".irp s,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                     "vpdpbusd %[a], %[b], %%zmm\\s\n"
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     : [a] "x"(a), [b] "x"(b)
                     : "cc", ZMM_16_31);
    return products;
}

static int has_avx512f(void)
{
    return CPU_HAS("avx512f");
}

AVX512 static int64_t run_fma_zmm(int64_t rounds)
{
    const int64_t products = rounds * 16 * 16;
    const __m512 a = _mm512_set1_ps(1), b = _mm512_set1_ps(2);
    __asm__ volatile(".irp s,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                     "vpxord %%zmm\\s, %%zmm\\s, %%zmm\\s\n"
                     ".endr\n"
                     "1:\n"
                     ".irp s,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
                     "vfmadd231ps %[a], %[b], %%zmm\\s\n"
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     : [a] "x"(a), [b] "x"(b)
                     : "cc", ZMM_16_31);
    return products;
}

/* ---- AVX2 ---- */

static int has_fma(void)
{
    return xnor_cpu_has_avx2() && CPU_HAS("fma");
}

/* As avx2.c: half a byte of A names one of 16 tables, and 2 x 32 columns of B look their half bytes up in it. A round
 * is 4 rows and both halves of a byte. Sums 0 to 7 are rows times vectors; 8 to 11 the halves of B. */
#define LOOK_UP(place, half, sum, next_sum)                  \
    "movzbl " #place "(%[places]), %%eax\n"                  \
    "vbroadcasti128 (%[tables], %%rax), %%ymm12\n"           \
    "vpshufb %%ymm" #half ", %%ymm12, %%ymm13\n"             \
    "vpaddb %%ymm13, %%ymm" #sum ", %%ymm" #sum "\n"         \
    "vpshufb %%ymm9, %%ymm12, %%ymm14\n"                     \
    "vpaddb %%ymm14, %%ymm" #next_sum ", %%ymm" #next_sum "\n"

AVX2 static int64_t run_tables(int64_t rounds)
{
    static const uint8_t tables[16][16] __attribute__((aligned(64))) = {{0, 1, 1, 2}, {1, 0, 2, 1}};
    static const uint8_t places[8] = {0x00, 0x10, 0x70, 0xf0, 0x20, 0x90, 0xa0, 0x30};
    const int64_t products = rounds * 8 * 2 * 128;
    __asm__ volatile("1:\n"
                     LOOK_UP(0, 8, 0, 1) LOOK_UP(1, 10, 0, 1) LOOK_UP(2, 8, 2, 3) LOOK_UP(3, 10, 2, 3)
                     LOOK_UP(4, 8, 4, 5) LOOK_UP(5, 10, 4, 5) LOOK_UP(6, 8, 6, 7) LOOK_UP(7, 10, 6, 7) AGAIN
                     : [rounds] "+r"(rounds)
                     : [tables] "r"(tables), [places] "r"(places)
                     : "cc", "rax", YMM_0_15);
    return products;
}

/* What avx2.c does not do: xor, and a popcount made of shuffles, with sums of bytes. */
AVX2 static int64_t run_shuffled_popcount(int64_t rounds)
{
    const int64_t products = rounds * 8 * 256;
    __asm__ volatile("1:\n"
                     ".irp s,0,1,2,3,4,5,6,7\n"
                     "vpxor %%ymm8, %%ymm9, %%ymm12\n"
                     "vpand %%ymm12, %%ymm10, %%ymm13\n"
                     "vpsrlw $4, %%ymm12, %%ymm12\n"
                     "vpand %%ymm12, %%ymm10, %%ymm12\n"
                     "vpshufb %%ymm13, %%ymm11, %%ymm13\n"
                     "vpshufb %%ymm12, %%ymm11, %%ymm12\n"
                     "vpaddb %%ymm12, %%ymm13, %%ymm13\n"
                     "vpaddb %%ymm13, %%ymm\\s, %%ymm\\s\n"
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     :
                     : "cc", YMM_0_15);
    return products;
}

AVX2 static int64_t run_fma_ymm(int64_t rounds)
{
    const int64_t products = rounds * 12 * 8;
    __asm__ volatile(".irp s,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n"
                     "vpxor %%ymm\\s, %%ymm\\s, %%ymm\\s\n"
                     ".endr\n"
                     "1:\n"
                     ".irp s,0,1,2,3,4,5,6,7,8,9,10,11\n"
                     "vfmadd231ps %%ymm12, %%ymm13, %%ymm\\s\n"
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     :
                     : "cc", YMM_0_15);
    return products;
}

/* ---- one word at a time ---- */

#define COUNT_WORD(word, sum) "xor %[b], %%" #word "\n popcnt %%" #word ", %%" #word "\n add %%" #word ", %%" #sum "\n"

static int64_t run_popcnt(int64_t rounds)
{
    const int64_t products = rounds * 4 * 6 * WORD_BITS;
    __asm__ volatile("1:\n"
                     ".rept 4\n"
                     COUNT_WORD(r8, rax) COUNT_WORD(r9, rcx) COUNT_WORD(r10, rdx)
                     COUNT_WORD(r11, rax) COUNT_WORD(r12, rcx) COUNT_WORD(r13, rdx)
                     ".endr\n" AGAIN
                     : [rounds] "+r"(rounds)
                     : [b] "r"((uint64_t)0x2b7e151628aed2a6)
                     : "cc", "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13");
    return products;
}

static int64_t run_words(int64_t rounds)
{
    return (xnor_cpu_has_popcnt() ? run_popcnt : run_words_anywhere)(rounds);
}

#else
#define run_words run_words_anywhere
#endif

/* ---- NEON ---- */

#ifdef XNOR_NEON

#define V_0_15                                                                                                      \
    "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15"

static int64_t run_cnt(int64_t rounds)
{
    const int64_t products = rounds * 16 * 128;
    __asm__ volatile("1:\n"
                     ".irp s,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                     "eor v18.16b, v16.16b, v17.16b\n"
                     "cnt v18.16b, v18.16b\n"
                     "add v\\s\\().16b, v\\s\\().16b, v18.16b\n"
                     ".endr\n"
                     "subs %[rounds], %[rounds], #1\n"
                     "b.ne 1b\n"
                     : [rounds] "+r"(rounds)
                     :
                     : "cc", V_0_15, "v16", "v17", "v18");
    return products;
}

static int64_t run_fmla(int64_t rounds)
{
    const int64_t products = rounds * 16 * 4;
    __asm__ volatile(".irp s,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n"
                     "movi v\\s\\().16b, #0\n"
                     ".endr\n"
                     "1:\n"
                     ".irp s,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
                     "fmla v\\s\\().4s, v16.4s, v17.4s\n"
                     ".endr\n"
                     "subs %[rounds], %[rounds], #1\n"
                     "b.ne 1b\n"
                     : [rounds] "+r"(rounds)
                     :
                     : "cc", V_0_15, "v16", "v17");
    return products;
}

#endif

/* `rounds` is at least 1. */
const ceiling_loop ceiling_loops[] = {
#ifdef XNOR_X86
    {"avx512vpopcntdq", "vpxord zmm, vpopcntd zmm, vpaddd zmm", xnor_cpu_has_avx512, run_vpopcntd},
    {"avx2", "vbroadcasti128 ymm, 2 vpshufb ymm, 2 vpaddb ymm", xnor_cpu_has_avx2, run_tables},
    {"avx2 popcount", "vpxor, vpsrlw, 2 vpand, 2 vpshufb, 2 vpaddb ymm", xnor_cpu_has_avx2, run_shuffled_popcount},
    {"float32 avx512", "vfmadd231ps zmm", has_avx512f, run_fma_zmm},
    {"float32 avx2", "vfmadd231ps ymm", has_fma, run_fma_ymm},
    {"int8", "vpdpbusd zmm", has_vnni, run_vpdpbusd},
#endif
#ifdef XNOR_NEON
    {"neon", "eor, cnt, add v.16b", everywhere, run_cnt},
    {"float32 neon", "fmla v.4s", everywhere, run_fmla},
#endif
    {"scalar", "xor, popcnt, add of 64 bits", everywhere, run_words},
};
const int ceiling_loop_count = (int)(sizeof ceiling_loops / sizeof *ceiling_loops);

/* ---- reading: 128 bytes of each half, then the next. Two places at once keep more of the memory's channels busy. ---- */

#ifdef XNOR_X86

AVX512 static void read_zmm(const char *at, const char *end, ptrdiff_t half)
{
    __asm__ volatile("1:\n"
                     "vpaddq (%[at]), %%zmm16, %%zmm16\n"
                     "vpaddq 64(%[at]), %%zmm17, %%zmm17\n"
                     "vpaddq (%[at], %[half]), %%zmm18, %%zmm18\n"
                     "vpaddq 64(%[at], %[half]), %%zmm19, %%zmm19\n"
                     "add $128, %[at]\n"
                     "cmp %[end], %[at]\n"
                     "jb 1b\n"
                     : [at] "+r"(at)
                     : [end] "r"(end), [half] "r"(half)
                     : "cc", "memory", "xmm16", "xmm17", "xmm18", "xmm19");
}

AVX2 static void read_ymm(const char *at, const char *end, ptrdiff_t half)
{
    __asm__ volatile("1:\n"
                     ".irp place,0,64\n"
                     "vpaddq \\place(%[at]), %%ymm0, %%ymm0\n"
                     "vpaddq \\place+32(%[at]), %%ymm1, %%ymm1\n"
                     "vpaddq \\place(%[at], %[half]), %%ymm2, %%ymm2\n"
                     "vpaddq \\place+32(%[at], %[half]), %%ymm3, %%ymm3\n"
                     ".endr\n"
                     "add $128, %[at]\n"
                     "cmp %[end], %[at]\n"
                     "jb 1b\n"
                     : [at] "+r"(at)
                     : [end] "r"(end), [half] "r"(half)
                     : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3");
}

#endif

enum { WORDS = READ_STEP / 2 / sizeof(uint64_t) };

/* What the compiler makes of it: vectors, where every CPU of its kind has them. */
static void read_anywhere(const char *at, const char *end, ptrdiff_t half)
{
    uint64_t words[2][WORDS], sums[WORDS] = {0}, sum = 0;
    for (; at < end; at += sizeof words[0]) {
        memcpy(words[0], at, sizeof words[0]);
        memcpy(words[1], at + half, sizeof words[1]);
        for (int i = 0; i < WORDS; ++i)
            sums[i] += words[0][i] + words[1][i];
    }
    for (int i = 0; i < WORDS; ++i)
        sum += sums[i];
#if defined(__GNUC__)
    __asm__ volatile("" : : "r"(sum));
#else
    static volatile uint64_t kept;
    kept = sum;
#endif
}

void ceiling_read(const char *memory, ptrdiff_t size)
{
    const ptrdiff_t half = size / 2;
    if (size < READ_STEP)
        return;
#ifdef XNOR_X86
    if (has_avx512f() || xnor_cpu_has_avx2()) {
        (has_avx512f() ? read_zmm : read_ymm)(memory, memory + half, half);
        return;
    }
#endif
    read_anywhere(memory, memory + half, half);
}
