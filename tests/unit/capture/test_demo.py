"""The demo: its pictures, its exact alpha, its clock."""

from __future__ import annotations

import itertools
import threading
import time
from fractions import Fraction

import numpy as np
import pytest

from u2live.capture.demo import EMPTY_ROOM, DemoSource, Script
from u2live.errors import SourceError, UsageError
from u2live.types import Frame, Size

SMALL = Size(320, 180)


@pytest.fixture(scope="module")
def demo() -> DemoSource:
    return DemoSource(SMALL)


class TestPictures:
    def test_shapes_and_ranges(self, demo: DemoSource) -> None:
        pixels, alpha = demo.render(60)
        assert pixels.shape == (180, 320, 3)
        assert pixels.dtype == np.uint8
        assert alpha.shape == (180, 320)
        assert alpha.dtype == np.float32
        assert alpha.min() == 0
        assert alpha.max() == 1

    def test_one_seed_and_index_is_one_picture_in_any_order(self, demo: DemoSource) -> None:
        forwards = [demo.render(index) for index in (0, 7, 75, 700)]
        other = DemoSource(SMALL)
        backwards = [other.render(index) for index in (700, 75, 7, 0)][::-1]
        for (one, one_alpha), (two, two_alpha) in zip(forwards, backwards, strict=True):
            np.testing.assert_array_equal(one, two)
            np.testing.assert_array_equal(one_alpha, two_alpha)

    def test_pictures_are_the_callers_to_keep(self, demo: DemoSource) -> None:
        pixels, alpha = demo.render(3)
        before, before_alpha = pixels.copy(), alpha.copy()
        demo.render(90)
        np.testing.assert_array_equal(pixels, before)
        np.testing.assert_array_equal(alpha, before_alpha)

    def test_seeds_differ(self, demo: DemoSource) -> None:
        ours, theirs = demo.render(0)[0], DemoSource(SMALL, seed=5).render(0)[0]
        assert np.abs(ours.astype(int) - theirs).mean() > 3

    def test_something_moves_and_noise_never_stands(self, demo: DemoSource) -> None:
        one, one_alpha = demo.render(60)
        two, two_alpha = demo.render(61)
        assert np.abs(one_alpha - two_alpha).sum() > 20
        wall = np.s_[5:20, 130:150]
        assert one_alpha[wall].max() == two_alpha[wall].max() == 0
        assert (one[wall] != two[wall]).mean() > 0.3

    @pytest.mark.parametrize("size", [Size(64, 48), Size(181, 321), Size(640, 480), Size(480, 852)])
    def test_any_size_shows_the_presenter(self, size: Size) -> None:
        pixels, alpha = DemoSource(size, seed=2).render(70)
        assert pixels.shape == (size.height, size.width, 3)
        assert 0.15 < alpha.mean() < 0.7
        assert alpha[-1].max() == 1, "the presenter reaches down to the lower edge"
        assert alpha[0].max() == 0, "and does not touch the upper one"

    @pytest.mark.parametrize("size", [Size(0, 0), Size(16, 720), Size(100_000, 10)])
    def test_a_useless_size_is_refused(self, size: Size) -> None:
        with pytest.raises(UsageError, match=f"{size.width}x{size.height}"):
            DemoSource(size)

    def test_a_useless_rate_or_seed_is_refused(self) -> None:
        with pytest.raises(UsageError, match="frames per second"):
            DemoSource(SMALL, 0)
        with pytest.raises(UsageError, match="seed"):
            DemoSource(SMALL, seed=-1)


class TestAlpha:
    def test_hair_is_partly_transparent(self) -> None:
        _, alpha = DemoSource(Size(640, 360)).render(10)
        around_the_head = alpha[30:270, 220:420]
        partly = (around_the_head > 0.02) & (around_the_head < 0.98)
        assert 0.02 < partly.mean() < 0.4

    def test_the_picture_is_presenter_over_room(self) -> None:
        """Where alpha is 0 the room is seen, where it is 1 the room makes no difference."""
        room, nothing = DemoSource(SMALL, script=EMPTY_ROOM).render(20)
        pixels, alpha = DemoSource(SMALL).render(20)
        assert nothing.max() == 0
        far_left = np.s_[:, :50]  # the presenter's shadow falls to the right
        clear = alpha[far_left] == 0
        np.testing.assert_array_equal(pixels[far_left][clear], room[far_left][clear])
        solid = alpha == 1
        assert np.abs(pixels.astype(int) - room)[solid].mean() > 20

    def test_alpha_explains_the_edges(self) -> None:
        """Two rooms, one presenter: what of their difference shines through is 1 − alpha."""
        size = Size(640, 360)
        by_day, alpha = DemoSource(size, seed=0).render(30)
        source = DemoSource(size, seed=0)
        scene = source._ready()
        scene._rooms = tuple(255 - picture for picture in scene._rooms)
        inverted, _ = source.render(30)
        room = DemoSource(size, script=EMPTY_ROOM).render(30)[0].astype(float)
        other = DemoSource(size, script=EMPTY_ROOM)
        other._ready()._rooms = scene._rooms
        difference = other.render(30)[0].astype(float) - room
        left = np.s_[:, :300]
        usable = np.abs(difference[left]) > 60
        through = ((inverted.astype(float) - by_day)[left][usable]) / difference[left][usable]
        expected = (1 - alpha)[left][..., None].repeat(3, 2)[usable]
        assert np.abs(through - expected).mean() < 0.06
        assert np.corrcoef(through, expected)[0, 1] > 0.98


class TestScript:
    def test_the_presenter_leaves_and_comes_back(self) -> None:
        demo = DemoSource(SMALL, script=Script(away=((2, 4),)))
        shares = [float(demo.render(round(30 * second))[1].mean()) for second in (0, 1.5, 2.5, 3.5, 6)]
        assert shares[0] > 0.2
        assert shares[0] > shares[1] > 0
        assert shares[2] == shares[3] == 0
        assert shares[4] > 0.2

    def test_lights_go_off_and_on(self) -> None:
        demo = DemoSource(SMALL, script=Script(dark=((1, 2),)))
        bright, dark, again = (float(demo.render(index)[0].mean()) for index in (15, 45, 90))
        assert dark < 0.6 * bright
        assert again > 0.9 * bright

    def test_the_hand_is_up_when_asked(self) -> None:
        resting, waving = (DemoSource(SMALL, script=Script(waving=spans)) for spans in ((), ((0, 10),)))
        right = np.s_[92:124, 201:211]  # where the hand waves
        assert resting.render(90)[1][right].max() == 0
        assert waving.render(90)[1][right].mean() > 0.5


def read_all(source: DemoSource) -> list[Frame]:
    return list(iter(source.read, None))


class TestClock:
    def test_info(self) -> None:
        info = DemoSource(SMALL, 29.97, frame_count=9).open()
        assert info.live
        assert info.size == SMALL
        assert abs(info.frame_rate - Fraction(2997, 100)) < Fraction(1, 500)
        assert info.frame_count == 9
        assert DemoSource(SMALL).open().frame_count is None

    def test_keeps_its_rate_and_ends(self) -> None:
        source = DemoSource(SMALL, 25, frame_count=10)
        source.open()
        start = time.monotonic()
        frames = read_all(source)
        assert time.monotonic() - start >= 9 / 25 - 0.001, "never faster than its clock"
        assert source.read() is None, "the end stays the end"
        assert frames[0].index == 0
        stamps = [frame.timestamp_ns for frame in frames]
        for one, two in itertools.pairwise(frames):
            gap_ns = (two.index - one.index) * 1_000_000_000 // 25
            assert two.timestamp_ns - one.timestamp_ns == pytest.approx(gap_ns, abs=2)
        assert all(stamp <= time.monotonic_ns() for stamp in stamps)

    def test_a_late_reader_misses_frames(self) -> None:
        source = DemoSource(SMALL, 50)
        source.open()
        first = source.read()
        time.sleep(0.25)
        second = source.read()
        assert first is not None
        assert second is not None
        assert first.index == 0
        assert second.index >= 12, "0.25 s are 12 frames at 50 per second"
        np.testing.assert_array_equal(second.pixels, DemoSource(SMALL, 50).render(second.index)[0])

    def test_opens_again_from_the_start(self) -> None:
        source = DemoSource(SMALL, 100)
        for _ in range(2):
            source.open()
            frame = source.read()
            assert frame is not None
            assert frame.index == 0
            source.close()
            source.close()

    def test_close_ends_a_waiting_read(self) -> None:
        source = DemoSource(SMALL, 0.1)
        source.open()
        source.read()
        threading.Timer(0.1, source.close).start()
        start = time.monotonic()
        assert source.read() is None
        assert time.monotonic() - start < 5, "the next frame was due after ten seconds"

    def test_reading_a_closed_source_is_an_error(self) -> None:
        with pytest.raises(SourceError, match="not open"):
            DemoSource(SMALL).read()
