"""Networks of the kinds that BMXNet was used for, small, with random weights."""

from typing import Any

from .bmxnet_writer import Writer


def lenet(word_bits: int, seed: int = 0, filters: int = 64, pool_first: bool = False, **norm: Any) -> Writer:
    """Two convolutions and two dense layers on 1 x 28 x 28, the inner two binary, as in BMXNet's MNIST example."""
    net = Writer(word_bits, seed)
    x = net.conv(net.data, "conv", 1, filters, 5)
    x = net.add("Activation", "tanh", x, act_type="tanh")
    x = net.add("Pooling", "pool", x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    x = net.norm(x, "norm", filters, spread=0.3, **norm)
    x = net.add("QActivation", "sign", x, act_bit=1, backward_only=True)
    x = net.sign_conv(x, "qconv", filters, 64, 5)
    if not pool_first:
        x = net.count_norm(x, "qnorm", 64, 25 * filters, **norm)
    x = net.add("Pooling", "qpool", x, kernel=(2, 2), stride=(2, 2), pool_type="max")
    if pool_first:
        x = net.count_norm(x, "qnorm", 64, 25 * filters, **norm)
    x = net.add("Flatten", "flat", x)
    x = net.add("QActivation", "sign2", x, act_bit=1, backward_only=True)
    x = net.sign_dense(x, "qdense", 1024, 100)
    x = net.count_norm(x, "dnorm", 100, 1024, **norm)
    x = net.add("Activation", "tanh2", x, act_type="tanh")
    net.softmax(net.dense(x, "dense", 100, 10))
    return net


def mlp(word_bits: int, seed: int = 0) -> Writer:
    """Two binary dense layers after a float one, whose widths fill no whole words."""
    net = Writer(word_bits, seed)
    x = net.dense(net.add("Flatten", "flat", net.data), "first", 784, 70)
    x = net.sign_dense(net.norm(x, "norm", 70), "second", 70, 100)
    x = net.add("Dropout", "drop", net.count_norm(x, "norm2", 100, 70, fix_gamma=False), p=0.5)
    x = net.sign_dense(x, "third", 100, 10)
    net.softmax(net.count_norm(x, "norm3", 10, 100))
    return net


def resnet(word_bits: int, seed: int = 0, width: int = 40, attributes: str = "attr") -> Writer:
    """Three units with binary convolutions on 3 x 32 x 32; the second halves the image, its shortcut too."""
    net = Writer(word_bits, seed, attributes)
    x = net.norm(net.data, "bn_data", 3, fix_gamma=True, eps=2e-5)
    x = net.conv(x, "conv0", 3, width, 3, stride=(2, 2), pad=(1, 1), no_bias=True)
    channels, shortcut = width, 0
    for unit, (filters, step) in enumerate([(width, 1), (2 * width, 2), (2 * width, 1)]):
        bn1 = net.norm(
            x,
            f"u{unit}_bn1",
            channels,
            3 * channels if unit else 0,
            20 if unit else 1,
            fix_gamma=False,
            eps=2e-5,
        )
        first = net.sign_conv(
            bn1, f"u{unit}_conv1", channels, filters, 3, stride=(step, step), pad=(1, 1), no_bias=True
        )
        bn2 = net.count_norm(first, f"u{unit}_bn2", filters, 9 * channels, fix_gamma=False, eps=2e-5)
        second = net.sign_conv(bn2, f"u{unit}_conv2", filters, filters, 3, pad=(1, 1), no_bias=True)
        shortcut = x
        if filters != channels or unit == 0:
            shortcut = net.sign_conv(
                bn1, f"u{unit}_sc", channels, filters, 1, stride=(step, step), no_bias=True
            )
        x = net.add(("elemwise_add", "_Plus", "ElementWiseSum")[unit], f"plus{unit}", second, shortcut)
        channels = filters
    x = net.norm(x, "bn1", channels, 1000, 30, fix_gamma=False, eps=2e-5)
    x = net.add("Activation", "relu1", x, act_type="relu")
    x = net.add("Pooling", "pool1", x, global_pool=True, kernel=(7, 7), pool_type="avg")
    x = net.add("Flatten", "flatten0", x)
    net.softmax(net.dense(x, "fc1", channels, 10))
    return net


def branches() -> Writer:
    """The operations that only such networks have, on 1 x 12 x 12: branches, averages, windows beyond the edge."""
    net = Writer()
    x = net.conv(net.data, "conv", 1, 6, 3)
    x = net.add("Pooling", "pool", x, kernel=(3, 3), stride=(2, 2), pooling_convention="full")
    one = net.sign_conv(x, "one", 6, 5, 1, no_bias=False)
    two = net.add("Activation", "two", net.conv(x, "conv2", 6, 5, 1), act_type="sigmoid")
    x = net.norm(net.add("_plus", "plus", one, two), "norm", 5)
    x = net.add("Pooling", "mean", x, kernel=(2, 2), pad=(1, 1), pool_type="avg")
    net.dense(x, "last", 5 * 6 * 6, 3)
    return net
