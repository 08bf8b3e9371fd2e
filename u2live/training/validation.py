"""A quick measure between steps: how well people are found, and how much is found where nobody is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor

from u2live.matting.exposure import in_good_light
from u2live.model.u2net import NestedUNet
from u2live.training.arithmetic import autocast
from u2live.training.batches import normalized
from u2live.training.config import TrainConfig
from u2live.training.pictures import Folder

PICTURES_PER_FOLDER = 24
BATCH = 4


@dataclass(frozen=True, slots=True)
class Score:
    """`iou` mean IoU at 0.5 over the people's folders, `mad` mean absolute difference, `empty` the share of pixels above 0.5
    with nobody there, `worst_empty` the largest such share. `value` is what decides which network is best."""

    iou: float
    mad: float
    empty: float
    worst_empty: float
    folders: dict[str, float]

    @property
    def value(self) -> float:
        return self.iou - self.mad - self.empty - 0.1 * self.worst_empty

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "value": self.value}


@torch.no_grad()
def validate(network: NestedUNet, folders: Sequence[Folder], config: TrainConfig) -> Score:
    """Evenly spaced pictures of every folder at the network's own input size, each measured at its full size."""
    ious, mads, shares = [], [], []
    named: dict[str, float] = {}
    for folder in folders:
        count = min(PICTURES_PER_FOLDER, len(folder.pictures))
        chosen = [folder.pictures[i] for i in np.linspace(0, len(folder.pictures) - 1, count).astype(int)]
        images = [picture.image for picture in chosen]
        found, differences = [], []
        for picture, alpha in zip(chosen, mattes_of(network, images, config), strict=True):
            truth = picture.mattes[..., 0].astype(np.float32) / 255
            if folder.people:
                over, under = (alpha > 0.5) | (truth > 0.5), (alpha > 0.5) & (truth > 0.5)
                found.append(under.sum() / max(1, over.sum()))
                differences.append(np.abs(alpha - truth).mean())
            else:
                found.append((alpha > 0.5).mean())
        name = f"{folder.path.parent.name}/{folder.path.name}"
        named[name] = round(float(np.mean(found)), 5)
        if folder.people:
            ious.append(np.mean(found))
            mads.append(np.mean(differences))
        else:
            shares.append(found)
    flat = np.concatenate(shares) if shares else np.zeros(1)
    iou, mad = (float(np.mean(ious)), float(np.mean(mads))) if ious else (0.0, 0.0)
    return Score(iou, mad, float(flat.mean()), float(flat.max()), named)


@torch.no_grad()
def mattes_of(network: NestedUNet, images: Sequence[np.ndarray], config: TrainConfig) -> list[np.ndarray]:
    """The fused maps of pictures H×W×3 uint8 BGR, each float32 at its picture's size."""
    device = next(network.parameters()).device
    size = (config.input_size, config.input_size)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    mattes: list[np.ndarray] = []
    for first in range(0, len(images), BATCH):
        part = images[first : first + BATCH]
        squares = np.stack([in_good_light(cv2.resize(image, size, interpolation=cv2.INTER_AREA)) for image in part])
        with autocast(device, config.precision):
            fused: Tensor = network.logits(normalized(torch.from_numpy(squares).to(device)))[0]
        maps = torch.sigmoid(fused.float())[:, 0].cpu().numpy()
        for image, alpha in zip(part, maps, strict=True):
            mattes.append(cv2.resize(alpha, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR))
    return mattes
