"""Samples: reproducible, and picture and matte always stay together."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from u2live.errors import UsageError
from u2live.matting.exposure import in_good_light
from u2live.training.batches import Batches, normalized
from u2live.training.composites import clean_foreground, paste, place_matrix
from u2live.training.config import SampleConfig, TrainConfig
from u2live.training.geometry import View, close_view, view_of, whole_view, wide_view
from u2live.training.pictures import Folder, Picture, load_folder
from u2live.training.samples import SampleMaker
from u2live.training.webcam import degrade, in_poor_light


def red_disc() -> Picture:
    """A pure red disc on pure blue: where it is red, somebody is there."""
    alpha = np.zeros((120, 160), np.uint8)
    cv2.circle(alpha, (70, 60), 30, 255, -1)
    image = np.zeros((120, 160, 3), np.uint8)
    image[..., 0] = 255
    image[alpha > 0] = (0, 0, 255)
    return Picture("disc", image, alpha[..., None], (40, 30, 101, 91))


@pytest.fixture
def maker(people_dir: Path, empty_dir: Path) -> SampleMaker:
    return SampleMaker([load_folder(people_dir), load_folder(empty_dir)], SampleConfig())


def test_a_sample_is_a_function_of_its_seed(maker: SampleMaker) -> None:
    for number in range(12):
        one = maker.sample(np.random.default_rng([1, number]), 64)
        two = maker.sample(np.random.default_rng([1, number]), 64)
        np.testing.assert_array_equal(one.image, two.image)
        np.testing.assert_array_equal(one.mattes, two.mattes)
        assert one.image.shape == (64, 64, 3)
        assert one.image.dtype == np.uint8
        assert one.mattes.shape == (64, 64, 1)
        assert one.mattes.dtype == np.float32
        assert 0 <= one.mattes.min() <= one.mattes.max() <= 1


def test_shares_are_kept(people_dir: Path, empty_dir: Path) -> None:
    folders = [load_folder(people_dir), load_folder(empty_dir)]
    nobody = SampleMaker(folders, SampleConfig(natural=0, composite=0, empty=1))
    somebody = SampleMaker(folders, SampleConfig(natural=1, composite=0, empty=0, occluded=0))
    for number in range(20):
        assert nobody.sample(np.random.default_rng(number), 32).mattes.max() == 0
        assert somebody.sample(np.random.default_rng(number), 32).mattes.max() > 0.5


@pytest.mark.parametrize("choose", [whole_view, close_view, wide_view])
def test_views_move_picture_and_matte_together(choose) -> None:  # type: ignore[no-untyped-def]
    for number in range(30):
        rng = np.random.default_rng(number)
        image, mattes = view_of(red_disc(), choose(red_disc(), rng), 64)
        red = image[..., 2].astype(float) / 255
        assert np.abs(red - mattes[..., 0] / 255.0).max() < 0.02


def test_a_view_lands_where_it_should() -> None:
    """The disc fills the middle of a view that is twice as large and centred on it, to a quarter of a pixel."""
    _, mattes = view_of(red_disc(), View(10, 0, 121, 121), 121)
    rows, columns = np.nonzero(mattes[..., 0] > 127)
    assert (rows.mean(), columns.mean()) == (pytest.approx(60, abs=0.25), pytest.approx(60, abs=0.25))
    assert len(rows) == pytest.approx(np.pi * 30.2**2, rel=0.05)


def test_a_rim_does_not_give_the_cut_away() -> None:
    """A disc blurred into a blue ground and pasted on black: no blue may come along."""
    disc = red_disc()
    image = cv2.GaussianBlur(disc.image, (0, 0), 2.0)
    alpha = cv2.GaussianBlur(disc.mattes[..., 0], (0, 0), 2.0).astype(np.float32) / 255
    clean = clean_foreground(image, alpha)
    rim = (alpha > 0.2) & (alpha < 0.8)
    assert image[rim][:, 0].mean() > 100
    assert clean[rim][:, 0].mean() < 0.35 * image[rim][:, 0].mean()


def test_pasted_people_keep_to_their_matte(people_dir: Path) -> None:
    black = np.zeros((96, 96, 3), np.uint8)
    nothing = np.zeros((96, 96, 1), np.float32)
    seen = 0
    for number in range(20):
        rng = np.random.default_rng(number)
        disc = red_disc()
        image, mattes = paste(black, nothing, disc, place_matrix(disc, 96, rng, 0.2, 1.5), rng)
        assert image[mattes[..., 0] == 0].max(initial=0) == 0
        seen += mattes.max() > 0.9
    assert seen >= 18


def test_a_person_cut_below_stands_on_the_frames_edge() -> None:
    alpha = np.zeros((100, 80), np.uint8)
    alpha[30:, 20:60] = 255
    bust = Picture("bust", np.full((100, 80, 3), 128, np.uint8), alpha[..., None], (20, 30, 60, 100))
    for number in range(30):
        rng = np.random.default_rng(number)
        matrix = place_matrix(bust, 100, rng, 0.3, 1.5)
        if abs(matrix[0, 1]) > 1e-9:
            continue  # turned a little
        lowest = (matrix @ np.array([40, 100, 1]))[1]
        assert lowest >= 99.9


def test_degrading_keeps_shape_and_kind() -> None:
    image = np.random.default_rng(0).integers(0, 255, (48, 64, 3)).astype(np.uint8)
    changed = 0
    for number in range(40):
        worse = degrade(image, np.random.default_rng(number), 1.0)
        assert worse.shape == image.shape
        assert worse.dtype == np.uint8
        changed += not np.array_equal(worse, image)
    assert changed == 40


def test_batches_depend_on_number_rank_and_seed_only(maker: SampleMaker) -> None:
    config = TrainConfig(epochs=1, batch=2, sizes=(32, 64), size_shares=(1, 1))
    images, mattes = Batches(maker, config)[3]
    again, _ = Batches(maker, config)[3]
    assert images.shape[0] == 2
    assert mattes.shape == (2, 1, images.shape[1], images.shape[2])
    np.testing.assert_array_equal(images.numpy(), again.numpy())
    sizes = {Batches(maker, config)[step][0].shape[1] for step in range(8)}
    assert sizes == {32, 64}
    halves = [Batches(maker, config, rank, 2)[0][0].numpy() for rank in (0, 1)]
    whole = Batches(maker, TrainConfig(epochs=1, batch=4, sizes=(32, 64), size_shares=(1, 1)))[0][0].numpy()
    np.testing.assert_array_equal(np.concatenate(halves), whole)


def test_who_looks_more_closely_gets_larger_samples_in_the_same_steps(maker: SampleMaker) -> None:
    config = TrainConfig(epochs=1, batch=1, sizes=(32, 64), size_shares=(1, 1))
    plain, close = Batches(maker, config), Batches(maker, config, at_least=48)
    assert [close[step][0].shape[1] for step in range(8)] == [max(48, plain.side(step)) for step in range(8)]
    assert [plain[step][0].shape[1] for step in range(8)] == [close.side(step) for step in range(8)]


def test_the_network_sees_samples_as_it_sees_pictures_in_the_program(maker: SampleMaker) -> None:
    config = TrainConfig(epochs=1, batch=6, sizes=(64,), seed=3)
    dark = SampleMaker(maker.people + maker.empty, SampleConfig(natural=0, composite=0, empty=1, poor_light=1))
    images = Batches(dark, config)[0][0].numpy()
    samples = [dark.sample(np.random.default_rng([3, number]), 64).image for number in range(6)]
    np.testing.assert_array_equal(images, np.stack([in_good_light(sample) for sample in samples]))
    assert images.mean() > 1.5 * np.mean(samples)


def test_normalized_is_rgb_with_imagenets_statistics(maker: SampleMaker) -> None:
    import torch

    blue = torch.zeros(1, 2, 2, 3, dtype=torch.uint8)
    blue[..., 0] = 255
    out = normalized(blue)
    assert out.shape == (1, 3, 2, 2)
    expected = [(0 - 0.485) / 0.229, (0 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    np.testing.assert_allclose(out[0, :, 0, 0].numpy(), expected, rtol=1e-5)


def test_without_people_there_is_nothing_to_learn(empty_dir: Path) -> None:
    with pytest.raises(UsageError, match="no pictures of people"):
        SampleMaker([Folder(empty_dir, load_folder(empty_dir).pictures, False)], SampleConfig())


def test_in_poor_light_it_is_dark_everywhere_or_the_person_is_dark_before_a_bright_place() -> None:
    matte = np.zeros((64, 64), np.float32)
    matte[16:48, 16:48] = 1
    image = np.full((64, 64, 3), 120, np.uint8)
    dark = backlit = 0
    for number in range(40):
        seen = in_poor_light(image, matte, np.random.default_rng(number))
        assert seen.shape == image.shape
        assert seen.dtype == np.uint8
        person, place = seen[matte > 0].mean(), seen[matte == 0].mean()
        assert person < 80
        if place < 60:
            dark += 1
            assert person == pytest.approx(place, abs=3)
            assert seen[matte > 0].std() > 0.5  # noise
        else:
            backlit += 1
            assert place >= 119
    assert min(dark, backlit) > 10


def test_poor_light_is_as_often_as_asked_for(people_dir: Path, empty_dir: Path) -> None:
    folders = [load_folder(people_dir), load_folder(empty_dir)]
    never, always = (SampleMaker(folders, SampleConfig(natural=0, composite=0, empty=1, poor_light=p)) for p in (0, 1))
    light = [[maker.sample(np.random.default_rng(n), 32).image.mean() for n in range(24)] for maker in (never, always)]
    assert np.std(light[1]) > np.std(light[0])
    assert np.median(light[0]) > 40
    dark = [int((np.array(means) < 30).sum()) for means in light]
    assert dark[0] <= 2
    assert 6 <= dark[1] <= 18  # half of poor light is darkness
