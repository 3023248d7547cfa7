/* Checks ext/ on this CPU: `check SEED CASES [PART ...]`. Ends with 1 at the first mismatch and tells the whole case. */
#include "check.h"

#include <stdio.h>

typedef struct {
    const char *name;
    long (*check)(long draws);
    long share; /* one draw for so many of the cases asked for */
} part;

static const part parts[] = {
    {"products", check_products, 1},
    {"byte_products", check_byte_products, 2},
    {"convolutions", check_convolutions, 2},
    {"comparing", check_comparing, 1},
    {"float_layers", check_float_layers, 1},
    {"threads", check_threads, 20},
    {"traces", check_traces, 5},
    {"packing", check_packing, 1},
    {"watching", check_watching, 1},
    {"ceilings", check_ceilings, 5},
    {"drawings", check_drawings, 10},
};

static int wanted(const char *name, int count, char **names)
{
    for (int i = 0; i < count; ++i)
        if (strcmp(name, names[i]) == 0)
            return 1;
    return count == 0;
}

int main(int count, char **arguments)
{
    if (count < 3) {
        fprintf(stderr, "usage: %s SEED CASES [PART ...]\n", arguments[0]);
        return 2;
    }
    const uint64_t seed = strtoull(arguments[1], NULL, 10);
    const long draws = strtol(arguments[2], NULL, 10);
    tell_the_case_when_killed();
    printf("seed: %llu\ncpu:%s%s%s%s\n", (unsigned long long)seed, xnor_cpu_has_popcnt() ? " popcnt" : "",
           xnor_cpu_has_avx2() ? " avx2" : "", xnor_cpu_has_avx512() ? " avx512vpopcntdq" : "",
           xnor_cpu_has_vnni() ? " avx512vnni" : "");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; ++i)
        if (wanted(parts[i].name, count - 3, arguments + 3)) {
            seed_with(seed); /* so that a part repeats by itself */
            printf("%s: %ld cases\n", parts[i].name, parts[i].check(draws / parts[i].share + 1));
            fflush(stdout);
        }
    return 0;
}
