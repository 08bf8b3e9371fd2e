"""A teacher's mattes of whole folders, made once and kept: they go through the same crops and turns as the truth.

It sees every picture twice, as it is and mirrored, since it is right more often that way (`matting/mirrored.py`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import torch

from u2live.matting.exposure import in_good_light
from u2live.matting.mirrored import agreed, mirrored_back
from u2live.paths import user_cache_dir
from u2live.training.arithmetic import autocast, fastest_precision
from u2live.training.batches import normalized
from u2live.training.pictures import LONGEST_SIDE, image_files, read_picture
from u2live.training.processes import Processes


def taught_mattes(folder: Path, weights: Path, group: Processes) -> Path | None:
    """The folder with NAME.png for every picture of `folder`, made when it is not there yet.

    None for a folder without people: a teacher has nothing to say there. The name holds the weights' checksum, and
    that they saw every picture twice.
    """
    if not (folder / "alpha").is_dir():
        return None
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
    place = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:8]
    target = user_cache_dir() / "teacher" / f"{digest}-twice" / f"{folder.parent.name}-{folder.name}-{place}"
    if group.first:
        _make(folder, weights, target, group.device)
    group.agreed(0.0)  # the others wait for the first
    return target


def _make(folder: Path, weights: Path, target: Path, device: torch.device) -> None:
    """At the teacher's own input size."""
    from u2live.model.weights import read_weights

    target.mkdir(parents=True, exist_ok=True)
    missing = [path for path in image_files(folder / "image") if not (target / f"{path.stem}.png").is_file()]
    if not missing:
        return
    teacher = read_weights(weights)
    network = teacher.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    side = (teacher.input_size, teacher.input_size)
    precision = fastest_precision(device)
    for path in missing:
        image = read_picture(path)
        scale = min(1.0, LONGEST_SIDE / max(image.shape[:2]))
        square = in_good_light(cv2.resize(image, side, interpolation=cv2.INTER_AREA))
        two = torch.from_numpy(np.stack([square, square[:, ::-1]])).to(device)
        with torch.no_grad(), autocast(device, precision):
            plain, mirrored = torch.sigmoid(network.logits(normalized(two))[0].float())[:, 0].cpu().numpy()
        alpha = agreed(plain, mirrored_back(mirrored))
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        alpha = cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR)
        cv2.imwrite(str(target / f"{path.stem}.png"), np.round(alpha * 255).astype(np.uint8))
