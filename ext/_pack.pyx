# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The doorway to packing. Checks only what would read or write out of bounds; `bnnlab.bits.packing` and
`bnnlab.bits.trace` hold the prose."""

from libc.stdint cimport int32_t, uint8_t, uint64_t, uintptr_t

cdef extern from "pack.h":
    ctypedef uint64_t BINARY_WORD
    ctypedef struct xnor_pack_step:
        int32_t row
    ctypedef struct xnor_pack_shape:
        Py_ssize_t vectors, depth, x_vector, x_element, word_vector, word_element
        int columns
    void xnor_pack_float(const xnor_pack_shape *shape, const float *x, BINARY_WORD *words) noexcept nogil
    void xnor_pack_bool(const xnor_pack_shape *shape, const uint8_t *x, BINARY_WORD *words) noexcept nogil
    void xnor_pack_compared(Py_ssize_t rows, Py_ssize_t depth, const float *x, const float *turns,
                            const float *limits, BINARY_WORD *words) noexcept nogil
    void xnor_pack_channels_compared(const xnor_pack_shape *shape, const float *x, const float *turns,
                                     const float *limits, BINARY_WORD *words) noexcept nogil
    void xnor_trace_pack(const xnor_pack_shape *shape, const float *x, int word_bits,
                         BINARY_WORD *words, xnor_pack_step *steps) noexcept nogil

ctypedef fused element:
    float
    uint8_t


def address(const uint8_t[::1] memory not None):
    """Where in memory a buffer of at least one byte begins."""
    return <uintptr_t> &memory[0] if memory.shape[0] else 0


def pack(const element[:, ::1] x, bint columns, uint64_t[:, ::1] words):
    """Pack the rows or the columns of `x`; `uint8_t` elements are booleans."""
    cdef xnor_pack_shape shape = _shape(x.shape[0], x.shape[1], columns, 64)
    _check_words(shape, 64, columns, words)
    if shape.vectors and shape.depth:
        with nogil:
            _pack(&shape, &x[0, 0], &words[0, 0])


def pack_compared(const float[:, ::1] x not None, const float[::1] turns not None, const float[::1] limits not None,
                  uint64_t[:, ::1] words not None):
    """Words of `x * turns >= limits`, packed along rows."""
    cdef Py_ssize_t rows = x.shape[0], depth = x.shape[1]
    if (turns.shape[0] != depth or limits.shape[0] != depth or words.shape[0] != rows
            or words.shape[1] != (depth + 63) // 64):
        raise ValueError("limits and words do not fit the matrix")
    if rows and depth:
        with nogil:
            xnor_pack_compared(rows, depth, &x[0, 0], &turns[0], &limits[0], &words[0, 0])


def pack_channels(const element[:, :, ::1] x, uint64_t[:, :, ::1] words, Py_ssize_t first):
    """Pack the channels of each pixel of `x`, images x channels x pixels, into `words`, images x pixels x words, from
    word `first` of each pixel on."""
    cdef xnor_pack_shape shape = _channels(x.shape[0], x.shape[1], x.shape[2], words, first)
    cdef Py_ssize_t image
    if shape.vectors and shape.depth:
        with nogil:
            for image in range(x.shape[0]):
                _pack(&shape, &x[image, 0, 0], &words[image, 0, first])


def pack_channels_compared(const float[:, :, ::1] x not None, const float[::1] turns not None,
                           const float[::1] limits not None, uint64_t[:, :, ::1] words not None):
    """As `pack_channels` from word 0 on, of `x * turns >= limits` with one turn and limit for each channel."""
    cdef xnor_pack_shape shape = _channels(x.shape[0], x.shape[1], x.shape[2], words, 0)
    cdef Py_ssize_t image
    if turns.shape[0] != x.shape[1] or limits.shape[0] != x.shape[1]:
        raise ValueError("limits do not fit the images")
    if shape.vectors and shape.depth:
        with nogil:
            for image in range(x.shape[0]):
                xnor_pack_channels_compared(&shape, &x[image, 0, 0], &turns[0], &limits[0], &words[image, 0, 0])


cdef xnor_pack_shape _channels(Py_ssize_t images, Py_ssize_t channels, Py_ssize_t pixels,
                               uint64_t[:, :, ::1] words, Py_ssize_t first):
    cdef xnor_pack_shape shape
    shape.vectors, shape.depth, shape.x_vector, shape.x_element = pixels, channels, 1, pixels
    shape.word_vector, shape.word_element, shape.columns = words.shape[2], 1, True
    if (words.shape[0] != images or words.shape[1] != pixels or first < 0
            or first + (channels + 63) // 64 > words.shape[2]):
        raise ValueError("words do not fit the images")
    return shape


cdef void _pack(const xnor_pack_shape *shape, const element *x, BINARY_WORD *words) noexcept nogil:
    if element is float:
        xnor_pack_float(shape, x, words)
    else:
        xnor_pack_bool(shape, x, words)


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


cdef _check_bytes(uint8_t[::1] steps, Py_ssize_t count, Py_ssize_t size):
    if steps.shape[0] != count * size:
        raise ValueError("steps do not fit the trace")
