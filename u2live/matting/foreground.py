"""The subject's own colours at its edge, with the old background taken out of them."""

from __future__ import annotations

from typing import Any

from u2live.matting.array_ops import ArrayOps, Stack

WIDE, NARROW = 11, 2  # radii of the two passes' windows, in working pixels
NEARLY_NOTHING = 1e-3
BAND = 1 / 255  # an alpha below this needs no foreground


def estimate_foreground(ops: ArrayOps, picture: Stack, planes: Stack, alpha: Stack, spill: float) -> Any:
    """Working picture [3, h, w], the frame's planes [3, H, W], alpha [1, H, W] → H×W×3 BGR as `ArrayOps.pixels` gives it.

    Blur fusion (Forte, "Approximate fast foreground colour estimation", ICIP 2021; Forte, Pitié 2021): both passes on
    the working picture, their last step at the frame's own pixels. Where alpha is 0 or 1 the foreground is the frame.
    `spill` 0 leaves the frame, 1 takes all of the old background out.
    """
    if spill <= 0:
        return ops.pixels(planes)
    front, back = blur_fusion(ops, picture, ops.resize(alpha, *picture.shape[1:]))
    contrast = front - back
    # The last step F + α·(I - α·F - (1 - α)·B), rearranged to I + (1 - α)·(F + α·(F - B) - I): plane by plane and in
    # place, which keeps a processor's cache warm.
    opacity = alpha[0]
    share = spill * (1 - opacity) * (opacity > BAND)
    estimate = []
    for number, plane in enumerate(planes):
        color = ops.resize(contrast[number : number + 1], *plane.shape)[0]
        color *= opacity
        color += ops.resize(front[number : number + 1], *plane.shape)[0]
        color -= plane
        color *= share
        color += plane
        estimate.append(color)
    return ops.pixels(estimate)


def blur_fusion(ops: ArrayOps, picture: Stack, alpha: Stack) -> tuple[Stack, Stack]:
    """picture [3, h, w], alpha [1, h, w] → smooth foreground and background colours [3, h, w], to finish at each pixel."""
    front = _weighted_mean(ops, picture, alpha, WIDE)
    back = _weighted_mean(ops, picture, 1 - alpha, WIDE)
    estimate = (front + alpha * (picture - alpha * front - (1 - alpha) * back)).clip(0, 1)
    return _weighted_mean(ops, estimate, alpha, NARROW), _weighted_mean(ops, back, 1 - alpha, NARROW)


def _weighted_mean(ops: ArrayOps, picture: Stack, weight: Stack, radius: int) -> Stack:
    return ops.mean(picture * weight, radius) / ops.mean(weight, radius).clip(NEARLY_NOTHING, None)
