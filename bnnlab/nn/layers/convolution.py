"""The binary convolution, with padding one has to choose."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from bnnlab.nn.binarize import Binarize
from bnnlab.nn.layers.binary_layer import BinaryLayer, positive_int

Size = int | tuple[int, int]


class BinaryConv2d(BinaryLayer):
    """Two-dimensional convolution of signs with signs, and with `scale` each channel times alpha.

    Padding is inserted after binarising, so `pad_value` is what the kernel sees: -1 and +1 are bits like any
    other, 0 makes a padded tap count nothing (and is the one that no single bit can express). On a 3 x 3
    image of ones, under a 3 x 3 filter of +1, the corner output is 4 for 0, 9 for +1 and -1 for -1.

    Args:
        in_channels: Channels of the input.
        out_channels: Filters.
        kernel_size: Height and width of a filter, or one number for both.
        stride: Step between outputs.
        padding: Rows and columns inserted on each side.
        pad_value: What is inserted: -1, 0 or +1.
        dilation: Distance between taps.
        groups: Blocks of channels convolved apart.
        quantizer: Name of the estimator in `bnnlab.nn.QUANTIZERS`.
        clip_value: Its t_clip.
        weight_clip_value: Its t_clip for the weights; None takes `clip_value`.
        binarize_input: False where the inputs are to stay numbers, as in a first layer.
        binarize: ``"both"``, ``"weights"`` or ``"nothing"``: what it takes signs of now.
        scale: True for XNOR-Net's scaling factor per filter.
        generator: Source of the initial weights; None takes torch's global one.

    Raises:
        ValueError: If a size or setting is impossible.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        *,
        stride: Size = 1,
        padding: Size = 0,
        pad_value: float = -1.0,
        dilation: Size = 1,
        groups: int = 1,
        quantizer: str = "clipped_ste",
        clip_value: float = 1.0,
        weight_clip_value: float | None = None,
        binarize_input: bool = True,
        binarize: Binarize = "both",
        scale: bool = False,
        generator: torch.Generator | None = None,
    ) -> None:
        self.in_channels = positive_int("in_channels", in_channels)
        self.out_channels = positive_int("out_channels", out_channels)
        self.groups = positive_int("groups", groups)
        if in_channels % groups or out_channels % groups:
            raise ValueError(
                f"groups must divide in_channels {in_channels} and out_channels {out_channels}, got {groups}"
            )
        if pad_value not in (-1, 0, 1):
            raise ValueError(f"pad_value must be -1, 0 or +1, got {pad_value}")
        self.kernel_size = _pair("kernel_size", kernel_size, 1)
        self.stride = _pair("stride", stride, 1)
        self.padding = _pair("padding", padding, 0)
        self.dilation = _pair("dilation", dilation, 1)
        self.pad_value = float(pad_value)
        super().__init__(
            (out_channels, in_channels // groups, *self.kernel_size),
            quantizer=quantizer,
            clip_value=clip_value,
            weight_clip_value=weight_clip_value,
            binarize_input=binarize_input,
            binarize=binarize,
            scale=scale,
            generator=generator,
        )

    def forward(self, x: Tensor) -> Tensor:
        """`(n, in_channels, height, width)` to `(n, out_channels, height', width')`."""
        rows, columns = self.padding
        padded = functional.pad(self._input(x), (columns, columns, rows, rows), value=self.pad_value)
        y = functional.conv2d(
            padded,
            self.weight_binarizer(self.weight),
            stride=self.stride,
            dilation=self.dilation,
            groups=self.groups,
        )
        return y * self.alpha[:, None, None] if self._scales else y

    def extra_repr(self) -> str:
        """Sizes and settings, for `print(model)`."""
        return (
            f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, "
            f"stride={self.stride}, padding={self.padding}, pad_value={self.pad_value:g}, "
            f"dilation={self.dilation}, groups={self.groups}, {self._settings()}"
        )


def _pair(name: str, value: Size, least: int) -> tuple[int, int]:
    pair = (value, value) if isinstance(value, int) else value
    if (
        not isinstance(pair, tuple)
        or len(pair) != 2
        or not all(isinstance(n, int) and n >= least for n in pair)
    ):
        raise ValueError(f"{name} must be a whole number of at least {least}, or two, got {value!r}")
    return pair
