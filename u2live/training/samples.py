"""What the network is shown in a step: a pure function of the seed and the sample's number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from u2live.errors import UsageError
from u2live.training.clothing import in_other_clothes
from u2live.training.clutter import drawn_background, object_in_front
from u2live.training.composites import paste, place_matrix, put_back
from u2live.training.config import SampleConfig
from u2live.training.geometry import (
    View,
    background_view,
    close_view,
    moved,
    view_of,
    whole_view,
    wide_view,
)
from u2live.training.limbs import with_a_hand_raised, with_an_arm_out, with_room_beside
from u2live.training.neighbours import with_neighbours
from u2live.training.pictures import Folder, Picture, box_of
from u2live.training.things import with_things
from u2live.training.webcam import degrade, in_poor_light

SURROUNDINGS_WIDTH = 0.22
RAISED = 0.5  # of the arms that reach out


@dataclass(frozen=True, slots=True)
class Sample:
    """`image` [S, S, 3] uint8 BGR; `mattes` [S, S, C] float32 in [0, 1]: the truth, then perhaps a teacher's."""

    image: np.ndarray
    mattes: np.ndarray


class SampleMaker:
    """Makes samples out of folders; every folder with people weighs the same, and so does every one without."""

    def __init__(self, folders: Sequence[Folder], config: SampleConfig) -> None:
        self.config = config
        self.people = [folder for folder in folders if folder.people]
        self.empty = [folder for folder in folders if not folder.people]
        if not self.people:
            raise UsageError("there are no pictures of people: a folder with image/ and alpha/ is needed")
        self.channels = self.people[0].pictures[0].mattes.shape[-1]
        shares = np.array([config.natural, config.composite, config.empty])
        self.shares = shares / shares.sum()

    def sample(self, rng: np.random.Generator, size: int) -> Sample:
        """One augmented sample; the same `rng` state gives the same sample."""
        kind = rng.choice(3, p=self.shares)
        if kind == 0:
            image, mattes = self._natural(rng, size)
        elif kind == 1:
            image, mattes = self._composite(rng, size)
        else:
            image, mattes = self._background(rng, size), np.zeros((size, size, self.channels), np.float32)
        if kind < 2 and rng.random() < self.config.occluded:
            image, mattes = self._hidden_in_part(image, mattes, rng)
        if rng.random() < self.config.poor_light:
            image = in_poor_light(image, mattes[..., 0], rng)
        return Sample(degrade(image, rng, self.config.degraded), mattes)

    def _natural(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        picture = self._person(rng)
        if rng.random() < self.config.reaching:
            picture = _reaching(picture, rng)
        draw = rng.random()
        if draw < self.config.whole:
            view = whole_view(picture, rng)
        elif draw < self.config.whole + self.config.wide:
            view = wide_view(picture, rng)
        else:
            view = close_view(picture, rng)
        image, layers = view_of(picture, view, size)
        if rng.random() < self.config.beside and (layers[..., 0] > 127).any():
            scene = with_neighbours(image, self._place(rng, size), box_of(layers[..., 0]), rng)
            return put_back(scene, image, layers, rng)
        return image, layers.astype(np.float32) / 255

    def _composite(self, rng: np.random.Generator, size: int) -> tuple[np.ndarray, np.ndarray]:
        canvas = self._background(rng, size)
        if rng.random() < 0.3:
            canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 3.0))
        mattes = np.zeros((size, size, self.channels), np.float32)
        for number in range(2 if rng.random() < self.config.second_person else 1):
            person = self._person(rng)
            if rng.random() < self.config.reaching:
                person = _reaching(with_room_beside(person), rng)
            matrix = place_matrix(person, size, rng, self.config.smallest_person, self.config.largest_person)
            if number == 0 and rng.random() < self.config.beside:
                canvas = with_neighbours(canvas, self._place(rng, size), moved(person.box, matrix), rng)
            canvas, mattes = paste(canvas, mattes, person, matrix, rng)
        return canvas, mattes

    def _person(self, rng: np.random.Generator) -> Picture:
        person = _pick(self.people, rng)
        if self.empty and rng.random() < self.config.dressed:
            person = in_other_clothes(person, _pick(self.empty, rng).image, rng)
        return person

    def _background(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Somewhere with nobody, and now and then with things that stand out."""
        canvas = self._place(rng, size)
        if rng.random() >= self.config.things:
            return canvas
        return with_things(canvas, self._place(rng, size) if rng.random() < 0.3 else canvas, rng)

    def _place(self, rng: np.random.Generator, size: int) -> np.ndarray:
        """Somewhere with nobody: an empty picture, a street picture's strip beside its person, or drawn clutter."""
        draw = rng.random()
        if draw < self.config.drawn:
            return drawn_background(size, rng)
        if draw < self.config.drawn + self.config.surroundings or not self.empty:
            strip = self._surroundings(rng, size)
            if strip is not None:
                return strip
        if not self.empty:
            return drawn_background(size, rng)
        picture = _pick(self.empty, rng)
        view = whole_view(picture, rng) if rng.random() < 0.25 else background_view(picture.image, rng)
        return view_of(picture, view, size)[0]

    def _surroundings(self, rng: np.random.Generator, size: int) -> np.ndarray | None:
        """A strip left or right of the person, squeezed to the frame; None where the person leaves too little room."""
        picture = _pick(self.people, rng)
        height, width = picture.image.shape[:2]
        left, right = picture.box[0], width - picture.box[2]
        room, start = (left, 0) if left > right else (right, width - right)
        if room < SURROUNDINGS_WIDTH * width:
            return None
        if picture.mattes[:, start : start + room, 0].max() > 10:
            return None
        tall = min(height, room * rng.uniform(0.8, 2.0))
        view = View(start + 1, rng.uniform(0, height - tall), room - 2, tall, 0.0, rng.random() < 0.5)
        return view_of(picture, view, size)[0]

    def _hidden_in_part(
        self, image: np.ndarray, mattes: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        size = image.shape[0]
        texture, shape = object_in_front(size, rng, self._background(rng, size))
        weight = shape[..., None]
        hidden = (image * (1 - weight) + texture * weight).astype(np.uint8)
        return hidden, mattes * (1 - weight)


def _pick(folders: Sequence[Folder], rng: np.random.Generator) -> Picture:
    pictures = folders[int(rng.integers(len(folders)))].pictures
    return pictures[int(rng.integers(len(pictures)))]


def _reaching(person: Picture, rng: np.random.Generator) -> Picture:
    return with_a_hand_raised(person, rng) if rng.random() < RAISED else with_an_arm_out(person, rng)
