"""What holds for every composite, on the CPU."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from u2live.compose import numpy_compositor
from u2live.compose.backgrounds import Background, Blur, Color, Image, Original, Transparent
from u2live.compose.compositor import make_compositor
from u2live.compose.factory import open_background
from u2live.settings import BackgroundSettings, MatteSettings
from u2live.types import Composite, Frame, MattedFrame, Size

PLAIN = MatteSettings()


@st.composite
def scenes(draw: st.DrawFn) -> MattedFrame:
    """Any pixels, any matte, any foreground, with stretches of 0 and 1 among the alphas."""
    shape = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    pixels, foreground = random.integers(0, 256, (2, *shape, 3), dtype=np.uint8)
    alpha = draw(
        hnp.arrays(np.float32, shape, elements=st.sampled_from([0, 1, 0.5, 0.001, 0.999]) | st.floats(0, 1, width=32))
    )
    return MattedFrame(Frame(3, 99, pixels), alpha, foreground)


def composed(matted: MattedFrame, background: Background, matte: MatteSettings = PLAIN) -> Composite:
    return make_compositor("numpy").compose(matted, background, matte)


def picture_for(matted: MattedFrame) -> Image:
    height, width = matted.alpha.shape
    return Image(np.random.default_rng(5).integers(0, 256, (height, width, 3), dtype=np.uint8), "stretch")


@given(scenes())
def test_alpha_1_is_the_foreground_and_alpha_0_the_background_exactly(matted: MattedFrame) -> None:
    background = picture_for(matted)
    got = composed(matted, background).pixels
    behind = background.picture_at(Size(*matted.alpha.shape[::-1]), 0)
    assert np.array_equal(got[matted.alpha == 1], matted.foreground[matted.alpha == 1])
    assert np.array_equal(got[matted.alpha == 0], behind[matted.alpha == 0])


@given(scenes())
def test_the_composite_lies_between_the_two_and_is_their_mean_weighted_by_alpha(matted: MattedFrame) -> None:
    background = picture_for(matted)
    got = composed(matted, background).pixels
    behind = background.picture_at(Size(*matted.alpha.shape[::-1]), 0)
    assert (got >= np.minimum(behind, matted.foreground)).all()
    assert (got <= np.maximum(behind, matted.foreground)).all()
    alpha = matted.alpha[:, :, None].astype(np.float64)
    assert np.abs(got - (alpha * matted.foreground + (1 - alpha) * behind)).max() <= 0.51


@given(scenes(), st.tuples(*3 * [st.integers(0, 255)]))
def test_a_color_shows_nothing_of_the_room_where_alpha_is_0(matted: MattedFrame, color: tuple[int, int, int]) -> None:
    got = composed(matted, Color(color)).pixels
    assert (got[matted.alpha == 0] == color).all()


@given(scenes())
def test_the_original_is_the_frames_own_array(matted: MattedFrame) -> None:
    got = composed(matted, Original())
    assert got.pixels is matted.frame.pixels
    assert got.alpha is None
    assert (got.index, got.timestamp_ns) == (3, 99)


def test_no_blur_is_no_effect() -> None:
    assert isinstance(open_background(BackgroundSettings("blur:0")), Original)


@given(scenes())
def test_a_transparent_composite_is_black_where_nothing_is_seen_and_straight_where_all_is(matted: MattedFrame) -> None:
    got = composed(matted, Transparent())
    assert got.alpha is not None
    assert got.alpha.dtype == np.uint8
    assert np.abs(got.alpha - matted.alpha * 255.0).max() <= 0.5
    assert not got.pixels[got.alpha == 0].any()
    solid = matted.alpha >= 0.26
    assert np.array_equal(got.pixels[solid], matted.foreground[solid])


def test_a_faint_matte_does_not_carry_the_room_out_in_the_colours() -> None:
    """A careless matte of 2 % over the whole room, and a foreground that is the raw frame."""
    room = np.random.default_rng(2).integers(0, 256, (120, 160, 3), dtype=np.uint8)
    room[40:100, 60:100] = (30, 60, 200)
    alpha = np.full((120, 160), 0.02, np.float32)
    alpha[40:100, 60:100] = 1
    got = composed(MattedFrame(Frame(0, 0, room), alpha, room), Transparent()).pixels
    outside = alpha < 1
    told = np.corrcoef(got[outside].ravel().astype(float), room[outside].ravel().astype(float))[0, 1]
    subject = np.abs(got[outside].astype(int) - (30, 60, 200)).mean()
    assert abs(told) < 0.1
    assert subject < 12  # the subject's colour carried outward


@settings(deadline=None, max_examples=60)
@given(scenes(), st.floats(0.5, 100))
def test_blurring_one_colour_leaves_that_colour(matted: MattedFrame, strength: float) -> None:
    matted.frame.pixels[:] = (90, 20, 170)
    got = composed(matted, Blur(strength)).pixels
    seen = matted.alpha == 0
    assert (got[seen] == (90, 20, 170)).all()


def disc(shape: tuple[int, int], radius: float, edge: float) -> np.ndarray:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    distance = np.hypot(rows - shape[0] / 2, columns - shape[1] / 2)
    return ((radius - distance) / edge + 0.5).clip(0, 1).astype(np.float32)


@pytest.mark.parametrize("strength", [1, 10, 30, 60, 100])
def test_a_bright_subject_leaves_no_halo(strength: float) -> None:
    """The frame mixes a white subject into a dark wall by the matte, as a camera would."""
    alpha = disc((360, 640), 110, 12)
    wall, subject = np.array((70.0, 50, 40)), np.array((255.0, 255, 255))
    pixels = np.rint(alpha[:, :, None] * subject + (1 - alpha[:, :, None]) * wall).astype(np.uint8)
    foreground = np.broadcast_to(subject, pixels.shape).astype(np.uint8)
    behind = composed(MattedFrame(Frame(0, 0, pixels), alpha, 0 * foreground), Blur(strength)).pixels
    got = composed(MattedFrame(Frame(0, 0, pixels), alpha, foreground), Blur(strength)).pixels
    assert np.abs(behind[alpha == 0] - wall).max() <= 1
    assert np.abs(got.astype(int) - pixels).max() <= 2  # a wall of one colour blurs to itself: nothing changes at all


def test_a_careless_matte_leaves_no_halo_either() -> None:
    """The subject is 4 pixels larger all round than its matte says."""
    seen, told = disc((360, 640), 110, 4), disc((360, 640), 106, 4)
    wall = np.array((40.0, 40, 40))
    pixels = np.rint(seen[:, :, None] * 255 + (1 - seen[:, :, None]) * wall).astype(np.uint8)
    got = composed(MattedFrame(Frame(0, 0, pixels), told, np.full_like(pixels, 255)), Blur(60)).pixels
    outside = seen == 0
    plain = cv2.GaussianBlur(pixels, (0, 0), 11)
    assert np.abs(got[outside] - wall).max() <= 2
    assert np.abs(plain[outside] - wall).max() > 60  # what a blur without the matte does


def test_more_strength_blurs_more_and_the_least_hides_writing() -> None:
    random = np.random.default_rng(0)
    pixels = cv2.resize(random.integers(0, 256, (360, 640, 3), dtype=np.uint8), (1280, 720), interpolation=cv2.INTER_NEAREST)
    matted = MattedFrame(Frame(0, 0, pixels), np.zeros((720, 1280), np.float32), pixels)
    contrast = [composed(matted, Blur(strength)).pixels.std() for strength in (1, 10, 30, 60, 100)]
    assert contrast == sorted(contrast, reverse=True)
    assert contrast[0] < 0.3 * pixels.std()


def test_a_subject_that_fills_half_the_picture_leaves_no_darkness_behind() -> None:
    alpha = np.zeros((180, 320), np.float32)
    alpha[:, 90:] = 1
    alpha[88:92, 300:304] = 0  # a peephole far from any wall
    pixels = np.where(alpha[:, :, None] == 0, np.uint8((150, 160, 170)), np.uint8(255))
    for strength in (1, 60, 100):
        got = composed(MattedFrame(Frame(0, 0, pixels), alpha, pixels), Blur(strength)).pixels
        assert np.abs(got[alpha == 0] - (150.0, 160, 170)).max() <= 1


def test_the_hole_behind_the_subject_is_filled_from_around_it() -> None:
    pixels = np.zeros((180, 320, 3), np.uint8)
    pixels[:, :160], pixels[:, 160:] = (200, 0, 0), (0, 0, 200)
    alpha = disc((180, 320), 60, 3)
    pixels[alpha > 0] = (0, 255, 0)
    got = composed(MattedFrame(Frame(0, 0, pixels), np.minimum(alpha, 0.999), 0 * pixels), Blur(60)).pixels
    ring = (alpha == 0) & (disc((180, 320), 75, 1) > 0)
    assert got[ring][:, 1].max() <= 3  # no green


@given(scenes(), st.floats(0.05, 1))
def test_light_wrap_only_brightens_and_leaves_the_background_alone(matted: MattedFrame, strength: float) -> None:
    background = picture_for(matted)
    plain = composed(matted, background).pixels.astype(int)
    wrapped = composed(matted, background, MatteSettings(light_wrap=strength)).pixels.astype(int)
    assert (wrapped >= plain - 1).all()
    assert np.array_equal(wrapped[matted.alpha == 0], plain[matted.alpha == 0])


def test_light_wrap_stays_near_the_edge_and_takes_the_backgrounds_colour() -> None:
    alpha = disc((360, 640), 110, 4)
    subject = np.full((360, 640, 3), 60, np.uint8)
    matted = MattedFrame(Frame(0, 0, subject), alpha, subject)
    got = composed(matted, Color((0, 0, 255)), MatteSettings(light_wrap=1)).pixels
    inside, rim = disc((360, 640), 85, 1) == 1, (alpha == 1) & (disc((360, 640), 105, 1) == 0)
    assert np.abs(got[inside].astype(int) - 60).max() <= 1
    assert got[rim][:, 2].mean() > 80
    assert np.abs(got[rim][:, :2].astype(int) - 60).max() <= 1
    dark = composed(matted, Color((0, 0, 0)), MatteSettings(light_wrap=1)).pixels
    assert np.abs(dark[alpha == 1].astype(int) - 60).max() <= 1


def test_a_background_nobody_knows() -> None:
    matted = MattedFrame(
        Frame(0, 0, np.zeros((4, 4, 3), np.uint8)), np.ones((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8)
    )
    for on in ("numpy", "cpu"):
        with pytest.raises(TypeError, match="Background"):
            make_compositor(on).compose(matted, Background(), PLAIN)


@pytest.mark.parametrize("background", [Color((40, 180, 0)), Blur(30)], ids=["color", "blur"])
def test_picking_the_soft_pixels_gives_what_blending_all_of_them_gives(
    background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(8)
    pixels, foreground = random.integers(0, 256, (2, 90, 121, 3), dtype=np.uint8)
    matted = MattedFrame(Frame(0, 0, pixels), disc((90, 121), 30, 9), foreground)
    found = []
    for share in (1.0, -1.0):
        monkeypatch.setattr(numpy_compositor, "MOSTLY_SOFT", share)
        found.append(composed(matted, background).pixels.astype(int))
    assert np.abs(found[0] - found[1]).max() <= 1


@pytest.mark.parametrize("sigma", [0.004, 0.01, 0.03, 0.06])
def test_blurring_at_a_small_size_looks_as_at_the_full_one(sigma: float) -> None:
    """With nobody in the picture the room is a Gaussian blur of itself, to within 4 of 255 where it is far from the rim."""
    random = np.random.default_rng(3)
    pixels = cv2.resize(random.integers(0, 256, (18, 32, 3), dtype=np.uint8), (1280, 720), interpolation=cv2.INTER_CUBIC)
    got = composed(MattedFrame(Frame(0, 0, pixels), np.zeros((720, 1280), np.float32), pixels), _blur_of(sigma)).pixels
    exact = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), sigma * 720)
    inner = (slice(130, -130), slice(130, -130))
    assert np.abs(got[inner] - exact[inner]).mean() < 1
    assert np.abs(got[inner] - exact[inner]).max() <= 4


def _blur_of(sigma: float) -> Blur:
    blur = Blur(50)
    blur.sigma = sigma
    return blur
