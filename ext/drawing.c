/* How drawings become images, as the authors of the data sets say that theirs did:
 *
 *   digits   the writing fills a bitmap of 32 x 32; a pixel is the ink in one of its blocks of 4 x 4, 0..16
 *            (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI 1998)
 *   MNIST    the writing fills 20 x 20 in greys, and its centre of mass comes to the centre of 28 x 28
 *            (Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits)
 *
 * To fill a square means that the longer side of the writing's box is as long as the square, and the shorter one in the
 * middle: a 1 stays slim.
 */
#include "drawing.h"

enum { BITMAP = 32, BLOCK = BITMAP / DIGITS_SIDE, MNIST_BOX = 20, FULL = 255 };

/* A square part of the drawing, from its upper left corner. */
typedef struct {
    float top, left, side;
} part;

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* The square around the writing; 0 without any. */
static int around_ink(const uint8_t *ink, int size, part *found)
{
    int top = size, bottom = 0, left = size, right = 0;
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x)
            if (ink[y * size + x] > FULL / 2) {
                top = smaller(top, y);
                bottom = larger(bottom, y + 1);
                left = smaller(left, x);
                right = larger(right, x + 1);
            }
    if (bottom <= top)
        return 0;
    found->side = (float)larger(bottom - top, right - left);
    found->top = 0.5f * ((float)(top + bottom) - found->side);
    found->left = 0.5f * ((float)(left + right) - found->side);
    return 1;
}

/* How much of [from, to) the place [at, at + 1) takes. */
static float overlap(float from, float to, int at)
{
    const float begin = from > (float)at ? from : (float)at, end = to < (float)(at + 1) ? to : (float)(at + 1);
    return end > begin ? end - begin : 0.0f;
}

/* The mean ink in one of `count` x `count` cells of a part, which may reach beyond the drawing: 0..255. */
static float ink_in_cell(const uint8_t *ink, int size, const part *of, int count, int row, int column)
{
    const float side = of->side / (float)count;
    const float top = of->top + (float)row * side, left = of->left + (float)column * side;
    float sum = 0.0f;
    for (int y = larger(0, (int)top); y < smaller(size, (int)(top + side) + 1); ++y)
        for (int x = larger(0, (int)left); x < smaller(size, (int)(left + side) + 1); ++x)
            sum += ink[y * size + x] * overlap(top, top + side, y) * overlap(left, left + side, x);
    return sum / (side * side);
}

int drawing_to_digits(const uint8_t *ink, int size, uint8_t *pixels)
{
    part box;
    for (int pixel = 0; pixel < DIGITS_SIDE * DIGITS_SIDE; ++pixel)
        pixels[pixel] = 0;
    if (!around_ink(ink, size, &box))
        return 0;
    for (int row = 0; row < BITMAP; ++row)
        for (int column = 0; column < BITMAP; ++column)
            if (ink_in_cell(ink, size, &box, BITMAP, row, column) > (float)(FULL / 2))
                ++pixels[row / BLOCK * DIGITS_SIDE + column / BLOCK];
    return 1;
}

int drawing_to_mnist(const uint8_t *ink, int size, uint8_t *pixels)
{
    part box;
    for (int pixel = 0; pixel < MNIST_SIDE * MNIST_SIDE; ++pixel)
        pixels[pixel] = 0;
    if (!around_ink(ink, size, &box))
        return 0;
    float greys[MNIST_BOX][MNIST_BOX], mass = 0.0f, down = 0.0f, across = 0.0f;
    for (int row = 0; row < MNIST_BOX; ++row)
        for (int column = 0; column < MNIST_BOX; ++column) {
            const float grey = ink_in_cell(ink, size, &box, MNIST_BOX, row, column);
            greys[row][column] = grey;
            mass += grey;
            down += grey * ((float)row + 0.5f);
            across += grey * ((float)column + 0.5f);
        }
    /* The centre of mass lies in the box, so it moves it by -6..14 places, which 28 x 28 need not have room for. */
    const int top = (int)(MNIST_SIDE / 2 + MNIST_BOX - down / mass + 0.5f) - MNIST_BOX;
    const int left = (int)(MNIST_SIDE / 2 + MNIST_BOX - across / mass + 0.5f) - MNIST_BOX;
    for (int row = larger(0, -top); row < smaller(MNIST_BOX, MNIST_SIDE - top); ++row)
        for (int column = larger(0, -left); column < smaller(MNIST_BOX, MNIST_SIDE - left); ++column)
            pixels[(top + row) * MNIST_SIDE + left + column] = (uint8_t)(greys[row][column] + 0.5f);
    return 1;
}
