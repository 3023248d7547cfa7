# cython: language_level=3, boundscheck=False, wraparound=False, freethreading_compatible=True
"""The doorway to the compiled readings of a training step. Checks only what would read or write out of bounds;
`bnnlab.train.watch.readings` holds the prose."""

from libc.stdint cimport int64_t, uint16_t, uint32_t, uint64_t

cdef extern from "watch.h":
    ctypedef uint64_t BINARY_WORD
    int64_t xnor_watch_weights(Py_ssize_t rows, Py_ssize_t depth, const float *latent, float limit,
                               BINARY_WORD *signs) noexcept nogil
    void xnor_watch_gradient(Py_ssize_t rows, Py_ssize_t depth, const float *before, const float *surrogate,
                             BINARY_WORD *zero, int64_t *blocked, double *squares_before,
                             double *squares_after) noexcept nogil
    int64_t xnor_streaks(Py_ssize_t words, int digits, const BINARY_WORD *mask, BINARY_WORD *planes,
                         BINARY_WORD *reached) noexcept nogil
    int64_t xnor_differences(Py_ssize_t words, const BINARY_WORD *a, const BINARY_WORD *b,
                             BINARY_WORD *out) noexcept nogil
    int64_t xnor_zeros(Py_ssize_t n, const float *values) noexcept nogil
    int HISTOGRAM_BINS
    void xnor_histogram(Py_ssize_t n, const float *values, float limit, int64_t *bins) noexcept nogil
    int RETURN_BINS
    Py_ssize_t xnor_flips(Py_ssize_t rows, Py_ssize_t depth, const BINARY_WORD *flips, uint32_t step,
                          uint16_t *counts, uint32_t *last, uint64_t *returns, Py_ssize_t room,
                          uint32_t *positions) noexcept nogil


def read_weights(const float[:, ::1] latent, float limit, uint64_t[:, ::1] signs):
    """Pack the signs of `latent` along rows; returns how many entries lie within `limit`."""
    cdef int64_t within = 0
    _check_rows(latent.shape[0], latent.shape[1], signs.shape[0], signs.shape[1])
    if signs.size:
        with nogil:
            within = xnor_watch_weights(latent.shape[0], latent.shape[1], &latent[0, 0], limit, &signs[0, 0])
    return within


def read_gradient(const float[:, ::1] before, const float[:, ::1] surrogate, uint64_t[:, ::1] zero):
    """Blocked entries and both sums of squares; `zero` gets bit 1 where before * surrogate is 0."""
    cdef int64_t blocked = 0
    cdef double squares_before = 0, squares_after = 0
    if surrogate.shape[0] != before.shape[0] or surrogate.shape[1] != before.shape[1]:
        raise ValueError("before and surrogate must have one shape")
    _check_rows(before.shape[0], before.shape[1], zero.shape[0], zero.shape[1])
    if zero.size:
        with nogil:
            xnor_watch_gradient(before.shape[0], before.shape[1], &before[0, 0], &surrogate[0, 0], &zero[0, 0],
                                &blocked, &squares_before, &squares_after)
    return blocked, squares_before, squares_after


def histogram(const float[:, ::1] values, float limit, int64_t[::1] bins):
    """Count `values` in even bins over `[-limit, limit]`."""
    if bins.shape[0] != HISTOGRAM_BINS:
        raise ValueError("bins must be HISTOGRAM_BINS long")
    bins[:] = 0
    if values.size:
        with nogil:
            xnor_histogram(values.shape[0] * values.shape[1], &values[0, 0], limit, &bins[0])


def streaks(const uint64_t[:, ::1] mask, uint64_t[:, :, ::1] planes, uint64_t[:, ::1] reached):
    """One step of the counters of bnnlab/train/watch/readings.py; returns how many have reached their end."""
    cdef int64_t count = 0
    if (planes.shape[1] != mask.shape[0] or planes.shape[2] != mask.shape[1]
            or reached.shape[0] != mask.shape[0] or reached.shape[1] != mask.shape[1]):
        raise ValueError("mask, planes and reached must fit each other")
    if planes.size:
        with nogil:
            count = xnor_streaks(mask.shape[0] * mask.shape[1], planes.shape[0], &mask[0, 0], &planes[0, 0, 0],
                                 &reached[0, 0])
    return count


def differences(const uint64_t[:, ::1] a, const uint64_t[:, ::1] b, uint64_t[:, ::1] out):
    """Write the bits in which `a` and `b` differ into `out`; returns how many these are."""
    cdef int64_t count = 0
    if (b.shape[0] != a.shape[0] or b.shape[1] != a.shape[1]
            or out.shape[0] != a.shape[0] or out.shape[1] != a.shape[1]):
        raise ValueError("a, b and out must have one shape")
    if a.size:
        with nogil:
            count = xnor_differences(a.shape[0] * a.shape[1], &a[0, 0], &b[0, 0], &out[0, 0])
    return count


def zeros(const float[::1] values):
    """How many of the values are exactly 0."""
    cdef int64_t count = 0
    if values.shape[0]:
        with nogil:
            count = xnor_zeros(values.shape[0], &values[0])
    return count


def flips(const uint64_t[:, ::1] bits, uint32_t step, uint16_t[:, ::1] counts, uint32_t[:, ::1] last,
          uint64_t[:, ::1] returns, uint32_t[::1] positions):
    """Note the flips of one step, `bits` packed along rows, in all the other arrays; see watch.h.

    Padding bits must be 0. Returns how many were found, at most as many as `positions` has room for."""
    cdef Py_ssize_t found = 0
    _check_rows(counts.shape[0], counts.shape[1], bits.shape[0], bits.shape[1])
    if (last.shape[0] != counts.shape[0] or last.shape[1] != counts.shape[1]
            or returns.shape[0] != counts.shape[0] or returns.shape[1] != RETURN_BINS + 1):
        raise ValueError("counts, last and returns must fit each other")
    if bits.size and positions.shape[0]:
        with nogil:
            found = xnor_flips(counts.shape[0], counts.shape[1], &bits[0, 0], step, &counts[0, 0], &last[0, 0],
                               &returns[0, 0], positions.shape[0], &positions[0])
    return found


cdef _check_rows(Py_ssize_t rows, Py_ssize_t depth, Py_ssize_t word_rows, Py_ssize_t words):
    if word_rows != rows or words != (depth + 63) // 64:
        raise ValueError("words do not fit the matrix")
