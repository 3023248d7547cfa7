/* How drawings become images, as the authors of the data sets say that theirs did, and as their images show:
 *
 *   digits   the writing stands upright, is as high as a bitmap of 32 x 32, and at most 24 wide: in the images hardly any
 *            stroke leans, and the outer columns are all but empty. A pixel is the ink in one of the bitmap's blocks of
 *            4 x 4, 0..16 (E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI 1998)
 *   MNIST    the longer side of the writing is 20 of 28, in greys, and its centre of mass comes to the middle
 *            (Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits)
 *
 * What is narrower stays so, in the middle: a 1 is slim.
 */
#include "drawing.h"

enum { BITMAP = 32, BLOCK = BITMAP / DIGITS_SIDE, MAX_WIDTH = 24, MNIST_BOX = 20, FULL = 255 };

/* From this much ink on a place of the bitmap is black: strokes are then as thick as those of the data set, in which a
 * pixel has 4.9 of 16 on average. */
static const float MIN_INK = FULL / 8.0f;

/* The box around the writing. Where that is to be set upright, each row is moved by `lean` places for each row that it lies
 * below the middle. */
typedef struct {
    float top, left, height, width;
    float lean, middle;
} box;

/* Cells of equal size, side by side; they may reach beyond the drawing. */
typedef struct {
    float top, left, height, width;
    const box *writing;
} cells;

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* How far row y is moved to the right. */
static float moved(const box *writing, int y)
{
    return writing->lean * ((float)y + 0.5f - writing->middle);
}

/* How the writing leans: the line x = lean * y that all its ink is closest to, as the moments of the ink say. */
static void find_lean(const uint8_t *ink, int size, box *found)
{
    float mass = 0.0f, down = 0.0f, across = 0.0f, tall = 0.0f, slanted = 0.0f;
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
            const float here = ink[y * size + x] / (float)FULL;
            mass += here;
            down += here * (float)y;
            across += here * (float)x;
        }
    const float middle = down / mass, centre = across / mass;
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x) {
            const float here = ink[y * size + x] / (float)FULL, below = (float)y - middle;
            tall += here * below * below;
            slanted += here * below * ((float)x - centre);
        }
    found->middle = middle + 0.5f;
    found->lean = tall > 0.0f ? -slanted / tall : 0.0f;
}

/* Returns whether there is any writing. */
static int around_ink(const uint8_t *ink, int size, int upright, box *found)
{
    int any = 0, top = 0, bottom = 0;
    float left = 0.0f, right = 0.0f;
    *found = (box){0};
    if (upright)
        find_lean(ink, size, found);
    for (int y = 0; y < size; ++y)
        for (int x = 0; x < size; ++x)
            if (ink[y * size + x]) {
                const float at = (float)x + moved(found, y);
                top = any ? top : y;
                left = any && left < at ? left : at;
                right = any && right > at + 1.0f ? right : at + 1.0f;
                bottom = y + 1;
                any = 1;
            }
    found->top = (float)top;
    found->left = left;
    found->height = (float)(bottom - top);
    found->width = right - left;
    return any;
}

/* `count` x `count` cells with the writing in their middle. */
static cells around_box(const box *writing, float height, float width, int count)
{
    return (cells){
        writing->top + 0.5f * (writing->height - (float)count * height),
        writing->left + 0.5f * (writing->width - (float)count * width), height, width, writing,
    };
}

/* How much of [from, to) the place [at, at + 1) takes. */
static float overlap(float from, float to, int at)
{
    const float begin = from > (float)at ? from : (float)at, end = to < (float)(at + 1) ? to : (float)(at + 1);
    return end > begin ? end - begin : 0.0f;
}

/* The mean ink in a cell: 0..255. */
static float ink_in_cell(const uint8_t *ink, int size, const cells *of, int row, int column)
{
    const float top = of->top + (float)row * of->height, bottom = top + of->height;
    float sum = 0.0f;
    for (int y = larger(0, (int)top); y < smaller(size, (int)bottom + 1); ++y) {
        const float left = of->left + (float)column * of->width - moved(of->writing, y), right = left + of->width;
        const float high = overlap(top, bottom, y);
        for (int x = larger(0, (int)left); x < smaller(size, (int)right + 1); ++x)
            sum += ink[y * size + x] * high * overlap(left, right, x);
    }
    return sum / (of->height * of->width);
}

int drawing_to_digits(const uint8_t *ink, int size, uint8_t *pixels)
{
    box writing;
    for (int pixel = 0; pixel < DIGITS_SIDE * DIGITS_SIDE; ++pixel)
        pixels[pixel] = 0;
    if (!around_ink(ink, size, 1, &writing))
        return 0;
    const float height = writing.height / BITMAP, narrowest = writing.width / MAX_WIDTH;
    const cells bitmap = around_box(&writing, height, height > narrowest ? height : narrowest, BITMAP);
    for (int row = 0; row < BITMAP; ++row)
        for (int column = 0; column < BITMAP; ++column)
            if (ink_in_cell(ink, size, &bitmap, row, column) >= MIN_INK)
                ++pixels[row / BLOCK * DIGITS_SIDE + column / BLOCK];
    return 1;
}

int drawing_to_mnist(const uint8_t *ink, int size, uint8_t *pixels)
{
    box writing;
    for (int pixel = 0; pixel < MNIST_SIDE * MNIST_SIDE; ++pixel)
        pixels[pixel] = 0;
    if (!around_ink(ink, size, 0, &writing))
        return 0;
    const float side = (writing.height > writing.width ? writing.height : writing.width) / MNIST_BOX;
    const cells grid = around_box(&writing, side, side, MNIST_BOX);
    float greys[MNIST_BOX][MNIST_BOX], mass = 0.0f, down = 0.0f, across = 0.0f;
    for (int row = 0; row < MNIST_BOX; ++row)
        for (int column = 0; column < MNIST_BOX; ++column) {
            const float grey = ink_in_cell(ink, size, &grid, row, column);
            greys[row][column] = grey;
            mass += grey;
            down += grey * ((float)row + 0.5f);
            across += grey * ((float)column + 0.5f);
        }
    /* It comes to the middle of place 14, counted from 0, as it lies in MNIST's own images. Never below -MNIST_BOX. */
    const float middle = (float)MNIST_SIDE / 2 + 0.5f;
    const int top = (int)(middle - down / mass + 0.5f + MNIST_BOX) - MNIST_BOX;
    const int left = (int)(middle - across / mass + 0.5f + MNIST_BOX) - MNIST_BOX;
    for (int row = larger(0, -top); row < smaller(MNIST_BOX, MNIST_SIDE - top); ++row)
        for (int column = larger(0, -left); column < smaller(MNIST_BOX, MNIST_SIDE - left); ++column)
            pixels[(top + row) * MNIST_SIDE + left + column] = (uint8_t)(greys[row][column] + 0.5f);
    return 1;
}
