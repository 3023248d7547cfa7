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
    const void *xnor_code_lecture_anywhere() noexcept nogil
    const void *xnor_code_lecture_words(int word_bits) noexcept nogil
    const xnor_kernel xnor_kernels[]
    const int xnor_kernel_count
    int xnor_cpu_has_vnni() noexcept nogil
    xnor_job_fn xnor_product_rows
    size_t xnor_panel_bytes(const xnor_kernel *kernel, Py_ssize_t columns, Py_ssize_t words,
                            Py_ssize_t span) noexcept nogil
    void xnor_prepare(const xnor_kernel *kernel, Py_ssize_t columns, Py_ssize_t words, Py_ssize_t span,
                      const BINARY_WORD *b, void *panels) noexcept nogil
    void xnor_work(xnor_job_fn *fn, const void *job, Py_ssize_t rows, Py_ssize_t block, Py_ssize_t *next,
                   void *scratch) noexcept nogil
    void xnor_threshold(Py_ssize_t rows, Py_ssize_t columns, const int32_t *sums, const int32_t *thresholds,
                        const BINARY_WORD *flips, BINARY_WORD *bits) noexcept nogil
    ctypedef struct xnor_word_product:
        int word_bits
        ptrdiff_t rows, columns, words
        int32_t depth
        const void *a
        const void *b
        int32_t *c
    void xnor_trace_lecture(const xnor_word_product *product, xnor_gemm_step *steps) noexcept nogil

cdef extern from "bytes.h":
    ctypedef struct xnor_bytes:
        xnor_product weights
        Py_ssize_t rows
        const uint8_t *x
        const int32_t *sums
        int32_t *y
        const int32_t *thresholds
        const BINARY_WORD *flips
        BINARY_WORD *bits
    xnor_job_fn xnor_planes_rows, xnor_vnni_rows
    size_t xnor_planes_scratch(const xnor_bytes *job, Py_ssize_t block) noexcept nogil
    size_t xnor_vnni_scratch(const xnor_bytes *job, Py_ssize_t block) noexcept nogil

cdef extern from "dense.h":
    void xnor_signs_times_floats(Py_ssize_t rows, Py_ssize_t words, Py_ssize_t outputs, const BINARY_WORD *signs,
                                 const float *weight, const float *bias, float *y) noexcept nogil

cdef extern from "conv.h":
    ctypedef struct xnor_conv:
        xnor_product product
        const BINARY_WORD *pixels
        Py_ssize_t height, width, pixel, pixel_stride
        Py_ssize_t filter_height, filter_width, out_height, out_width
        Py_ssize_t stride_y, stride_x, dilation_y, dilation_x, pad_y, pad_x
        const BINARY_WORD *outside
        const int32_t *corrections
    xnor_job_fn xnor_conv_rows
    size_t xnor_conv_scratch(const xnor_conv *job, Py_ssize_t block) noexcept nogil

cdef enum:
    CACHE_LINE = 64
    ROW_BLOCK = 128          # so that a block of A stays in the second cache while B passes by
    STREAM_BYTES = 4 << 20   # results from here on do not stay in the caches anyway


def kernels():
    """Names of the kernels this CPU can run, fastest first."""
    return [xnor_kernels[i].name.decode() for i in range(xnor_kernel_count) if xnor_kernels[i].usable()]


def has_vnni():
    """Whether this CPU can run `bytes_job` by VNNI."""
    return bool(xnor_cpu_has_vnni())


def code(str kernel, Py_ssize_t size):
    """Address of the kernel's innermost function, and the `size` bytes of memory that begin there."""
    cdef const uint8_t *start = <const uint8_t *> _usable(kernel).code()
    return <uintptr_t> start, bytes(start[:size])


def code_of_words(int word_bits, Py_ssize_t size):
    """As `code`, of the lecture's loop on words of 8, 16, 32 or 64 bits."""
    cdef const uint8_t *start = <const uint8_t *> xnor_code_lecture_words(word_bits)
    return <uintptr_t> start, bytes(start[:size])


def code_anywhere(Py_ssize_t size):
    """As `code`, of the lecture's loop as it is compiled for every CPU of the architecture."""
    cdef const uint8_t *start = <const uint8_t *> xnor_code_lecture_anywhere()
    return <uintptr_t> start, bytes(start[:size])


cdef const xnor_kernel *_usable(str kernel) except NULL:
    cdef int i
    for i in range(xnor_kernel_count):
        if xnor_kernels[i].name.decode() == kernel and xnor_kernels[i].usable():
            return &xnor_kernels[i]
    raise ValueError(f"no usable kernel {kernel!r}")


cdef class _Memory:
    """Memory that begins at a multiple of CACHE_LINE."""
    cdef void *_allocated
    cdef void *start

    def __cinit__(self, size_t size):
        self._allocated = PyMem_RawMalloc(size + CACHE_LINE)
        if self._allocated is NULL:
            raise MemoryError
        self.start = <void *> ((<uintptr_t> self._allocated + CACHE_LINE - 1) // CACHE_LINE * CACHE_LINE)

    def __dealloc__(self):
        PyMem_RawFree(self._allocated)


cdef class PreparedWeights:
    """Weights laid out as one kernel wants them. Made by `bnnlab.prepare_weights`.

    Attributes:
        kernel: Name of the kernel that reads this layout.
        depth: K, the products in each dot product.
        columns: N.
        shape: `(K, N)`.
        nbytes: Bytes the layout takes, at an address that is a multiple of 64.
        thresholds: What `xnor_gemm_threshold` compares with, or None.
    """
    cdef const xnor_kernel *_kernel
    cdef _Memory _panels
    cdef const int32_t[::1] _limits
    cdef const uint64_t[::1] _flips
    cdef readonly Py_ssize_t columns, words, span, nbytes
    cdef readonly int32_t depth
    cdef readonly object thresholds
    cdef public object sums

    def __cinit__(self, str kernel not None, const uint64_t[:, ::1] b not None, int32_t depth, Py_ssize_t span):
        self._kernel = _usable(kernel)
        self.words, self.columns, self.depth, self.span = b.shape[0], b.shape[1], depth, span
        if not 0 < depth <= span <= 64 * self.words:
            raise ValueError("depth and span do not fit the words")
        self.nbytes = xnor_panel_bytes(self._kernel, self.columns, self.words, span)
        self._panels = _Memory(self.nbytes)
        if self.columns:
            with nogil:
                xnor_prepare(self._kernel, self.columns, self.words, span, &b[0, 0], self._panels.start)

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
        return self.depth, self.columns

    def __repr__(self):
        return f"PreparedWeights(shape={self.shape}, kernel={self.kernel!r}, nbytes={self.nbytes})"


def gemm(const uint64_t[:, ::1] a not None, PreparedWeights w not None, int32_t[:, ::1] c not None):
    """Dot products of the rows of `a` and the columns of `w` into `c`."""
    cdef xnor_product product
    cdef Py_ssize_t first = 0
    _set_operands(&product, a, w)
    _set_dots(&product, c)
    with nogil:
        xnor_work(xnor_product_rows, &product, product.rows, ROW_BLOCK, &first, NULL)


def gemm_bits(const uint64_t[:, ::1] a not None, PreparedWeights w not None, uint64_t[:, ::1] bits not None):
    """As `gemm`, compared with the thresholds of `w`, into words of bits packed along rows."""
    cdef xnor_product product
    cdef Py_ssize_t first = 0
    _set_operands(&product, a, w)
    _set_bits(&product, w, bits)
    with nogil:
        xnor_work(xnor_product_rows, &product, product.rows, ROW_BLOCK, &first, NULL)


def words_of(PreparedWeights w not None):
    """The bytes of the words of weights prepared for a kernel that takes them as they were packed."""
    if w._kernel.panel_columns != 0:
        raise ValueError("the trace needs weights as they were packed")
    return bytes((<const uint8_t *> w._panels.start)[:w.nbytes])


def trace_gemm(int word_bits, int depth, const uint8_t[:, ::1] a not None, const uint8_t[:, ::1] b not None,
               int32_t[:, ::1] c not None, uint8_t[::1] steps not None):
    """Dot products of words by the lecture's loop, recording each inner iteration into `steps`.

    `a` are the bytes of `(M, words)` words of `word_bits` bits, `b` those of `(words, N)`.
    """
    cdef xnor_word_product product
    cdef Py_ssize_t size = word_bits // 8
    if word_bits not in (8, 16, 32, 64):
        raise ValueError("no such words")
    product.word_bits, product.depth = word_bits, depth
    product.rows, product.columns, product.words = c.shape[0], c.shape[1], b.shape[0]
    if (a.shape[0] != product.rows or a.shape[1] != product.words * size or b.shape[1] != product.columns * size
            or not 0 < depth <= product.words * word_bits):
        raise ValueError("operands do not fit each other")
    if steps.shape[0] != product.rows * product.columns * product.words * <Py_ssize_t> sizeof(xnor_gemm_step):
        raise ValueError("steps do not fit the trace")
    if product.rows and product.columns:
        product.a, product.b, product.c = &a[0, 0], &b[0, 0], &c[0, 0]
        with nogil:
            xnor_trace_lecture(&product, <xnor_gemm_step *> &steps[0])


def threshold(const int32_t[:, ::1] sums not None, const int32_t[::1] thresholds not None,
              const uint64_t[::1] flips not None, uint64_t[:, ::1] bits not None):
    """Words of `(sums >= thresholds) ^ flips`, packed along rows."""
    cdef Py_ssize_t rows = sums.shape[0], columns = sums.shape[1], words = (columns + 63) // 64
    if (thresholds.shape[0] != columns or flips.shape[0] != words or bits.shape[0] != rows
            or bits.shape[1] != words):
        raise ValueError("thresholds and bits do not fit the sums")
    if rows and columns:
        with nogil:
            xnor_threshold(rows, columns, &sums[0, 0], &thresholds[0], &flips[0], &bits[0, 0])


cdef class Job:
    """Rows that several threads may compute: each calls `run`, until there are none left."""
    cdef xnor_product _product
    cdef xnor_bytes _bytes
    cdef xnor_conv _conv
    cdef const void *_job
    cdef xnor_job_fn *_fn
    cdef Py_ssize_t _rows, _block, _next
    cdef size_t _scratch
    cdef object _held

    def run(self):
        """Compute blocks of rows until none are left."""
        cdef _Memory scratch = _Memory(self._scratch)
        with nogil:
            xnor_work(self._fn, self._job, self._rows, self._block, &self._next, scratch.start)

    cdef _share(self, Py_ssize_t rows, int threads):
        """Blocks of whole tiles of 4 rows, and some for every thread."""
        self._rows = rows
        self._block = min(ROW_BLOCK, max(4, (rows // (4 * max(threads, 1)) + 3) // 4 * 4))


def gemm_job(const uint64_t[:, ::1] a not None, PreparedWeights w not None, int32_t[:, ::1] c, uint64_t[:, ::1] bits,
             int threads):
    """As `gemm`, or as `gemm_bits` where `c` is None."""
    cdef Job job = Job()
    job._held = a, w, c, bits
    job._fn, job._job = xnor_product_rows, &job._product
    _set_operands(&job._product, a, w)
    if c is not None:
        _set_dots(&job._product, c)
    else:
        _set_bits(&job._product, w, bits)
    job._share(job._product.rows, threads)
    return job


def bytes_job(const uint8_t[:, ::1] x not None, PreparedWeights w not None, const int32_t[::1] sums not None,
              int32_t[:, ::1] y, const int32_t[::1] thresholds, const uint64_t[::1] flips, uint64_t[:, ::1] bits,
              bint by_vnni, int threads):
    """Products of unsigned bytes and signs into `y`, or compared with thresholds into `bits` where `y` is None.

    `sums` are those of the columns of signs."""
    cdef Job job = Job()
    job._held = x, w, sums, y, thresholds, flips, bits
    job._job = &job._bytes
    job._fn = xnor_vnni_rows if by_vnni else xnor_planes_rows
    _set_bytes(&job._bytes, x, w, sums, y, thresholds, flips, bits, by_vnni)
    job._share(job._bytes.rows, threads)
    job._scratch = (xnor_vnni_scratch if by_vnni else xnor_planes_scratch)(&job._bytes, min(job._block, x.shape[0]))
    return job


def bytes_bits(const uint8_t[:, ::1] x not None, PreparedWeights w not None, const int32_t[::1] sums not None,
               const int32_t[::1] thresholds not None, const uint64_t[::1] flips not None,
               uint64_t[:, ::1] bits not None, bint by_vnni):
    """As `bytes_job` into bits, at once and by this thread alone."""
    cdef xnor_bytes job
    cdef _Memory scratch
    cdef Py_ssize_t first = 0, block = min(ROW_BLOCK, x.shape[0])
    _set_bytes(&job, x, w, sums, None, thresholds, flips, bits, by_vnni)
    scratch = _Memory((xnor_vnni_scratch if by_vnni else xnor_planes_scratch)(&job, block))
    with nogil:
        xnor_work(xnor_vnni_rows if by_vnni else xnor_planes_rows, &job, job.rows, ROW_BLOCK, &first, scratch.start)


cdef _set_bytes(xnor_bytes *job, const uint8_t[:, ::1] x, PreparedWeights w, const int32_t[::1] sums,
                int32_t[:, ::1] y, const int32_t[::1] thresholds, const uint64_t[::1] flips,
                uint64_t[:, ::1] bits, bint by_vnni):
    cdef Py_ssize_t rows = x.shape[0], words = (w.columns + 63) // 64
    if (x.shape[1] != w.depth or w.depth != w.span or w.words != (w.depth + 63) // 64
            or sums.shape[0] != w.columns):
        raise ValueError("operands do not fit each other")
    if by_vnni and not (xnor_cpu_has_vnni() and w._kernel.panel_columns == 64 and w._kernel.element_bytes == 4):
        raise ValueError("VNNI needs a CPU that has it and the panels of the AVX-512 kernel")
    if y is not None:
        if y.shape[0] != rows or y.shape[1] != w.columns:
            raise ValueError("the result does not fit the operands")
    elif (thresholds.shape[0] != w.columns or flips.shape[0] != words or bits.shape[0] != rows
          or bits.shape[1] != words):
        raise ValueError("thresholds and bits do not fit the operands")
    _set_weights(&job.weights, w)
    job.rows = rows if w.columns else 0
    job.x, job.sums, job.y, job.thresholds, job.flips, job.bits = NULL, NULL, NULL, NULL, NULL, NULL
    if job.rows:
        job.x, job.sums = &x[0, 0], &sums[0]
        if y is not None:
            job.y = &y[0, 0]
        else:
            job.thresholds, job.flips, job.bits = &thresholds[0], &flips[0], &bits[0, 0]


def signs_times_floats(const uint64_t[:, ::1] signs not None, const float[:, ::1] weight not None,
                       const float[::1] bias not None, float[:, ::1] y not None):
    """Packed signs times rows of `weight`, 64 floats for every word, plus `bias`, into `y`."""
    cdef Py_ssize_t rows = signs.shape[0], words = signs.shape[1], outputs = weight.shape[0]
    if (weight.shape[1] != 64 * words or bias.shape[0] != outputs or y.shape[0] != rows
            or y.shape[1] != outputs):
        raise ValueError("operands do not fit each other")
    if rows and outputs and words:
        with nogil:
            xnor_signs_times_floats(rows, words, outputs, &signs[0, 0], &weight[0, 0], &bias[0], &y[0, 0])


def conv_job(const uint64_t[:, :, :, ::1] pixels not None, PreparedWeights w not None,
             int32_t[:, ::1] c, uint64_t[:, ::1] bits, const uint64_t[::1] outside not None,
             const int32_t[:, ::1] corrections, Py_ssize_t first_word, Py_ssize_t first_column,
             size, out_size, stride, dilation, padding, int threads):
    """A convolution of `pixels`, images x height x width x words, into `c` or `bits`, output pixels x columns.

    Reads `outside.shape[0]` words of each pixel from `first_word` on, and writes from `first_column` on.
    `corrections`, taps x columns, are what a tap beyond the edge adds, or None. Pairs are vertical, horizontal.
    """
    cdef Job job = Job()
    cdef xnor_conv *conv = &job._conv
    cdef Py_ssize_t taps, rows
    conv.height, conv.width, conv.pixel_stride, conv.pixel = (
        pixels.shape[1], pixels.shape[2], pixels.shape[3], outside.shape[0])
    conv.filter_height, conv.filter_width = size
    conv.out_height, conv.out_width = out_size
    conv.stride_y, conv.stride_x = stride
    conv.dilation_y, conv.dilation_x = dilation
    conv.pad_y, conv.pad_x = padding
    taps = conv.filter_height * conv.filter_width
    rows = pixels.shape[0] * conv.out_height * conv.out_width
    if min(*size, *out_size, *stride, *dilation, conv.pixel) < 1 or min(padding) < 0:
        raise ValueError("sizes must be positive")
    if (first_word < 0 or first_word + conv.pixel > conv.pixel_stride or w.words != taps * conv.pixel):
        raise ValueError("filters do not fit the pixels")
    _set_weights(&conv.product, w)
    conv.product.rows = rows
    if c is not None:
        if c.shape[0] != rows or first_column < 0 or first_column + w.columns > c.shape[1]:
            raise ValueError("the result does not fit the operands")
        _set_dots_from(&conv.product, c, first_column)
        if corrections is not None:
            if corrections.shape[0] != taps or corrections.shape[1] != w.columns:
                raise ValueError("corrections do not fit the filters")
            if w.columns:
                conv.corrections = &corrections[0, 0]
    else:
        conv.product.rows = rows
        if bits is None or corrections is not None or first_column != 0:
            raise ValueError("bits cannot be corrected, nor begin within a word")
        _set_bits(&conv.product, w, bits)
    if pixels.shape[0] and pixels.shape[1] and pixels.shape[2]: # or there is nothing but padding
        conv.pixels = &pixels[0, 0, 0, first_word]
    conv.outside = &outside[0]
    job._held = pixels, w, c, bits, outside, corrections
    job._fn, job._job = xnor_conv_rows, conv
    job._share(conv.product.rows, threads)
    job._scratch = xnor_conv_scratch(conv, job._block)
    return job


cdef _set_weights(xnor_product *product, PreparedWeights w):
    product.kernel, product.panels = w._kernel, w._panels.start
    product.columns, product.words, product.span, product.depth = w.columns, w.words, w.span, w.depth
    product.rows, product.a, product.c, product.bits, product.stream = 0, NULL, NULL, NULL, 0


cdef _set_operands(xnor_product *product, const uint64_t[:, ::1] a, PreparedWeights w):
    """Everything but the result; no rows where there is nothing to compute."""
    if a.shape[1] != w.words:
        raise ValueError("operands do not fit each other")
    _set_weights(product, w)
    product.rows = a.shape[0]
    if a.shape[0]:
        product.a = &a[0, 0]


cdef _set_dots(xnor_product *product, int32_t[:, ::1] c):
    if c.shape[0] != product.rows or c.shape[1] != product.columns:
        raise ValueError("the result does not fit the operands")
    _set_dots_from(product, c, 0)


cdef _set_dots_from(xnor_product *product, int32_t[:, ::1] c, Py_ssize_t first_column):
    product.c_stride = c.shape[1]
    if not (product.rows and product.columns):
        product.rows = 0
        return
    product.c = &c[0, first_column]
    product.stream = (<size_t> product.rows * product.columns * sizeof(int32_t) >= STREAM_BYTES
                      and <uintptr_t> product.c % CACHE_LINE == 0
                      and product.c_stride * sizeof(int32_t) % CACHE_LINE == 0)


cdef _set_bits(xnor_product *product, PreparedWeights w, uint64_t[:, ::1] bits):
    if w.thresholds is None:
        raise ValueError("the weights have no thresholds")
    if bits.shape[0] != product.rows or bits.shape[1] != w._flips.shape[0]:
        raise ValueError("the result does not fit the operands")
    product.bits_stride = bits.shape[1]
    if not (product.rows and product.columns):
        product.rows = 0
        return
    product.bits = &bits[0, 0]
    product.limits, product.flips = &w._limits[0], &w._flips[0]
