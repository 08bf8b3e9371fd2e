"""An arm held out: people in portraits keep their arms down and masks leave raised ones out, and so networks learn it.

The arm is drawn in the person's own cloth or skin, from the shoulder over an elbow to a hand: anywhere the picture goes,
or raised before the body so that the hand alone stands beside the head, with some of the room between the two.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from u2live.training.hands import drawn_hand
from u2live.training.pictures import Picture, box_of

SMALLEST_HEAD = 8  # pixels; below that an arm is a stroke of a few
HEAD_BY_WIDTH = 1.35
BARE = 0.35
CIRCLES = 20


@dataclass(frozen=True, slots=True)
class _Body:
    """`head`: its height in pixels; `side`: -1 where the arm leaves to the left, 1 to the right."""

    head: float
    shoulder: np.ndarray
    side: int
    cloth: np.ndarray
    skin: np.ndarray


def with_an_arm_out(person: Picture, rng: np.random.Generator) -> Picture:
    """`person` with one more arm behind the body, in image and mattes; as it is where no shoulder is to be seen."""
    body = _body(person, rng)
    return person if body is None else _with_arm(person, body, _joints(body, rng), 255 - person.mattes[..., 0], rng)


def with_a_hand_raised(person: Picture, rng: np.random.Generator) -> Picture:
    """`person` with one more arm before the body, its hand about as high as the head; else as `with_an_arm_out`."""
    body = _body(person, rng)
    if body is None:
        return person
    everywhere = np.full(person.image.shape[:2], 255, np.uint8)
    return _with_arm(person, body, _raised(body, rng), everywhere, rng)


def _with_arm(person: Picture, body: _Body, joints: np.ndarray, free: np.ndarray, rng: np.random.Generator) -> Picture:
    """`person` with an arm along `joints` [3, 2], drawn as far as `free` [H, W] uint8 lets it."""
    where, joints = _around(joints, body.head, person.image.shape[:2])
    free = free[where]
    sleeve = _sleeve(joints, body.head, free.shape, rng)
    hand, creases = _hand(joints, body.head, free.shape, rng)
    cloth = _lit(_cloth(body, free.shape, rng), sleeve)
    skin = _lit(np.broadcast_to(body.skin * rng.uniform(0.9, 1.15), (*free.shape, 3)), np.maximum(sleeve, hand))
    soft = rng.uniform(0.5, 1.1)
    image, mattes = person.image.copy(), person.mattes.copy()
    for shape, colors in ((sleeve, skin if rng.random() < BARE else cloth), (hand, skin * creases[..., None])):
        alpha = np.minimum(cv2.GaussianBlur(shape, (0, 0), soft), free)[..., None]
        weight = alpha.astype(np.float32) / 255
        image[where] = np.clip(image[where] * (1 - weight) + colors * weight, 0, 255).astype(np.uint8)
        mattes[where] = np.minimum(mattes[where].astype(np.uint16) + alpha, 255).astype(np.uint8)
    return Picture(person.name, image, mattes, box_of(mattes[..., 0]))


def with_room_beside(person: Picture) -> Picture:
    """`person` in a picture half as wide again on every side that the person does not touch, for an arm to go to.

    What is added is the picture's last column again: for people who are cut out and put somewhere else.
    """
    width = person.image.shape[1]
    x0, y0, x1, y1 = person.box
    left, right = (width // 2 if free else 0 for free in (x0 > 0, x1 < width))
    image = cv2.copyMakeBorder(person.image, 0, 0, left, right, cv2.BORDER_REPLICATE)
    mattes = np.pad(person.mattes, ((0, 0), (left, right), (0, 0)))
    return Picture(person.name, image, mattes, (x0 + left, y0, x1 + left, y1))


def _body(person: Picture, rng: np.random.Generator) -> _Body | None:
    x0, y0, x1, y1 = person.box
    tall = y1 - y0
    top = person.mattes[y0 : y0 + max(1, round(0.12 * tall)), x0:x1, 0] > 127
    head = min(HEAD_BY_WIDTH * float(top.sum(axis=1).max()), 0.6 * tall)
    row = int(y0 + head * rng.uniform(1.25, 1.6))
    if head < SMALLEST_HEAD or row >= y1 - 2:
        return None
    inside = np.flatnonzero(person.mattes[row, :, 0] > 127)
    if inside.size < 0.5 * head:
        return None
    side = 1 if rng.random() < 0.5 else -1
    edge = float(inside[-1] if side > 0 else inside[0])
    inward = edge - side * 0.6 * head
    columns = slice(int(max(0, min(edge, inward))), int(max(edge, inward)) + 1)
    cloth = person.image[row : min(y1, int(row + 0.7 * head)), columns]
    middle = x0 + int(np.flatnonzero(top[-1]).mean()) if top[-1].any() else (x0 + x1) // 2
    reach = max(1, int(0.15 * head))
    face = person.image[int(y0 + 0.45 * head) : int(y0 + 0.8 * head) + 1, max(0, middle - reach) : middle + reach]
    skin = np.median(face.reshape(-1, 3), axis=0).astype(np.float32)
    return _Body(head, np.array([edge - side * 0.25 * head, row]), side, cloth, skin)


def _around(joints: np.ndarray, head: float, size: tuple[int, int]) -> tuple[tuple[slice, slice], np.ndarray]:
    """The part of the picture that the arm lies in, and its joints there."""
    low = np.clip((joints.min(axis=0) - head).astype(int), 0, (size[1] - 1, size[0] - 1))
    high = np.clip((joints.max(axis=0) + head).astype(int), low + 1, (size[1], size[0]))
    return (slice(low[1], high[1]), slice(low[0], high[0])), joints - low


def _joints(body: _Body, rng: np.random.Generator) -> np.ndarray:
    """[3, 2]: shoulder, elbow, wrist."""
    upper = np.deg2rad(rng.uniform(-80, 60))
    fore = upper + np.deg2rad(rng.uniform(-90, 40))
    lengths = rng.uniform(1.0, 1.6, 2) * body.head
    elbow = body.shoulder + lengths[0] * np.array([body.side * np.cos(upper), np.sin(upper)])
    return np.stack([body.shoulder, elbow, elbow + lengths[1] * np.array([body.side * np.cos(fore), np.sin(fore)])])


def _raised(body: _Body, rng: np.random.Generator) -> np.ndarray:
    """[3, 2]: as `_joints`, but with the elbow at the waist and the hand beside the head, as one waves into a camera."""
    elbow = body.shoulder + body.head * np.array([body.side * rng.uniform(0.0, 0.9), rng.uniform(0.1, 1.0)])
    lean = np.deg2rad(rng.uniform(-15, 35))
    fore = rng.uniform(0.6, 1.2) * body.head
    return np.stack([body.shoulder, elbow, elbow + fore * np.array([body.side * np.sin(lean), -np.cos(lean)])])


def _sleeve(joints: np.ndarray, head: float, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """The arm to the wrist: [H, W] uint8."""
    sleeve = np.zeros(size, np.uint8)
    at_shoulder, at_wrist = head * rng.uniform(0.18, 0.3), head * rng.uniform(0.1, 0.18)
    for index in range(2 * CIRCLES + 1):
        part, along = divmod(index / CIRCLES, 1)
        start = joints[min(int(part), 2)]
        centre = start + along * (joints[min(int(part) + 1, 2)] - start)
        radius = at_shoulder + (at_wrist - at_shoulder) * index / (2 * CIRCLES)
        cv2.circle(sleeve, (round(float(centre[0])), round(float(centre[1]))), max(1, round(radius)), 255, -1, cv2.LINE_AA)
    return sleeve


def _hand(joints: np.ndarray, head: float, size: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What `drawn_hand` returns, at the wrist, more or less in line with the arm."""
    fore = joints[2] - joints[1]
    angle = float(np.arctan2(fore[1], fore[0])) + np.deg2rad(rng.uniform(-25, 25))
    direction = np.array([np.cos(angle), np.sin(angle)])
    return drawn_hand(size, joints[2], direction, head * rng.uniform(0.65, 1.0), rng)


def _cloth(body: _Body, size: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """[H, W, 3] float32: the piece of cloth at the shoulder, mirrored on until `size` is full."""
    height, width = body.cloth.shape[:2]
    pair = np.hstack([body.cloth, body.cloth[:, ::-1]])
    whole = np.tile(np.vstack([pair, pair[::-1]]), (size[0] // (2 * height) + 1, size[1] // (2 * width) + 1, 1))
    return whole[: size[0], : size[1]].astype(np.float32) * np.float32(rng.uniform(0.85, 1.1))


def _lit(colors: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Darker towards the sides, as what is round."""
    depth = cv2.distanceTransform((shape > 127).astype(np.uint8), cv2.DIST_L2, 3)
    thick = max(1.0, float(np.percentile(depth[depth > 0], 90))) if depth.any() else 1.0
    shade = 0.7 + 0.3 * np.sqrt(np.clip(depth / thick, 0, 1))
    lit: np.ndarray = colors * shade[..., None].astype(np.float32)
    return lit
