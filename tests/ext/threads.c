/* Threads that share the rows of a product: every row is computed once, by one of them. */
#include "operands.h"

#include <pthread.h>
#include <sched.h>

enum { THREADS = 3 };

/* A job as the library's own, which also notes who has computed a row; and one that only notes it. */
typedef struct {
    const xnor_product *product; /* or null */
    ptrdiff_t rows;
    int *visits, *owner; /* of every row */
} noted_job;

static void noted_rows(const void *job, ptrdiff_t first, ptrdiff_t count, void *scratch)
{
    const noted_job *noted = job;
    if (first < 0 || count < 1 || first + count > noted->rows)
        fail("asked for %td rows from %td on", count, first);
    for (ptrdiff_t row = first; row < first + count; ++row) {
        __atomic_fetch_add(&noted->visits[row], 1, __ATOMIC_RELAXED);
        noted->owner[row] = *(const int *)scratch;
    }
    if (noted->product)
        xnor_product_rows(noted->product, first, count, NULL);
}

typedef struct {
    const noted_job *job;
    ptrdiff_t block, *next;
    int number, *ready;
} worker;

static void *work(void *argument)
{
    worker *self = argument;
    __atomic_fetch_add(self->ready, 1, __ATOMIC_ACQ_REL);
    while (__atomic_load_n(self->ready, __ATOMIC_ACQUIRE) < THREADS) /* or the first would do it all */
        sched_yield();
    xnor_work(noted_rows, self->job, self->job->rows, self->block, self->next, &self->number);
    return NULL;
}

static void share(const noted_job *job, ptrdiff_t block)
{
    pthread_t threads[THREADS];
    worker workers[THREADS];
    ptrdiff_t next = 0;
    int ready = 0;
    for (int i = 0; i < THREADS; ++i) {
        workers[i] = (worker){job, block, &next, i + 1, &ready};
        if (pthread_create(&threads[i], NULL, work, &workers[i]))
            fail("a thread could not be started");
    }
    for (int i = 0; i < THREADS; ++i)
        pthread_join(threads[i], NULL);
    for (ptrdiff_t row = 0; row < job->rows; ++row) {
        if (job->visits[row] != 1)
            fail("row %td was computed %d times", row, job->visits[row]);
        if (job->owner[row] != job->owner[row - row % block])
            fail("rows %td and %td of one block were computed by two threads", row - row % block, row);
    }
}

/* With nothing to do, the threads meet at the counter all the time. */
static void check_counter(ptrdiff_t rows, ptrdiff_t block)
{
    int *visits = memory(rows * (ptrdiff_t)sizeof *visits), *owner = memory(rows * (ptrdiff_t)sizeof *owner);
    share(&(noted_job){NULL, rows, visits, owner}, block);
    free(visits);
    free(owner);
}

static void check_product(const operands *o, const xnor_kernel *kernel, ptrdiff_t block)
{
    const ptrdiff_t elements = o->rows * o->columns;
    void *panels = memory((ptrdiff_t)xnor_panel_bytes(kernel, o->columns, o->words, o->span));
    int32_t *c = memory(elements * (ptrdiff_t)sizeof *c);
    int *visits = memory(o->rows * (ptrdiff_t)sizeof *visits), *owner = memory(o->rows * (ptrdiff_t)sizeof *owner);
    xnor_product product = product_of(o);
    product.kernel = kernel;
    product.a = o->a;
    product.panels = panels;
    product.c = c;
    product.c_stride = o->columns;
    xnor_prepare(kernel, o->columns, o->words, o->span, o->b, panels);
    share(&(noted_job){&product, o->rows, visits, owner}, block);
    for (ptrdiff_t i = 0; i < elements; ++i)
        if (c[i] != o->dots[i])
            fail("c[%td, %td]: %d, expected %d", i / o->columns, i % o->columns, c[i], o->dots[i]);
    free(panels);
    free(c);
    free(visits);
    free(owner);
}

long check_threads(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number, ++cases) {
        const ptrdiff_t rows = between(0, 20000), some = between(1, 3);
        describe("%d threads at the counter, %td rows in blocks of %td", THREADS, rows, some);
        check_counter(rows, some);
        operands o = operands_of(between(0, 200), between(1, 70), between(1, 200));
        for (int kernel = 0; kernel < xnor_kernel_count; ++kernel)
            if (xnor_kernels[kernel].usable()) {
                const ptrdiff_t block = between(1, 9);
                describe("%d threads, %s, M=%td N=%td K=%d, blocks of %td rows", THREADS, xnor_kernels[kernel].name,
                         o.rows, o.columns, o.depth, block);
                check_product(&o, &xnor_kernels[kernel], block);
                ++cases;
            }
        free_operands(&o);
    }
    return cases;
}
