/* Drawings, brought to what the data sets of handwritten digits hold. */
#ifndef BNNLAB_DRAWING_H
#define BNNLAB_DRAWING_H

#include <stdint.h>

enum { DIGITS_SIDE = 8, MNIST_SIDE = 28 };

/* `ink` is a square of `size` x `size` places, row by row: 0 is paper, 255 is covered with ink. `pixels` becomes an image of
 * the data set, row by row: 0..16 for digits, 0..255 for MNIST. Returns whether there is any ink at all. */
int drawing_to_digits(const uint8_t *ink, int size, uint8_t *pixels);
int drawing_to_mnist(const uint8_t *ink, int size, uint8_t *pixels);

#endif
