"""The scene put together: the room, the presenter's sprites at their places, shadow, light and camera noise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np

from u2live.capture.demo.arm import draw_forearm, draw_hand
from u2live.capture.demo.hair import draw_hair
from u2live.capture.demo.head import EYE_STEPS, MOUTH_STEPS, draw_head
from u2live.capture.demo.look import look_of
from u2live.capture.demo.motion import Pose, Script, arm_at, pose_at
from u2live.capture.demo.room import draw_room
from u2live.capture.demo.sprite import Canvas, Sprite, chain, placement, shadow_of
from u2live.capture.demo.torso import draw_torso
from u2live.types import Size

_SHUTTER_S = 1 / 60
_NOISE_MARGIN = 96
_STRIP = 60  # rows


class Scene:
    """Draws any moment of one demo. Not for several threads at a time: it keeps its canvas from frame to frame."""

    def __init__(self, size: Size, seed: int, script: Script) -> None:
        self._size, self._seed, self._script = size, seed, script
        # 720 lines high, or 900 units wide where the picture is narrow; the presenter stands at the bottom.
        scale = min(size.height / 720, size.width / 860)
        tall, wide = size.height / scale, size.width / scale
        self._scale = scale
        fine = min(2.0, max(0.25, scale))  # strands and lashes need pixels; beyond 2 nobody sees more
        self._home = np.array([wide / 2, tall - 720])
        look = look_of(seed)
        with ThreadPoolExecutor(thread_name_prefix="demo") as drawing:  # each draws for itself, mostly outside of Python
            torso = drawing.submit(draw_torso, look, fine, seed)
            head = drawing.submit(draw_head, look, fine, seed)
            rooms = drawing.submit(draw_room, look, (-wide / 2, 720 - tall), 1 / scale, size, seed)
            hair = drawing.submit(draw_hair, look, fine, seed)
            hand, forearm = (drawing.submit(draw, look, fine, seed) for draw in (draw_hand, draw_forearm))
            noise = drawing.submit(_noise_tiles, size, seed)
        self._torso, self._head, self._rooms, self._hair = torso.result(), head.result(), rooms.result(), hair.result()
        self._hand, self._forearm, self._noise = hand.result(), forearm.result(), noise.result()
        self._arm_shadow, self._hand_shadow = shadow_of(self._forearm, 10, 0.22), shadow_of(self._hand, 10, 0.30)
        self._canvas = Canvas(size.width, size.height, scale)
        rows, columns = self._head.depth.shape
        self._grid = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))

    def draw(self, index: int, time_s: float) -> tuple[np.ndarray, np.ndarray]:
        """The picture, H×W×3 BGR uint8, and its alpha, H×W uint8, the latter only until the next `draw`."""
        pose = pose_at(time_s, self._seed, self._script)
        self._canvas.clear()
        if pose.aside < 890:
            self._draw_presenter(pose, time_s)
        return self._develop(pose, index)

    def _draw_presenter(self, pose: Pose, time_s: float) -> None:
        canvas = self._canvas
        home = placement(self._home[0] + pose.aside, self._home[1])
        torso = chain(
            home, placement(pose.sway[0], 512 + pose.sway[1], pose.lean, (1 + 0.004 * pose.breath, 1 + 0.008 * pose.breath))
        )
        torso = chain(torso, placement(0, -1.6 * pose.breath))
        neck = chain(torso, placement(pose.nod[0], -236 + pose.nod[1], pose.tilt - 0.5 * pose.lean))
        back, left, right = pose.hair

        def hanging(amount: float, degrees: float = 0.0) -> np.ndarray:
            return chain(neck, _hung(amount, degrees))

        hair = self._hair
        canvas.draw(hair.back, hanging(0.012 * back))
        canvas.draw(self._torso, torso)
        canvas.draw(self._posed_head(pose), neck)
        canvas.draw(hair.left, hanging(0.05 * left + 0.02, 0.6 * left))
        canvas.draw(hair.right, hanging(0.05 * right - 0.02, 0.6 * right))
        canvas.draw(hair.front, chain(neck, placement(2.5 * pose.yaw, 0)))
        canvas.draw(hair.loose_left, hanging(0.045 * back + 0.02 * left, 0.8 * right))
        canvas.draw(hair.loose_right, hanging(0.045 * left + 0.02 * back, 0.8 * back))
        if pose.arm.raised > 0.01:
            self._draw_arm(pose, time_s)

    def _draw_arm(self, pose: Pose, time_s: float) -> None:
        moments = [time_s + share * _SHUTTER_S for share in (-0.375, -0.125, 0.125, 0.375)]
        home = placement(self._home[0] + pose.aside + pose.sway[0], self._home[1] + pose.sway[1])
        arms, hands = [], []
        for moment in moments:
            arm = arm_at(moment, self._script)
            down = 1 - arm.raised
            elbow = chain(home, placement(240, 846 + 420 * down, arm.swing + 20 * down, (0.9, 0.9)))
            arms.append(chain(elbow, placement(0, -356)))
            hands.append(chain(chain(arms[-1], placement(0, 30, arm.flick)), placement(0, -30)))
        self._canvas.darken(self._arm_shadow, chain(placement(-16, 12), arms[1]))
        self._canvas.darken(self._hand_shadow, chain(placement(-12, 14), hands[1]))
        # A finger's tip lies 200 units from the wrist: what it travels while the shutter is open, in pixels.
        travel = np.abs(hands[0] - hands[3]) @ (0, 200, 1)
        if travel.max() * self._scale > 1:
            self._canvas.draw_blurred(self._hand, hands)
            self._canvas.draw_blurred(self._forearm, arms[::2])
        else:
            self._canvas.draw(self._hand, hands[1])
            self._canvas.draw(self._forearm, arms[1])

    def _posed_head(self, pose: Pose) -> Sprite:
        """The head with its lids and mouth set, turned by shifting what is near to the camera."""
        base = self._head.base
        rows, columns = base.pixels.shape[:2]
        scratch = self._canvas.scratch
        pixels = scratch.take("head", rows, columns, 4)
        self._head.pose(pixels, round(pose.lids * (EYE_STEPS - 1)), round(pose.mouth * (MOUTH_STEPS - 1)))
        x = self._grid[0] - np.float32(0.11 * pose.yaw * base.scale) * self._head.depth
        turned = scratch.take("turned head", rows, columns, 4)
        cv2.remap(pixels, x, self._grid[1], cv2.INTER_LINEAR, dst=turned)
        return Sprite(turned, base.left, base.top, base.scale)

    def _develop(self, pose: Pose, index: int) -> tuple[np.ndarray, np.ndarray]:
        """The canvas over the room. Strip by strip, so that each stays in the processor's cache through all its steps."""
        width, height = self._size.width, self._size.height
        picture = np.empty((height, width, 3), np.uint8)
        alpha = self._canvas.scratch.take("alpha", height, width)
        cv2.extractChannel(self._canvas.pixels, 3, dst=alpha)
        light, (left, top, right, bottom) = self._light_behind(alpha)
        gain = (0.92 + 0.08 * pose.daylight) * (0.26 + 0.74 * pose.lamps)
        brighter, darker = self._noise
        x, y = (index * 37) % _NOISE_MARGIN, (index * 61 + index * index * 7) % _NOISE_MARGIN
        bright, dull, dark = self._rooms
        for start in range(0, height, _STRIP):
            end = min(height, start + _STRIP)
            strip = picture[start:end]
            cv2.addWeighted(bright[start:end], pose.daylight, dull[start:end], 1 - pose.daylight, 0, dst=strip)
            if pose.lamps < 1:
                cv2.addWeighted(strip, pose.lamps, dark[start:end], 1 - pose.lamps, 0, dst=strip)
            upper, lower = max(start, top), min(end, bottom)
            if upper < lower and left < right:
                behind = picture[upper:lower, left:right]
                light_bgr = self._canvas.scratch.take("light", lower - upper, right - left, 3)
                cv2.cvtColor(light[upper - top : lower - top], cv2.COLOR_GRAY2BGR, dst=light_bgr)
                cv2.multiply(behind, light_bgr, dst=behind, scale=1 / 255)
                subject = light_bgr  # the same memory once more
                cv2.cvtColor(self._canvas.pixels[upper:lower, left:right], cv2.COLOR_BGRA2BGR, dst=subject)
                cv2.convertScaleAbs(subject, dst=subject, alpha=gain)
                cv2.add(behind, subject, dst=behind)
            cv2.add(strip, brighter[y + start : y + end, x : x + width], dst=strip)
            cv2.subtract(strip, darker[y + start : y + end, x : x + width], dst=strip)
        return picture, alpha

    def _light_behind(self, alpha: np.ndarray) -> tuple[np.ndarray, tuple[int, int, int, int]]:
        """How much of the room is seen through and beside the presenter, whose soft shadow falls on the wall at the right.

        Rows × columns uint8, and its box: left, top, right, bottom; beyond it the room is seen as it is.
        """
        left, top, right, bottom = self._canvas.box
        if right <= left:
            return alpha, (0, 0, 0, 0)
        margin = int(130 * self._scale)
        left, top = (max(0, edge) // 8 * 8 for edge in (left - margin, top - margin // 2))  # a grid that stands still
        right = min(self._size.width, (right + margin) // 8 * 8)
        bottom = min(self._size.height, (bottom + margin) // 8 * 8)
        opaque = alpha[top:bottom, left:right]
        rows, columns = opaque.shape
        small = np.ascontiguousarray(opaque[4::8, 4::8])
        units = self._scale / 8
        shift = np.array([[1, 0, 46 * units], [0, 1, 22 * units]])
        fallen = cv2.warpAffine(small, shift, small.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
        soft = cv2.convertScaleAbs(cv2.GaussianBlur(fallen, (0, 0), max(0.5, 26 * units)), alpha=0.30)
        scratch = self._canvas.scratch
        wall = scratch.take("wall", rows, columns)
        cv2.resize(cv2.bitwise_not(soft), (columns, rows), dst=wall, interpolation=cv2.INTER_LINEAR)
        clear = cv2.bitwise_not(opaque, dst=scratch.take("clear", rows, columns))
        cv2.multiply(wall, clear, dst=wall, scale=1 / 255)
        return wall, (left, top, right, bottom)


def _hung(amount: float, degrees: float) -> np.ndarray:
    """Hair that hangs from y = −40: sheared and turned about that line."""
    return chain(placement(0, -40, degrees, shear=amount), placement(0, 40))


def _noise_tiles(size: Size, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What the camera's noise adds and takes away; larger than the picture, so that it can be rolled about."""
    rng = np.random.default_rng((seed, 61))
    rows, columns = size.height + _NOISE_MARGIN, size.width + _NOISE_MARGIN
    tile = (
        rng.standard_normal((256, 256, 3), dtype=np.float32) * 1.1
        + rng.standard_normal((256, 256, 1), dtype=np.float32) * 1.3
    )
    tile = np.round(cv2.GaussianBlur(tile, (0, 0), 0.55, borderType=cv2.BORDER_REFLECT) * 1.35)
    full = np.tile(tile, (rows // 256 + 1, columns // 256 + 1, 1))[:rows, :columns]
    return np.maximum(full, 0).astype(np.uint8), np.maximum(-full, 0).astype(np.uint8)
