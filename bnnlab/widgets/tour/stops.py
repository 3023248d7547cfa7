"""The tour: fourteen stops in the order of the lecture. Its texts stand here, for lab, handout and notebook."""

from __future__ import annotations

from typing import Any, Final

from bnnlab.widgets.tour.stop import Stop, Task

STEPS_BEFORE: Final = 900
"""Steps that the tour's run has learned when it is first seen."""

_WEIGHT: Final[dict[str, Any]] = {"layer": "hidden1", "neuron": 3, "weight": 10}
_SETTINGS: Final[dict[str, Any]] = {
    "do": "set",
    "settings": {"clip_value": 1.0, "weight_clip_value": None, "binarize": "both"},
}
_NO_SELECTION: Final[dict[str, Any]] = {"do": "select"}

STOPS: Final[tuple[Stop, ...]] = (
    Stop(
        title="One bit instead of thirty-two",
        page="summary",
        text=(
            "A neural network is mostly a long list of numbers, its weights. Usually each takes 32 bits.",
            "A binary network keeps one bit of each: only whether it is + or −. That makes it smaller, faster, and "
            "sparing with energy. The three claims at the top say by how much; the last stop comes back to them.",
        ),
        on_paper="bits",
        points_at=".st-key-scores",
        task=Task(
            ask="A layer has 64 × 64 weights. How many bytes do they take with one bit each?",
            check="number",
            fact="layer_bytes",
            slips={
                "4096": "That many bits; eight of them are one byte.",
                "16384": "That many bytes with 32 bits each.",
            },
            hint="There are 64 · 64 = 4,096 weights, and eight bits are one byte.",
            praise="4,096 bits are 512 bytes. With 32 bits each it would be 16,384: 32 times as many.",
        ),
        cell="weights = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)\n"
        'print(f"{weights.nbytes:,} bytes as float32, {bnnlab.pack_columns(weights).nbytes:,} as signs")',
    ),
    Stop(
        title="Only the sign counts",
        page="signs",
        text=(
            "Here is one number r. The network sees only its sign: +1 or −1. (On the page r has a small letter: i goes "
            "in, o comes out.)",
            "A large number and a small one look alike to it. Drag the slider and watch.",
        ),
        on_paper="sign",
        points_at=".estimator-slider",
        task=Task(
            ask="Find the smallest number whose sign is +1.",
            check="sign_jumps",
            hint="It lies where the sign jumps from −1 to +1.",
            praise="0 counts as +1. So there are only two signs and no third thing in between: one bit is enough.",
        ),
        widgets={"estimator_name": "clipped_ste", "estimator_clip": 1.0},
        cell='Estimator("clipped_ste")',
    ),
    Stop(
        title="A slope that teaches nothing",
        page="signs",
        text=(
            "A network learns by small changes: it asks how the error would change if a number grew a little. That is "
            "the gradient, a slope.",
            "The sign is flat. A little more changes nothing, almost everywhere. So its slope is 0.",
        ),
        points_at=".estimator-plots > :first-child",
        task=Task(
            ask="The number r grows from 0.30 to 0.31. By how much does its sign change?",
            check="number",
            fact="sign_change",
            slips={"0.01": "By that much r grows. Its sign is +1 before and after."},
            hint="Look at the left picture: sign(0.30) and sign(0.31) are both +1.",
            praise="By 0. With slope 0 nothing would ever be learned through a sign.",
        ),
        widgets={"estimator_name": "clipped_ste", "estimator_clip": 1.0},
        cell="from bnnlab.bits import reference\n"
        "\n"
        "reference.sign(np.array([0.31])) - reference.sign(np.array([0.30]))",
    ),
    Stop(
        title="Straight through",
        page="signs",
        text=(
            "The way out is a small lie. On the way back we let the gradient pass as if the sign were not there. This "
            "is called a straight-through estimator.",
            "It passes only near 0, where a few small steps can turn the sign. Far out they cannot, so there it is "
            "blocked. Where that begins is our choice, called t_clip: with 1, a number of 0.9 gets its gradient "
            "and one of 1.1 gets none.",
        ),
        on_paper="estimator",
        points_at=".estimator-plots > :last-child",
        task=Task(
            ask="Move r, in the picture or by the slider, to a place where its gradient is blocked.",
            check="gradient_blocked",
            hint="The hatched zones on the right are blocked.",
            praise="Beyond ±t_clip the slope is 0 again, and r gets no gradient.",
        ),
        widgets={"estimator_name": "clipped_ste", "estimator_clip": 1.0},
        cell="from bnnlab.figures import compare_estimators\n"
        "from bnnlab.nn import QUANTIZERS\n"
        "from bnnlab.nn.estimator_curve import estimator_curve\n"
        "\n"
        "compare_estimators([estimator_curve(name, 1.0) for name in QUANTIZERS])",
    ),
    Stop(
        title="Where should the walls stand?",
        page="lab",
        text=(
            "This is a whole network. It reads a picture of a digit on the left and answers on the right. Orange cells "
            "are weights of +1, blue ones of −1.",
            "Each neuron adds up what comes in; brought to a handy size, the sum is called x, and its sign is sent on. "
            "The bars below show the x of all neurons, and the walls are ±t_clip. Beyond them gradients are blocked.",
        ),
        points_at='.walls-panel[aria-label="Distribution of x"]',
        task=Task(
            ask="Drag a wall of x until about a third is blocked.",
            check="third_blocked",
            hint="Closer walls block more. Between 28 % and 39 % will do. The walls of the weights move along: t_clip "
            "is one number for both.",
            praise="We trained this network anew with other walls, 900 steps each. At ±0.05 it gets 56 % right: too "
            "few gradients pass. At ±1 it gets 97 %, at ±10 only 93 %: gradients push numbers so far out that no "
            "step can turn them.",
        ),
        commands=(_SETTINGS, _NO_SELECTION),
        cell="from bnnlab.train import RunConfig, train\n"
        "\n"
        "run = train(RunConfig(clip_value=1.0, epochs=10))\n"
        "display(Lab(run))  # it follows the loop below by itself\n"
        "for event in run:\n"
        "    if event.test_accuracy is not None:  # once an epoch\n"
        '        print(f"epoch {event.epoch + 1}: {event.test_accuracy:.1%} of the test images right")',
    ),
    Stop(
        title="The hidden number behind a weight",
        page="lab",
        text=(
            "A weight is only + or −. How can it learn in small steps? Behind it stands a hidden number that drifts. "
            "Its sign is the weight.",
            "The line shows the life of one hidden number. It is +1 above zero and −1 below.",
        ),
        points_at=".weight-panel",
        task=Task(
            ask="The panel foretells how many answers would change if this weight flipped. Press “flip it”: does it "
            "come true?",
            check="flipped_by_hand",
            hint="The button stands in the panel “the weight of its input 10”; the forecast is the tile “answers”.",
            praise="One flip moves one sum by 2, so few answers change or none: a single bit matters little, all of "
            "them together decide. (The flip by hand put the hidden number at the other side of 0.)",
        ),
        commands=({"do": "select", **_WEIGHT},),
        cell="from bnnlab.records import Selection\n"
        "\n"
        'weight = Selection("hidden1", neuron=3, weight=10)\n'
        "_, before = run.evaluate()\n"
        "run.flip(weight)\n"
        "_, after = run.evaluate()\n"
        "run.flip(weight)  # and back\n"
        'print(f"{before:.1%} right before the flip, {after:.1%} after it")',
    ),
    Stop(
        title="Learning is flipping",
        page="lab",
        text=(
            "Now the network learns on; it is nearly at its best. Each step moves the hidden numbers a little. When "
            "one crosses zero, its weight flips: a frame around its cell marks it.",
            "Most steps flip very few weights. The pink hill at the bottom shows all steps so far: many flips at the "
            "left, in the beginning, fewer and fewer later.",
        ),
        points_at=".strip-scroll",
        then_points_at=".weight-panel",
        task=Task(
            ask="Click weights until you find one that training has flipped.",
            check="found_flipped",
            hint="Click a cell with a frame, or any other; “Pause” keeps them still. The panel below on the right "
            "says how often it flipped.",
            praise="Each ring on its line is a crossing of zero. Some weights swing to and fro, many never flip.",
        ),
        commands=(_SETTINGS, _NO_SELECTION, {"do": "speed", "value": 10}, {"do": "play"}),
        cell="from bnnlab.figures import flip_curves\n"
        "from bnnlab.records import takeaway\n"
        "\n"
        'print(takeaway(run.history.flip_statistics("hidden1")))\n'
        "flip_curves(run.history)",
    ),
    Stop(
        title="Packing rows",
        page="packing",
        text=(
            "A computer works on whole words of bits, not on single ones. So signs are packed: +1 becomes 1, −1 "
            "becomes 0, and many stand side by side in one word.",
            "The inputs are packed row by row: a row is one example. Above each word stands the number that its bits "
            "make. Here 12 signs fill a word of 8 bits and half of another: the places left over are the padding.",
        ),
        on_paper="rows",
        points_at=".packed:first-child",
        task=Task(
            ask="Click a sign in the matrix and watch its word.",
            check="sign_turned",
            hint="Click any cell of the matrix on the left.",
            praise="One sign is one bit of the word. Nothing else in the word changed.",
        ),
        widgets={"pack_axis": "rows", "pack_word": 8, "pack_rows": 4, "pack_columns": 12},
        cell="matrix = np.round(np.random.default_rng(1).standard_normal((4, 12)), 1)\n"
        "Pack(matrix, word_bits=8)",
    ),
    Stop(
        title="Packing columns",
        page="packing",
        text=(
            "The weights are packed column by column: a column belongs to one neuron. (The Lab shows it as a row.)",
            "A row of inputs meets a column of weights. Both words then hold the same places in the same order, so bit "
            "meets bit.",
        ),
        on_paper="columns",
        points_at=".packed:nth-child(2)",
        then_points_at=".word-product",
        task=Task(
            ask="Pack the weights along their rows instead, the wrong way. What happens to the product?",
            check="packed_wrongly",
            hint="There is a switch for it above the second matrix.",
            praise="Bits that do not belong together meet, and sums come out wrong. Nothing crashes: that is what "
            "makes such a mistake hard to find.",
        ),
        widgets={"pack_axis": "columns", "pack_word": 8, "pack_rows": 4, "pack_columns": 12},
        cell='Pack(matrix.T, axis="columns", word_bits=8)',
    ),
    Stop(
        title="Four multiplications and three additions",
        page="gemm",
        text=(
            "Four signs times four signs, added up: that is 4 multiplications and 3 additions.",
            "Two equal signs give +1, two different ones −1. So it is enough to count where the bits agree. In C, "
            "a ^ b marks where they differ and ~ turns that round: now 1 means equal. One popcount counts these ones.",
        ),
        on_paper="count",
        points_at=".guess",
        then_points_at=".stepper-count",
        task=Task(
            ask="Look at the two words of 8 bits, padding included. How many ones will the popcount find?",
            check="guessed_right",
            hint="XNOR gives 1 where both bits are equal. The places that hold no number, the padding, are equal too.",
            praise="That is the count. Take off the padding: so many products are +1, the others are −1. The sum is "
            "agreeing − differing, which is 2 · agreeing − 4. The panel beside the bits works it out.",
        ),
        widgets={
            "source": "two small matrices",
            "gemm_m": 1,
            "gemm_k": 4,
            "gemm_n": 1,
            "gemm_seed": 1,
            "word": 8,
            "gemm_guess": True,
        },
        cell="a, b = np.array([[1, -1, 1, 1]]), np.array([[1], [1], [-1], [1]])\nStep(a, b)",
    ),
    Stop(
        title="The loop, step by step",
        page="gemm",
        text=(
            "This is the loop that multiplies two matrices: inputs A times weights B gives C. Each step takes a word "
            "of A and a word of B, and adds their count to a place of C. One line of C does all that; at stop 12 we "
            "look at the instructions below it.",
            "It is no drawing: the program noted every number here while it ran.",
        ),
        on_paper="loop",
        points_at=".stepper-code",
        task=Task(
            ask="Step through the loop, from the first step to the last.",
            check="stepped_through",
            hint="Press play, or the arrow beside it; the arrow keys do the same.",
            praise="Each step did a whole word of products at once. Padding was counted as equal and is taken off at "
            "the end.",
        ),
        widgets={
            "source": "two small matrices",
            "gemm_m": 2,
            "gemm_k": 12,
            "gemm_n": 2,
            "gemm_seed": 1,
            "word": 8,
            "gemm_guess": False,
        },
        cell="trace = bnnlab.trace_gemm(bnnlab.pack_rows(matrix), bnnlab.pack_columns(matrix.T))\n"
        'print(f"{len(trace.steps)} steps, {trace.padding} padding bits in each")\n'
        "trace.result",
    ),
    Stop(
        title="What the machine does",
        page="kernel",
        text=(
            "The compiler turned the loop into these instructions. They were read from the memory of the program that "
            "runs now.",
            "Four of them do the work and carry a mark; the box at the left says what each does.",
        ),
        points_at='[aria-label="What the compiler made of it"]',
        task=Task(
            ask="Click the one instruction that counts the ones.",
            check="counting_marked",
            hint="It carries the mark “count”.",
            praise="They do 64 multiplications and 64 additions each time round. Those without a mark fetch words and "
            "jump back.",
        ),
        widgets={"kernel": "lecture"},
        cell="from bnnlab.bits.listing import listing\n"
        "from bnnlab.widgets import kernel\n"
        "from bnnlab.widgets.jupyter import notebook_widget\n"
        "\n"
        'notebook_widget("kernel", kernel.encode("lecture", listing("lecture"), bnnlab.disassemble("lecture")))',
    ),
    Stop(
        title="From the sum to the next bit",
        page="gemm",
        text=(
            "This is a neuron of the network you saw. Its 64 inputs and weights stand in four words of 16 bits here.",
            "The count gives the sum. Training taught the neuron to shift and stretch its sum to make x, of which only "
            "the sign counts. x is 0 or more from a certain sum on: the neuron's threshold. So one comparison gives "
            "one bit, an input of the next layer.",
        ),
        points_at=".neuron",
        task=Task(
            ask="Go to the last step and see which bit the neuron sends on.",
            check="sum_became_a_bit",
            hint="The button at the right end of the bar goes to the last step.",
            praise="Xor, count, compare: this neuron multiplies nothing. Only the first and the last layer still take "
            "ordinary numbers.",
        ),
        widgets={"source": "the Lab's network", "network_word": 16, "neuron": 3, "gemm_guess": False},
        cell="from bnnlab.nn.operands import layer_product\n"
        "\n"
        'product = layer_product(run.model, "hidden1", torch.tensor(run.dataset.x_test[3:4]))\n'
        "everything = bnnlab.xnor_gemm(bnnlab.pack_rows(product.inputs), bnnlab.pack_columns(product.weights))\n"
        "assert np.array_equal(everything[0], product.outputs)\n"
        'f"kernel {bnnlab.kernels()[0]!r}: all {everything.size} pre-activations of hidden1 equal, bit for bit"',
    ),
    Stop(
        title="What it comes to, here",
        page="summary",
        text=(
            "The three claims again, with the network of this tour and the computer it runs on.",
            "They differ from 32, 58 and 1000, and each tile says why: some layers keep ordinary numbers, and ordinary "
            "programs multiply many numbers at once, too.",
        ),
        points_at=".st-key-here",
        task=Task(
            ask="Measure it here, now: press the button that times this network.",
            check="measured",
            hint="The button “Time it here, now” stands in the second row, in the tile in the middle.",
            praise="That was measured on this computer, it is no claim. The tour ends here. In the Lab your own "
            "network goes on.",
        ),
        cell="from bnnlab.deploy import PackedModel, summary\n"
        "\n"
        "packed = PackedModel.from_module(run.model)\n"
        "takes = summary(packed)\n"
        'print(f"{takes.stored_bytes:,} bytes packed, {takes.float32_bytes:,} in float32")',
    ),
)
"""All stops, in order."""
