# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The doorway to what the kernels are compared with: what the CPU could do, and what one writes first in C. Checks only
what would read or write out of bounds; `bnnlab.bits.ceiling` and `bnnlab.bench` hold the prose."""

from libc.stdint cimport int64_t, uint8_t

cdef extern from "ceiling.h":
    ctypedef struct ceiling_loop:
        const char *name
        const char *loop
        int (*usable)() noexcept nogil
        int64_t (*run)(int64_t rounds) noexcept nogil
    const ceiling_loop ceiling_loops[]
    const int ceiling_loop_count
    int READ_STEP
    void ceiling_read(const char *memory, Py_ssize_t size) noexcept nogil

cdef extern from "naive.h":
    ctypedef void naive_gemm_fn(Py_ssize_t m, Py_ssize_t n, Py_ssize_t k, const float *a, const float *b,
                                float *c) noexcept nogil
    naive_gemm_fn naive_gemm, naive_gemm_scalar


def loops():
    """Name and instructions of each loop that this CPU can run."""
    return {
        ceiling_loops[i].name.decode(): ceiling_loops[i].loop.decode()
        for i in range(ceiling_loop_count)
        if ceiling_loops[i].usable()
    }


def run_loop(str name not None, int64_t rounds):
    """Run a loop for at least one round; returns the products (multiplications) that were done."""
    cdef int i
    cdef int64_t products
    for i in range(ceiling_loop_count):
        if ceiling_loops[i].name.decode() == name and ceiling_loops[i].usable():
            with nogil:
                products = ceiling_loops[i].run(max(rounds, 1))
            return products
    raise ValueError(f"no usable loop {name!r}")


def read(const uint8_t[::1] memory not None, int times):
    """Read the whole of `memory`, but for less than 256 bytes at its end, so many times."""
    cdef Py_ssize_t size = memory.shape[0] // READ_STEP * READ_STEP
    cdef int i
    if size:
        with nogil:
            for i in range(times):
                ceiling_read(<const char *> &memory[0], size)


def naive(const float[:, ::1] a not None, const float[:, ::1] b not None, float[:, ::1] c not None, bint vectors):
    """`a @ b` into `c` by three loops; `vectors`: as the compiler makes them, or one number at a time."""
    if not c.size or not a.size or a.shape[1] != b.shape[0] or c.shape[0] != a.shape[0] or c.shape[1] != b.shape[1]:
        raise ValueError("the matrices are empty, or do not fit each other")
    with nogil:
        (naive_gemm if vectors else naive_gemm_scalar)(
            a.shape[0], b.shape[1], a.shape[1], &a[0, 0], &b[0, 0], &c[0, 0])
