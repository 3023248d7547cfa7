# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The doorway to the compiled kernel. Checks only what would read or write out of bounds; the public
functions in `bnnlab.bits` check the rest and hold the prose."""

from libc.stdint cimport int32_t, uint8_t, uint64_t

cdef extern from "xnor.h":
    ctypedef uint64_t BINARY_WORD
    ctypedef void xnor_gemm_fn(Py_ssize_t m, Py_ssize_t n, Py_ssize_t words, int32_t depth,
                               const BINARY_WORD *a, const BINARY_WORD *b, int32_t *c) noexcept nogil
    ctypedef struct xnor_kernel:
        const char *name
        int (*usable)() noexcept nogil
        xnor_gemm_fn *gemm
    ctypedef struct xnor_gemm_step:
        int32_t m
    ctypedef struct xnor_pack_step:
        int32_t row
    ctypedef struct xnor_pack_shape:
        Py_ssize_t vectors, depth, x_vector, x_element, word_vector, word_element
        int columns
    const xnor_kernel xnor_kernels[]
    const int xnor_kernel_count
    void xnor_trace_lecture(Py_ssize_t m, Py_ssize_t n, Py_ssize_t words, int32_t depth,
                            const BINARY_WORD *a, const BINARY_WORD *b, int32_t *c,
                            xnor_gemm_step *steps) noexcept nogil
    void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words) noexcept nogil
    void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words) noexcept nogil
    void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits,
                         BINARY_WORD *words, xnor_pack_step *steps) noexcept nogil


def kernels():
    """Names of the kernels this CPU can run, fastest first."""
    return [xnor_kernels[i].name.decode() for i in range(xnor_kernel_count) if xnor_kernels[i].usable()]


def gemm(str kernel, const uint64_t[:, ::1] a, const uint64_t[:, ::1] b, int32_t depth, int32_t[:, ::1] c):
    """Dot products of the rows of `a` and the columns of `b`, `depth` signs each, into `c`."""
    cdef Py_ssize_t m = a.shape[0], words = a.shape[1], n = b.shape[1]
    cdef const xnor_kernel *chosen = NULL
    cdef int i
    _check_product(m, n, words, b.shape[0], c)
    for i in range(xnor_kernel_count):
        if xnor_kernels[i].name.decode() == kernel and xnor_kernels[i].usable():
            chosen = &xnor_kernels[i]
    if chosen is NULL:
        raise ValueError(f"no usable kernel {kernel!r}")
    if m and n:
        with nogil:
            chosen.gemm(m, n, words, depth, &a[0, 0], &b[0, 0], &c[0, 0])


def trace_gemm(const uint64_t[:, ::1] a, const uint64_t[:, ::1] b, int32_t depth, int32_t[:, ::1] c,
               uint8_t[::1] steps):
    """As `gemm` by the lecture's kernel, recording each inner iteration into `steps`."""
    cdef Py_ssize_t m = a.shape[0], words = a.shape[1], n = b.shape[1]
    _check_product(m, n, words, b.shape[0], c)
    _check_bytes(steps, m * n * words, sizeof(xnor_gemm_step))
    if m and n:
        with nogil:
            xnor_trace_lecture(m, n, words, depth, &a[0, 0], &b[0, 0], &c[0, 0],
                               <xnor_gemm_step *> &steps[0])


ctypedef fused element:
    float
    uint8_t


def pack(const element[:, ::1] x, bint columns, uint64_t[:, ::1] words):
    """Pack the rows or the columns of `x`; `uint8_t` elements are booleans."""
    cdef xnor_pack_shape shape = _shape(x.shape[0], x.shape[1], columns, 64)
    _check_words(shape, 64, columns, words)
    if shape.vectors and shape.depth:
        with nogil:
            if element is float:
                xnor_pack_float(&shape, &x[0, 0], &words[0, 0])
            else:
                xnor_pack_bool(&shape, &x[0, 0], &words[0, 0])


def trace_pack(const float[:, ::1] x, bint columns, int word_bits, uint64_t[:, ::1] words,
               uint8_t[::1] steps):
    """As `pack`, into words of `word_bits` used bits, recording each element into `steps`."""
    cdef xnor_pack_shape shape = _shape(x.shape[0], x.shape[1], columns, word_bits)
    _check_words(shape, word_bits, columns, words)
    _check_bytes(steps, shape.vectors * shape.depth, sizeof(xnor_pack_step))
    if shape.vectors and shape.depth:
        with nogil:
            xnor_trace_pack(&shape, &x[0, 0], word_bits, &words[0, 0], <xnor_pack_step *> &steps[0])


cdef xnor_pack_shape _shape(Py_ssize_t rows, Py_ssize_t columns, bint along_columns, int word_bits):
    cdef xnor_pack_shape shape
    shape.columns = along_columns
    if along_columns:
        shape.vectors, shape.depth, shape.x_vector, shape.x_element = columns, rows, 1, columns
        shape.word_vector, shape.word_element = 1, columns
    else:
        shape.vectors, shape.depth, shape.x_vector, shape.x_element = rows, columns, columns, 1
        shape.word_vector, shape.word_element = (columns + word_bits - 1) // word_bits, 1
    return shape


cdef _check_words(xnor_pack_shape shape, int word_bits, bint columns, uint64_t[:, ::1] words):
    cdef Py_ssize_t each = (shape.depth + word_bits - 1) // word_bits
    cdef Py_ssize_t rows = each if columns else shape.vectors
    if words.shape[0] != rows or words.shape[1] != (shape.vectors if columns else each):
        raise ValueError("words do not fit the matrix")


cdef _check_product(Py_ssize_t m, Py_ssize_t n, Py_ssize_t words, Py_ssize_t b_words, int32_t[:, ::1] c):
    if b_words != words or c.shape[0] != m or c.shape[1] != n:
        raise ValueError("operands do not fit each other")


cdef _check_bytes(uint8_t[::1] steps, Py_ssize_t count, Py_ssize_t size):
    if steps.shape[0] != count * size:
        raise ValueError("steps do not fit the trace")
