/* Drawings of all kinds: nothing is read or written beside them, and pixels are those that their data set knows. */
#include "check.h"

#include "drawing.h"

enum { MAX_SIZE = 40, FULL = 255 };

typedef int to_image(const uint8_t *ink, int size, uint8_t *pixels);

/* Nothing, a point, all, or some of it. */
static int draw_ink(uint8_t *ink, int size)
{
    const int percent = (int)between(0, 3) * 33;
    int any = 0;
    for (int at = 0; at < size * size; ++at) {
        ink[at] = (uint8_t)(chance(percent) ? between(1, FULL) : 0);
        any |= ink[at];
    }
    if (!any && chance(50))
        any = ink[between(0, size * size - 1)] = FULL;
    return any != 0;
}

static void check(to_image *image, int size, int side, int white, place where)
{
    guarded ink = guard("ink", (size_t)(size * size), 1, where);
    guarded pixels = guard("pixels", (size_t)(side * side), 1, where);
    const int any = draw_ink(ink.at, size);
    if (image(ink.at, size, pixels.at) != any)
        fail("ink: %d", any);
    int seen = 0;
    for (int at = 0; at < side * side; ++at) {
        const int pixel = ((uint8_t *)pixels.at)[at];
        if (pixel > white)
            fail("pixel %d is %d", at, pixel);
        seen |= pixel;
    }
    if (seen && !any)
        fail("pixels without ink");
    release(&ink);
    release(&pixels);
}

long check_drawings(long draws)
{
    long cases = 0;
    for (long number = 0; number < draws; ++number)
        for (place where = 0; where < PLACES; ++where, cases += 2) {
            const int size = (int)between(1, MAX_SIZE);
            describe("drawing of %d x %d, place %d", size, size, (int)where);
            check(drawing_to_digits, size, DIGITS_SIDE, 16, where);
            check(drawing_to_mnist, size, MNIST_SIDE, FULL, where);
        }
    return cases;
}
