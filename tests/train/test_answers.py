"""What the lab draws of a network's answers: the plane the right way up, images with the model's own words."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bnnlab.records import MAX_WRONG_SHOWN, ImagesView, PointsView
from bnnlab.train import DATASETS, Dataset, RunConfig, train
from bnnlab.train.answers import (
    GRID,
    Answers,
    examine,
    grey_values,
    images_view,
    points_view,
    predict,
)
from bnnlab.train.datasets.toys import TOYS


class Half(nn.Module):
    """Says class 1 where a coordinate is positive, more surely further out."""

    def __init__(self, axis: int) -> None:
        super().__init__()
        self.axis = axis

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([torch.zeros(len(x)), 3 * x[:, self.axis]], dim=1)


MOONS = DATASETS["moons"].load(0, 0.1)
HALF = GRID // 2


def test_the_top_row_has_the_largest_second_coordinate() -> None:
    grid = points_view(Half(1), MOONS, "cpu").grid.astype(int)
    assert (grid[:HALF] > 127).all()
    assert (grid[HALF:] < 128).all()
    assert (np.diff(grid, axis=0) <= 0).all()
    assert (np.diff(grid, axis=1) == 0).all()


def test_the_left_column_has_the_smallest_first_coordinate() -> None:
    grid = points_view(Half(0), MOONS, "cpu").grid.astype(int)
    assert (grid[:, :HALF] < 128).all()
    assert (grid[:, HALF:] > 127).all()
    assert (np.diff(grid, axis=1) >= 0).all()
    assert (np.diff(grid, axis=0) == 0).all()


def test_each_cell_is_the_probability_at_its_point() -> None:
    view = points_view(Half(0), MOONS, "cpu")
    at = view.extent * (2 * 10 / (GRID - 1) - 1)
    assert view.grid[5, 10] == round(255 / (1 + math.exp(-3 * at)))
    assert view.grid.dtype == np.uint8
    assert view.grid.shape == (GRID, GRID)


@pytest.mark.parametrize("name", [toy.name for toy in TOYS])
@pytest.mark.parametrize("noise", [0.0, 0.1, 1.0])
def test_the_square_holds_every_test_point_and_little_more(name: str, noise: float) -> None:
    data = DATASETS[name].load(0, noise)
    view = points_view(Half(0), data, "cpu")
    reach = float(np.abs(view.points).max())
    assert reach < view.extent <= reach + 0.11
    assert view.extent * 20 == pytest.approx(round(view.extent * 20))
    assert np.array_equal(view.points, data.x_test)
    assert np.array_equal(view.labels, data.y_test)


class Stripes(nn.Module):
    """Changes its mind far more often than the grid has points."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([torch.zeros(len(x)), torch.sin(1000 * x[:, 0])], dim=1)


def test_points_come_with_the_model_s_own_answers() -> None:
    view = points_view(Stripes(), MOONS, "cpu")
    expected = Stripes()(torch.tensor(MOONS.x_test)).argmax(1)
    assert np.array_equal(view.predictions, expected)
    assert view.predictions.dtype == np.uint8
    assert 0 < view.predictions.sum() < len(view.labels)


def test_wrong_points_are_as_many_as_the_test_accuracy_says() -> None:
    with train(RunConfig(dataset="moons", widths=(8, 8), batch_size=100, epochs=2, evaluate_every=1)) as run:
        for event in run:
            view = run.snapshot().view
            assert isinstance(view, PointsView)
            assert (view.predictions == view.labels).mean() == pytest.approx(event.test_accuracy)


def test_the_corners_of_the_grid_lie_at_the_extent() -> None:
    view = points_view(Half(0), MOONS, "cpu")
    for column, x in ((0, -view.extent), (GRID - 1, view.extent)):
        assert view.grid[0, column] == round(255 / (1 + math.exp(-3 * x)))


def test_the_wrong_images_come_with_the_model_s_own_answers() -> None:
    config = RunConfig(dataset="digits", widths=(16,), last_layer="binary", batch_size=200, epochs=1)
    with train(config) as run:
        for _ in run:
            pass
        view = run.snapshot().view
        assert isinstance(view, ImagesView)
        with torch.no_grad():
            logits = run.model.eval()(torch.tensor(run.dataset.x_test))
        answers, confidence = logits.argmax(1).numpy(), logits.softmax(1).amax(1).numpy()
        wrong = np.flatnonzero(answers != run.dataset.y_test)
        assert len(wrong) > MAX_WRONG_SHOWN
        assert np.array_equal(view.indices, wrong[:MAX_WRONG_SHOWN])
        assert np.array_equal(view.predictions, answers[view.indices])
        np.testing.assert_allclose(view.confidence, confidence[view.indices], rtol=1e-5)
        assert np.array_equal(view.labels, run.dataset.y_test[view.indices])
        assert view.class_names == run.dataset.class_names
        assert (view.examined, view.available, view.step) == (360, 360, run.step)
        assert view.right == 360 - len(wrong)
        pixels = (run.dataset.x_test[view.indices, 0] + 1) * 127.5
        assert np.abs(view.images - pixels).max() <= 0.5


def test_colour_images_are_shown_grey() -> None:
    grey = DATASETS["digits"].load(0, 0.0).x_test[:30]
    images = grey_values(np.repeat(grey, 3, axis=1))
    assert images.shape == (30, 8, 8)
    assert np.abs(images.astype(int) - grey_values(grey)).max() <= 1


def repeated(dataset: Dataset, times: int) -> Dataset:
    x, y = np.tile(dataset.x_test, (times, 1, 1, 1)), np.tile(dataset.y_test, times)
    return Dataset(dataset.name, "images", x, y, x, y, dataset.class_names)


def test_a_large_data_set_is_asked_between_pictures_twice_a_second() -> None:
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    now = 0.0
    answers = Answers(model, repeated(DATASETS["digits"].load(0, 0.0), 3), "cpu", lambda: now)
    views = []
    for step, now in enumerate((0.0, 0.4, 0.6, 0.7, 0.7), start=1):  # noqa: B007
        views.append(answers.ask(step, hurried=step != 5)[1])
        answers.renew(step)
    assert [view.step for view in views if isinstance(view, ImagesView)] == [1, 1, 1, 3, 5]
    assert isinstance(views[0], ImagesView)
    assert (views[0].examined, views[0].available) == (1000, 1080)


def test_a_small_one_is_asked_for_every_picture() -> None:
    answers = Answers(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), DATASETS["digits"].load(0, 0.0), "cpu")
    views = [answers.ask(step, hurried=True)[1] for step in (1, 2)]
    assert [view.step for view in views if isinstance(view, ImagesView)] == [1, 2]


def test_each_gate_counts_what_reaches_its_sign_function() -> None:
    with train(RunConfig(dataset="digits", widths=(8, 6), clip_value=0.5, batch_size=64)) as run:
        next(run)
        gates = run.snapshot().gates
        found = []
        for module in (run.model.get_submodule("hidden1"), run.model.get_submodule("output_sign")):
            module.register_forward_pre_hook(lambda _, inputs: found.append(inputs[0].numpy()))
        predict(run.model, run.dataset.x_test, "cpu")
    assert [gate.name for gate in gates] == ["input", "hidden1"]
    for gate, x in zip(gates, found, strict=True):
        assert gate.entries == x.size == gate.histogram.sum()
        assert gate.outside == np.count_nonzero(np.abs(x) > 0.5)
        assert gate.histogram_limit == 3
        inner = (np.abs(x) < 3).sum()
        assert np.array_equal(gate.histogram[1:-1], np.histogram(x, 64, (-3, 3))[0][1:-1])
        assert 0 < inner <= gate.entries


def test_a_clip_value_beyond_the_picture_widens_it() -> None:
    with train(RunConfig(widths=(4, 4), clip_value=4.0)) as run:
        assert [gate.histogram_limit for gate in run.snapshot().gates] == [5.0, 5.0]


def test_each_neuron_has_its_own_picture_of_the_plane() -> None:
    with train(RunConfig(dataset="moons", widths=(4, 3), batch_size=100)) as run:
        next(run)
        view = run.snapshot().view
        assert isinstance(view, PointsView)
        assert [grid.shape for grid in view.neuron_grids] == [(4, 32, 32), (3, 32, 32)]
        x, y = view.extent * (2 * 20 / 63 - 1), view.extent * (1 - 2 * 12 / 63)  # row 12, column 20 of 64
        to_the_sign = nn.Sequential(*list(run.model.children())[:3])
        with torch.no_grad():
            expected = to_the_sign.eval()(torch.tensor([[x, y]])) >= 0
        assert np.array_equal(view.neuron_grids[0][:, 6, 10], expected[0])


@pytest.mark.parametrize("dataset", ["moons", "digits"])
def test_looking_does_not_move_the_statistics_of_batch_normalisation(dataset: str) -> None:
    with train(RunConfig(dataset=dataset, widths=(8, 8), batch_size=64)) as run:
        next(run)
        before = run.digest()
        assert run.model.training
        run.snapshot()
        assert run.model.training
        assert run.digest() == before


def test_a_large_test_set_is_asked_in_parts_but_answers_as_one() -> None:
    x = np.random.default_rng(0).standard_normal((2345, 2)).astype(np.float32)
    model = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 3))
    with torch.no_grad():
        expected = model.eval()(torch.tensor(x))
    torch.testing.assert_close(predict(model.train(), x, "cpu"), expected)


def test_nothing_in_a_view_can_be_written() -> None:
    points = points_view(Half(0), MOONS, "cpu")
    digits = DATASETS["digits"].load(0, 0.0)
    images = images_view(examine(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), digits, "cpu"), digits)
    for array in (
        *(points.grid, points.points, points.labels, points.predictions),
        *(images.indices, images.images, images.labels, images.predictions, images.confidence),
    ):
        assert not array.flags.writeable


def test_the_kind_of_the_data_decides_the_view() -> None:
    for dataset, kind in (("xor", PointsView), ("digits", ImagesView)):
        with train(RunConfig(dataset=dataset, widths=(4,))) as run:
            assert isinstance(run.snapshot().view, kind)
