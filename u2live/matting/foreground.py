"""The subject's own colours at its edge, with the old background taken out of them."""

from __future__ import annotations

from typing import Any

from u2live.matting.array_ops import ArrayOps, Stack
from u2live.matting.patches import Patches

WIDE, NARROW = 11, 2  # radii of the two passes' windows, in working pixels
NEARLY_NOTHING = 1e-3
BAND = 1 / 255  # an alpha below this needs no foreground


def estimate_foreground(
    ops: ArrayOps, picture: Stack, patches: Patches, planes: Stack, alpha: Stack, small: Stack, spill: float
) -> Any:
    """Working picture [3, h, w], the frame's patches laid out as `planes`, alpha [1, H, W] and `small`, the same
    at the working size → H×W×3 BGR as `ArrayOps.pixels` gives it. Every pixel whose alpha is neither 0 nor 1 has to lie in
    the patches.

    Blur fusion (Forte, "Approximate fast foreground colour estimation", ICIP 2021; Forte, Pitié 2021): both passes on
    the working picture, their last step at the frame's own pixels. Where alpha is 0 or 1 the foreground is the frame.
    `spill` 0 leaves the frame, 1 takes all of the old background out.
    """
    if spill <= 0:
        return patches.whole_pixels(planes)
    front, back = blur_fusion(ops, picture, small)
    contrast = front - back
    # The last step F + α·(I - α·F - (1 - α)·B), rearranged to I + (1 - α)·(F + α·(F - B) - I): plane by plane and in
    # place, which keeps a processor's cache warm.
    opacity = patches.part(alpha)[0]
    share = spill * (1 - opacity) * (opacity > BAND)
    estimate = []
    for number, plane in enumerate(planes):
        color = patches.enlarged(contrast[number : number + 1])[0]
        color *= opacity
        color += patches.enlarged(front[number : number + 1])[0]
        color -= plane
        color *= share
        color += plane
        estimate.append(color)
    return patches.whole_pixels(estimate)


def blur_fusion(ops: ArrayOps, picture: Stack, alpha: Stack) -> tuple[Stack, Stack]:
    """picture [3, h, w], alpha [1, h, w] → smooth foreground and background colours [3, h, w], to finish at each pixel."""
    height, width = picture.shape[1:]
    half = -(-height // 2), -(-width // 2)  # enough for so wide a mean
    front_light, opacity = picture * alpha, ops.resize(alpha, *half)
    front_half = ops.resize(front_light, *half)
    back_half = ops.resize(picture, *half) - front_half
    front = ops.resize(_mean_color(ops, front_half, opacity, WIDE // 2), height, width)
    back = ops.resize(_mean_color(ops, back_half, 1 - opacity, WIDE // 2), height, width)
    transparency = 1 - alpha
    estimate = (front + alpha * (picture - alpha * front - transparency * back)).clip(0, 1)
    estimate *= alpha
    back *= transparency
    return _mean_color(ops, estimate, alpha, NARROW), _mean_color(ops, back, transparency, NARROW)


def _mean_color(ops: ArrayOps, light: Stack, weight: Stack, radius: int) -> Stack:
    """The mean colour of a window of `light`, which is colour × weight."""
    color = ops.mean(light, radius)
    color *= 1 / ops.mean(weight, radius).clip(NEARLY_NOTHING, None)
    return color
