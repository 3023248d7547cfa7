"""Binary convolution, from float images to int32 sums, and how its time divides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bnnlab.bench.compare import Progress, compare
from bnnlab.bench.contest import Opponent, Prepared, untouched
from bnnlab.bench.product import MOST_ELEMENTS, random_signs, sizes_from_text
from bnnlab.bits import kernels, pack_images, prepare_filters, xnor_conv2d
from bnnlab.bits.memory import aligned_empty
from bnnlab.bits.reference import binary_conv2d
from bnnlab.records import Benchmark

PAD_VALUE = -1


@dataclass(frozen=True, slots=True)
class ConvShape:
    """Sizes of a convolution with stride 1 whose result is as large as its images.

    Attributes:
        images: Images in a batch.
        channels: Of an image.
        height: Of an image, in pixels.
        width: Of an image, in pixels.
        filters: How many.
        taps: Height and width of a filter; odd.

    Raises:
        ValueError: If a size is below 1, `taps` even, or an array has more than `MOST_ELEMENTS` elements.
    """

    images: int
    channels: int
    height: int
    width: int
    filters: int
    taps: int

    def __post_init__(self) -> None:
        sizes = (self.images, self.channels, self.height, self.width, self.filters, self.taps)
        if min(sizes) < 1:
            raise ValueError(f"the sizes of a convolution must be at least 1, got {self}")
        if self.taps % 2 == 0:
            raise ValueError(f"the taps of a filter must be odd, got {self.taps} in {self}")
        pixels = self.images * (self.height + self.taps) * (self.width + self.taps)
        if max(pixels * max(self.channels, self.filters), self.products // self.filters) > MOST_ELEMENTS:
            raise ValueError(
                f"the arrays of a convolution must have at most {MOST_ELEMENTS} elements, not {self}"
            )

    @classmethod
    def parse(cls, text: str) -> ConvShape:
        """The shape that a text such as ``"1x64x112x112x64x3"`` names.

        Raises:
            ValueError: If it names none.
        """
        form = "IMAGESxCHANNELSxHEIGHTxWIDTHxFILTERSxTAPS, such as 1x64x112x112x64x3"
        return cls(*sizes_from_text(text, 6, form))

    @property
    def products(self) -> int:
        """Multiplications in the whole convolution."""
        return self.images * self.height * self.width * self.filters * self.channels * self.taps**2

    def __str__(self) -> str:
        return f"{self.images}x{self.channels}x{self.height}x{self.width}x{self.filters}x{self.taps}"


SECONDS = 3.0
SHAPES = (ConvShape(1, 64, 112, 112, 64, 3),)


@dataclass(frozen=True, slots=True, eq=False)
class ConvWorkload:
    """Images and filters of signs, and their convolution, with a border of `PAD_VALUE`.

    Attributes:
        x: `(images, channels, height, width)` float32 of -1 and +1.
        weight: `(filters, channels, taps, taps)` float32 of -1 and +1.
        expected: `(images, height, width, filters)` int32.
    """

    shape: ConvShape
    x: NDArray[np.float32]
    weight: NDArray[np.float32]
    expected: NDArray[np.int32]

    @classmethod
    def random(cls, shape: ConvShape) -> ConvWorkload:
        """Signs from a generator with a fixed seed, and what the reference makes of them."""
        rng = np.random.default_rng(0)
        x = random_signs(rng, (shape.images, shape.channels, shape.height, shape.width))
        weight = random_signs(rng, (shape.filters, shape.channels, shape.taps, shape.taps))
        return cls(shape, x, weight, binary_conv2d(x, weight, 1, shape.taps // 2, PAD_VALUE))

    @property
    def padding(self) -> int:
        """Pixels added at each edge."""
        return self.shape.taps // 2

    @property
    def name(self) -> str:
        """Images x channels x height x width x filters x taps."""
        return str(self.shape)

    @property
    def amount(self) -> int:
        """Multiplications and additions."""
        return 2 * self.shape.products

    @property
    def unit(self) -> str:
        """10^9 of them a second."""
        return "Gop/s"

    def accepts(self, answer: Any) -> bool:
        """Whether these are the sums, each of them exactly."""
        return np.array_equal(answer, self.expected)

    def bound(self, opponent: Opponent[Any], /) -> float | None:
        """What the opponent's instructions allow."""
        return opponent.roofline()


def conv_benchmark(
    shapes: Sequence[ConvShape] = SHAPES,
    seconds: float = SECONDS,
    opponents: Iterable[str] | None = None,
    progress: Progress | None = None,
) -> Benchmark:
    """Time every opponent on the same images and filters, shape by shape.

    Args:
        shapes: What to convolve.
        seconds: How long to measure each shape.
        opponents: Names in `CONV_OPPONENTS`; all of them if None.
        progress: Told the share that is done, 0..1.

    Raises:
        ValueError: If `seconds` is not above 0, or an opponent is unknown.
    """
    workloads = [partial(ConvWorkload.random, shape) for shape in shapes]
    benchmark = compare("conv", workloads, CONV_OPPONENTS, opponents, seconds, progress)
    return replace(benchmark, notes=(*benchmark.notes, *NOTES))


NOTES = (
    f"Float images in, int32 sums out; stride 1, and a border of {PAD_VALUE} that makes the result as large as the "
    "image. torch is given images that have this border already, and is not charged for it.",
)


def _prepare_ours(kernel: str, workload: ConvWorkload) -> Prepared:
    convolve = _convolution(kernel, workload)
    return Prepared(lambda: convolve(pack_images(workload.x)), np.asarray)


def _prepare_packing(workload: ConvWorkload) -> Prepared:
    """Only the first stage. Its answer is right if the second makes the right sums of it."""
    return Prepared(partial(pack_images, workload.x), _convolution(kernels()[0], workload))


def _prepare_product(workload: ConvWorkload) -> Prepared:
    """Only the second stage, on images that are packed."""
    return Prepared(partial(_convolution(kernels()[0], workload), pack_images(workload.x)), np.asarray)


def _convolution(kernel: str, workload: ConvWorkload) -> Callable[..., NDArray[np.int32]]:
    """`xnor_conv2d`, wanting images."""
    return partial(
        xnor_conv2d,
        filters=prepare_filters(workload.weight, kernel=kernel),
        out=untouched(aligned_empty(workload.expected.shape, np.int32)),
        padding=workload.padding,
        pad_value=PAD_VALUE,
    )


def _prepare_torch(channels_last: bool, workload: ConvWorkload) -> Prepared:
    import torch

    border = ((0, 0), (0, 0), (workload.padding,) * 2, (workload.padding,) * 2)
    order = torch.channels_last if channels_last else torch.contiguous_format
    x = torch.from_numpy(np.pad(workload.x, border, constant_values=PAD_VALUE))
    weight = torch.from_numpy(workload.weight)
    run = partial(torch.conv2d, x.contiguous(memory_format=order), weight.contiguous(memory_format=order))
    return Prepared(run, lambda sums: sums.permute(0, 2, 3, 1).numpy())


CONV_OPPONENTS: dict[str, Opponent[ConvWorkload]] = {
    opponent.name: opponent
    for opponent in (
        *(
            Opponent(
                name=kernel,
                what=f"pack_images, then xnor_conv2d(out=) by the {kernel} kernel",
                prepare=partial(_prepare_ours, kernel),
                role="ours",
                kernel=kernel,
            )
            for kernel in kernels()
        ),
        Opponent("of-which-packing", "pack_images alone", _prepare_packing, role="stage"),
        Opponent(
            "of-which-product",
            f"xnor_conv2d alone, by the {kernels()[0]} kernel: patches gathered from words, and multiplied",
            _prepare_product,
            role="stage",
        ),
        Opponent(
            "torch",
            "torch.conv2d in float32, channels first",
            partial(_prepare_torch, False),
            arithmetic="float32",
            module="torch",
        ),
        Opponent(
            "torch-channels-last",
            "torch.conv2d in float32, channels last, images and filters laid out so before",
            partial(_prepare_torch, True),
            arithmetic="float32",
            module="torch",
        ),
    )
}
