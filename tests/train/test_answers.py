"""What the lab draws of a network's answers: the plane the right way up, images with the model's own words."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from bnnlab.records import ImagesView, PointsView
from bnnlab.train import DATASETS, RunConfig, train
from bnnlab.train.answers import GRID, IMAGES, images_view, points_view, predict
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


def test_images_come_with_the_model_s_own_answers() -> None:
    config = RunConfig(dataset="digits", widths=(16,), last_layer="binary", batch_size=200, epochs=1)
    with train(config) as run:
        for _ in run:
            pass
        view = run.snapshot().view
        assert isinstance(view, ImagesView)
        with torch.no_grad():
            logits = run.model.eval()(torch.tensor(run.dataset.x_test[view.indices]))
        assert np.array_equal(view.predictions, logits.argmax(1))
        np.testing.assert_allclose(view.confidence, logits.softmax(1).amax(1), rtol=1e-5)
        assert np.array_equal(view.labels, run.dataset.y_test[view.indices])
        assert view.class_names == run.dataset.class_names
        assert len(view.indices) == IMAGES
        pixels = (run.dataset.x_test[view.indices, 0] + 1) * 127.5
        assert np.abs(view.images - pixels).max() <= 0.5


def test_colour_images_are_shown_grey() -> None:
    grey = DATASETS["digits"].load(0, 0.0)
    colour = type(grey)(
        "colour",
        "images",
        np.repeat(grey.x_train[:30], 3, axis=1),
        grey.y_train[:30],
        np.repeat(grey.x_test[:30], 3, axis=1),
        grey.y_test[:30],
        grey.class_names,
    )
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 10))
    images = images_view(model, colour, "cpu").images
    assert images.shape == (IMAGES, 8, 8)
    of_the_grey = images_view(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), grey, "cpu").images
    assert np.abs(images.astype(int) - of_the_grey).max() <= 1


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
    images = images_view(nn.Sequential(nn.Flatten(), nn.Linear(64, 10)), digits, "cpu")
    for array in (
        *(points.grid, points.points, points.labels, points.predictions),
        *(images.indices, images.images, images.labels, images.predictions, images.confidence),
    ):
        assert not array.flags.writeable


def test_the_kind_of_the_data_decides_the_view() -> None:
    for dataset, kind in (("xor", PointsView), ("digits", ImagesView)):
        with train(RunConfig(dataset=dataset, widths=(4,))) as run:
            assert isinstance(run.snapshot().view, kind)
