#include "check.h"

#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define ASAN_POISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(start, size) ((void)(start), (void)(size))
#endif

static uint64_t state;

void seed_with(uint64_t seed)
{
    state = seed;
}

/* SplitMix64: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014. */
uint64_t draw(void)
{
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

ptrdiff_t between(ptrdiff_t low, ptrdiff_t high)
{
    return low + (ptrdiff_t)(draw() % (uint64_t)(high - low + 1));
}

int chance(int percent)
{
    return between(0, 99) < percent;
}

float draw_float(void)
{
    const float special[] = {NAN, -NAN, 0.0f, -0.0f, INFINITY, -INFINITY, 1e-40f, -1e-40f, 1.0f, -1.0f};
    return chance(40) ? PICK(special) : (float)between(-1000, 1000) / 500.0f;
}

static char the_case[512] = "none";

void describe(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(the_case, sizeof the_case, format, arguments);
    va_end(arguments);
}

static void print_case(void)
{
    static const char before[] = "failed in the case: ";
    /* not printf: this also runs after a signal */
    if (write(STDERR_FILENO, before, sizeof before - 1) < 0 || write(STDERR_FILENO, the_case, strlen(the_case)) < 0 ||
        write(STDERR_FILENO, "\n", 1) < 0)
        _exit(2);
}

void fail(const char *format, ...)
{
    va_list arguments;
    fflush(stdout);
    print_case();
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

static void killed(int signal_number)
{
    print_case();
    signal(signal_number, SIG_DFL); /* returning repeats the instruction, which ends the program now */
}

void tell_the_case_when_killed(void)
{
    const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; ++i)
        signal(fatal[i], killed);
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_set_death_callback(print_case);
#endif
}

guarded guard(const char *name, size_t bytes, size_t alignment, place where)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), slack = where == SOMEWHERE ? 2 * 64 : 0;
    const size_t inner = (bytes + slack + page - 1) / page * page;
    guarded buffer = {.bytes = bytes, .name = name, .mapped = inner + 2 * page};
    buffer.pages = mmap(NULL, buffer.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer.pages == MAP_FAILED || (inner && mprotect(buffer.pages + page, inner, PROT_READ | PROT_WRITE)))
        fail("there is no memory for %zu bytes", bytes);
    unsigned char *start = buffer.pages + page;
    memset(start, PATTERN, inner);
    size_t before = 0;
    if (where == AT_THE_END)
        before = inner - bytes;
    else if (where == SOMEWHERE)
        before = (size_t)between(0, (ptrdiff_t)(slack / alignment)) * alignment;
    buffer.at = start + before;
    ASAN_POISON_MEMORY_REGION(start, before);
    ASAN_POISON_MEMORY_REGION(start + before + bytes, inner - before - bytes);
    return buffer;
}

static void check_pattern(const guarded *buffer, const unsigned char *from, const unsigned char *to)
{
    for (; from < to; ++from)
        if (*from != PATTERN)
            fail("%s: written to at %td, beside its %zu bytes", buffer->name, from - (unsigned char *)buffer->at,
                 buffer->bytes);
}

void release(guarded *buffer)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *start = buffer->pages + page, *end = buffer->pages + buffer->mapped - page, *at = buffer->at;
    ASAN_UNPOISON_MEMORY_REGION(start, (size_t)(end - start));
    check_pattern(buffer, start, at);
    check_pattern(buffer, at + buffer->bytes, end);
    munmap(buffer->pages, buffer->mapped);
}

guarded guarded_copy(const char *name, const void *from, size_t bytes, size_t alignment, place where)
{
    guarded buffer = guard(name, bytes, alignment, where);
    if (bytes)
        memcpy(buffer.at, from, bytes);
    return buffer;
}

void *memory(ptrdiff_t bytes)
{
    void *some = calloc((size_t)bytes + 1, 1);
    if (!some)
        fail("there is no memory for %td bytes", bytes);
    return some;
}
