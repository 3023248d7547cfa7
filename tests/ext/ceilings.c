/* What the benchmarks run beside the kernels: loops that this CPU must be able to run, reads, and a plain product. */
#include "check.h"

#include "ceiling.h"
#include "naive.h"

static void check_loops(void)
{
    for (int i = 0; i < ceiling_loop_count; ++i) {
        describe("ceiling of %s: %s", ceiling_loops[i].name, ceiling_loops[i].loop);
        if (!ceiling_loops[i].usable())
            continue;
        const int64_t once = ceiling_loops[i].run(10), twice = ceiling_loops[i].run(20);
        if (once <= 0 || twice != 2 * once)
            fail("%lld products in 10 rounds, %lld in 20", (long long)once, (long long)twice);
    }
}

static void check_read(ptrdiff_t steps, place where)
{
    guarded some = guard("memory", (size_t)(steps * READ_STEP), 64, where);
    ceiling_read(some.at, steps * READ_STEP);
    release(&some);
}

typedef void naive_fn(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, const float *b, float *c);

/* Small whole numbers, of which sums are exact in whatever order. */
static guarded whole_numbers(const char *name, ptrdiff_t count, place where)
{
    guarded some = guard(name, (size_t)count * sizeof(float), sizeof(float), where);
    for (ptrdiff_t i = 0; i < count; ++i)
        ((float *)some.at)[i] = (float)between(-8, 8);
    return some;
}

static void check_naive(naive_fn *multiply, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, place where)
{
    guarded a = whole_numbers("a", m * k, where), b = whole_numbers("b", k * n, where);
    guarded c = guard("c", (size_t)(m * n) * sizeof(float), sizeof(float), where);
    multiply(m, n, k, a.at, b.at, c.at);
    for (ptrdiff_t i = 0; i < m; ++i)
        for (ptrdiff_t j = 0; j < n; ++j) {
            float sum = 0;
            for (ptrdiff_t l = 0; l < k; ++l)
                sum += ((float *)a.at)[i * k + l] * ((float *)b.at)[l * n + j];
            if (((float *)c.at)[i * n + j] != sum)
                fail("c[%td, %td]: %g, expected %g", i, j, (double)((float *)c.at)[i * n + j], (double)sum);
        }
    release(&a);
    release(&b);
    release(&c);
}

long check_ceilings(long draws)
{
    naive_fn *const both[] = {naive_gemm, naive_gemm_scalar};
    long cases = 0;
    check_loops();
    for (long number = 0; number < draws; ++number)
        for (place where = 0; where < PLACES; ++where, ++cases) {
            const ptrdiff_t m = between(1, 5), n = between(1, 40), k = between(1, 40), steps = between(0, 40);
            describe("read of %td steps, place %d", steps, (int)where);
            check_read(steps, where);
            describe("naive product %d, m=%td n=%td k=%td, place %d", (int)(number % 2), m, n, k, (int)where);
            check_naive(both[number % 2], m, n, k, where);
        }
    return cases;
}
