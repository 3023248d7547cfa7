# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The doorway to the compiled kernels. Checks only what would read or write out of bounds; the public
functions in `bnnlab.bits` check the rest and hold the prose."""

from cpython.mem cimport PyMem_RawFree, PyMem_RawMalloc
from libc.stdint cimport int32_t, uint8_t, uint64_t, uintptr_t

cdef extern from "xnor.h":
    ctypedef uint64_t BINARY_WORD
    ctypedef struct xnor_kernel:
        const char *name
        int (*usable)() noexcept nogil
        const void *(*code)() noexcept nogil
        int panel_columns, element_bytes
    ctypedef struct xnor_product:
        const xnor_kernel *kernel
        Py_ssize_t rows, columns, words, span
        int32_t depth
        int stream
        const BINARY_WORD *a
        const void *panels
        int32_t *c
        Py_ssize_t c_stride
        BINARY_WORD *bits
        Py_ssize_t bits_stride
        const int32_t *limits
        const BINARY_WORD *flips
    ctypedef void xnor_job_fn(const void *job, Py_ssize_t first, Py_ssize_t count, void *scratch) noexcept nogil
    ctypedef struct xnor_gemm_step:
        int32_t m
    const xnor_kernel xnor_kernels[]
    const int xnor_kernel_count
    xnor_job_fn xnor_product_rows
    size_t xnor_panel_bytes(const xnor_kernel *kernel, Py_ssize_t columns, Py_ssize_t words,
                            Py_ssize_t span) noexcept nogil
    void xnor_prepare(const xnor_kernel *kernel, Py_ssize_t columns, Py_ssize_t words, Py_ssize_t span,
                      const BINARY_WORD *b, void *panels) noexcept nogil
    void xnor_work(xnor_job_fn *fn, const void *job, Py_ssize_t rows, Py_ssize_t block, Py_ssize_t *next,
                   void *scratch) noexcept nogil
    void xnor_trace_lecture(const xnor_product *product, xnor_gemm_step *steps) noexcept nogil

cdef extern from "pack.h":
    ctypedef struct xnor_pack_step:
        int32_t row
    ctypedef struct xnor_pack_shape:
        Py_ssize_t vectors, depth, x_vector, x_element, word_vector, word_element
        int columns
    void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words) noexcept nogil
    void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words) noexcept nogil
    void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits,
                         BINARY_WORD *words, xnor_pack_step *steps) noexcept nogil

cdef enum:
    CACHE_LINE = 64
    ROW_BLOCK = 128          # with these, a block of A stays in the second cache while B passes by
    STREAM_BYTES = 4 << 20   # results from here on do not stay in the caches anyway


def kernels():
    """Names of the kernels this CPU can run, fastest first."""
    return [xnor_kernels[i].name.decode() for i in range(xnor_kernel_count) if xnor_kernels[i].usable()]


def code(str kernel, Py_ssize_t size):
    """Address of the kernel's innermost function, and the `size` bytes of memory that begin there."""
    cdef const uint8_t *start = <const uint8_t *> _usable(kernel).code()
    return <uintptr_t> start, bytes(start[:size])


cdef class PreparedWeights:
    """Weights laid out as one kernel wants them. Made by `bnnlab.prepare_weights`.

    Attributes:
        kernel: Name of the kernel that reads this layout.
        depth: K, the products in each dot product.
        columns: N.
        nbytes: Bytes the layout takes, at an address that is a multiple of 64.
        thresholds: What `xnor_gemm_threshold` compares with, or None.
    """
    cdef const xnor_kernel *_kernel
    cdef void *_memory
    cdef void *_panels
    cdef const int32_t[::1] _limits
    cdef const uint64_t[::1] _flips
    cdef readonly Py_ssize_t columns, words, span
    cdef readonly int32_t depth
    cdef readonly Py_ssize_t nbytes
    cdef readonly object thresholds

    def __cinit__(self, str kernel not None, const uint64_t[:, ::1] b not None, int32_t depth, Py_ssize_t span):
        self._kernel = _usable(kernel)
        self.words, self.columns, self.depth, self.span = b.shape[0], b.shape[1], depth, span
        if not 0 < depth <= span <= 64 * self.words:
            raise ValueError("depth and span do not fit the words")
        self.nbytes = xnor_panel_bytes(self._kernel, self.columns, self.words, span)
        self._memory = PyMem_RawMalloc(self.nbytes + CACHE_LINE)
        if self._memory is NULL:
            raise MemoryError
        self._panels = <void *> ((<uintptr_t> self._memory + CACHE_LINE - 1) // CACHE_LINE * CACHE_LINE)
        if self.columns:
            with nogil:
                xnor_prepare(self._kernel, self.columns, self.words, span, &b[0, 0], self._panels)

    def __dealloc__(self):
        PyMem_RawFree(self._memory)

    def set_thresholds(self, thresholds, const int32_t[::1] limits not None, const uint64_t[::1] flips not None):
        """What the differences of each column are compared with, up to a multiple of 64 columns."""
        if flips.shape[0] != (self.columns + 63) // 64 or limits.shape[0] != 64 * flips.shape[0]:
            raise ValueError("thresholds do not fit the columns")
        self.thresholds, self._limits, self._flips = thresholds, limits, flips

    @property
    def kernel(self):
        return self._kernel.name.decode()

    @property
    def shape(self):
        """Shape `(K, N)` of the matrix."""
        return self.depth, self.columns

    def __repr__(self):
        return f"PreparedWeights(shape={self.shape}, kernel={self.kernel!r}, nbytes={self.nbytes})"


cdef class Job:
    """A product whose rows several threads may compute: each calls `run`, until no rows are left."""
    cdef xnor_product _product
    cdef xnor_job_fn *_rows
    cdef Py_ssize_t _next, _block
    cdef object _held

    def run(self):
        """Compute blocks of rows until none are left."""
        with nogil:
            xnor_work(self._rows, &self._product, self._product.rows, self._block, &self._next, NULL)


def gemm(const uint64_t[:, ::1] a not None, PreparedWeights w not None, int32_t[:, ::1] c not None):
    """Dot products of the rows of `a` and the columns of `w` into `c`."""
    cdef xnor_product product = _operands(a.shape[0], a.shape[1], w)
    cdef Py_ssize_t first = 0
    _into_dots(&product, c)
    if c.shape[0] and c.shape[1]:
        product.a = &a[0, 0]
        with nogil:
            xnor_work(xnor_product_rows, &product, product.rows, ROW_BLOCK, &first, NULL)


def gemm_bits(const uint64_t[:, ::1] a not None, PreparedWeights w not None, uint64_t[:, ::1] bits not None):
    """As `gemm`, compared with the thresholds of `w`, into words of bits packed along rows."""
    cdef xnor_product product = _operands(a.shape[0], a.shape[1], w)
    cdef Py_ssize_t first = 0
    _into_bits(&product, w, bits)
    if bits.shape[0] and bits.shape[1]:
        product.a = &a[0, 0]
        with nogil:
            xnor_work(xnor_product_rows, &product, product.rows, ROW_BLOCK, &first, NULL)


def gemm_job(const uint64_t[:, ::1] a not None, PreparedWeights w not None, int32_t[:, ::1] c, uint64_t[:, ::1] bits,
             int threads):
    """As `gemm` or, where `c` is None, as `gemm_bits`: a job for several threads."""
    cdef Job job = Job()
    job._product = _operands(a.shape[0], a.shape[1], w)
    job._rows = xnor_product_rows
    job._held = a, w, c, bits
    if c is not None:
        _into_dots(&job._product, c)
    else:
        _into_bits(&job._product, w, bits)
    job._block = _block(job._product.rows, threads)
    if job._product.rows and job._product.columns:
        job._product.a = &a[0, 0]
    else:
        job._product.rows = 0
    return job


cdef Py_ssize_t _block(Py_ssize_t rows, int threads):
    """Rows a thread takes at a time: some blocks for every thread, of whole tiles of 4 rows."""
    return min(ROW_BLOCK, max(4, (rows // (4 * max(threads, 1)) + 3) // 4 * 4))


def trace_gemm(const uint64_t[:, ::1] a not None, PreparedWeights w not None, int32_t[:, ::1] c not None,
               uint8_t[::1] steps not None):
    """As `gemm` by the lecture's kernel, recording each inner iteration into `steps`."""
    cdef xnor_product product = _operands(a.shape[0], a.shape[1], w)
    if w._kernel.panel_columns != 0:
        raise ValueError("the trace needs weights as they were packed")
    _into_dots(&product, c)
    _check_bytes(steps, product.rows * product.columns * product.words, sizeof(xnor_gemm_step))
    if product.rows and product.columns:
        product.a = &a[0, 0]
        with nogil:
            xnor_trace_lecture(&product, <xnor_gemm_step *> &steps[0])


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


cdef const xnor_kernel *_usable(str kernel) except NULL:
    cdef int i
    for i in range(xnor_kernel_count):
        if xnor_kernels[i].name.decode() == kernel and xnor_kernels[i].usable():
            return &xnor_kernels[i]
    raise ValueError(f"no usable kernel {kernel!r}")


cdef xnor_product _operands(Py_ssize_t rows, Py_ssize_t words, PreparedWeights w):
    cdef xnor_product product
    if words != w.words:
        raise ValueError("operands do not fit each other")
    product.kernel = w._kernel
    product.rows, product.columns, product.words, product.span = rows, w.columns, words, w.span
    product.depth = w.depth
    product.panels = w._panels
    product.a = NULL
    product.c = NULL
    product.bits = NULL
    product.stream = 0
    return product


cdef _into_dots(xnor_product *product, int32_t[:, ::1] c):
    if c.shape[0] != product.rows or c.shape[1] != product.columns:
        raise ValueError("the result does not fit the operands")
    if c.shape[0] and c.shape[1]:
        product.c = &c[0, 0]
    product.c_stride = c.shape[1]
    product.stream = (<size_t> product.rows * product.columns * sizeof(int32_t) >= STREAM_BYTES
                      and <uintptr_t> product.c % CACHE_LINE == 0
                      and product.columns * sizeof(int32_t) % CACHE_LINE == 0)


cdef _into_bits(xnor_product *product, PreparedWeights w, uint64_t[:, ::1] bits):
    if w.thresholds is None:
        raise ValueError("the weights have no thresholds")
    if bits.shape[0] != product.rows or bits.shape[1] != w._flips.shape[0]:
        raise ValueError("the result does not fit the operands")
    product.bits_stride = bits.shape[1]
    if bits.shape[0] and bits.shape[1]:
        product.bits = &bits[0, 0]
        product.limits, product.flips = &w._limits[0], &w._flips[0]


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


cdef _check_bytes(uint8_t[::1] steps, Py_ssize_t count, Py_ssize_t size):
    if steps.shape[0] != count * size:
        raise ValueError("steps do not fit the trace")
