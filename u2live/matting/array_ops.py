"""The few picture operations that matting needs, for NumPy (OpenCV inside) and for torch on any device.

Pictures are stacks of planes, [C, H, W] float32. Everything else is arithmetic that both kinds of array understand, so
smoothing, refinement and foreground estimation are written once. Borders repeat the outermost pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import cv2
import numpy as np

if TYPE_CHECKING:
    import torch

RED, GREEN, BLUE = 0.299, 0.587, 0.114  # of luma (ITU-R BT.601), as OpenCV's own

Stack: TypeAlias = Any  # [C, H, W] float32, np.ndarray or torch.Tensor; one function never mixes them


class ArrayOps(Protocol):
    """What differs between NumPy and torch."""

    def planes(self, pixels: Any) -> Stack:
        """pixels H×W×3 uint8 BGR → [3, H, W] float32 in [0, 1]."""
        ...

    def pixels(self, planes: Sequence[Any]) -> Any:
        """Three planes [H, W] float32, clipped to [0, 1] → H×W×3 BGR: uint8 in NumPy, float32 in [0, 255] in torch."""
        ...

    def shrink(self, pixels: Any, factor: int) -> Stack:
        """pixels H×W×3 uint8 → planes [3, H // factor, W // factor], each pixel the mean of factor² of the old."""
        ...

    def resize(self, stack: Stack, height: int, width: int) -> Stack:
        """Bilinear, without smoothing first; always a new array."""
        ...

    def mean(self, stack: Stack, radius: int) -> Stack:
        """The mean over a window of 2·radius + 1 pixels each way."""
        ...

    def lowest(self, stack: Stack, radius: int) -> Stack: ...

    def highest(self, stack: Stack, radius: int) -> Stack: ...

    def exp(self, stack: Stack) -> Stack: ...

    def finite(self, stack: Stack) -> Stack:
        """`stack` with 0 for what is no number and within [0, 1]."""
        ...

    def stack(self, planes: list[Any]) -> Stack:
        """Planes [H, W] → [C, H, W]."""
        ...

    def on_host(self, stack: Stack) -> np.ndarray:
        """As a NumPy array."""
        ...

    def from_host(self, array: np.ndarray, like: Stack) -> Stack:
        """A NumPy array brought to where `like` lies."""
        ...

    def where_any(self, mask: Any) -> tuple[slice, slice]:
        """Rows and columns outside of which `mask` [H, W] is nowhere true; torch says all of them rather than wait."""
        ...


class NumpyOps:
    """On the CPU."""

    def planes(self, pixels: np.ndarray) -> Stack:
        stack = np.empty((3, *pixels.shape[:2]), np.float32)
        for plane, channel in zip(stack, cv2.split(pixels), strict=True):
            np.multiply(channel, np.float32(1 / 255), out=plane)
        return stack

    def pixels(self, planes: Sequence[Any]) -> np.ndarray:
        # convertScaleAbs would turn a negative value positive; cv2.max takes the 0 of a single pixel for a picture.
        positive = (cv2.threshold(plane, 0, 0, cv2.THRESH_TOZERO)[1] for plane in planes)
        pixels: np.ndarray = cv2.merge([cv2.convertScaleAbs(plane, alpha=255) for plane in positive])
        return pixels

    def shrink(self, pixels: np.ndarray, factor: int) -> Stack:
        height, width = pixels.shape[:2]
        if height % factor == width % factor == 0:
            while factor % 2 == 0:
                factor //= 2
                pixels = halve(pixels)
        if factor > 1:
            height, width = pixels.shape[:2]
            size = (max(width // factor, 1), max(height // factor, 1))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        return self.planes(pixels)

    def resize(self, stack: Stack, height: int, width: int) -> Stack:
        if stack.shape[1:] == (height, width):
            return stack.copy()
        return _each(stack, (height, width), lambda plane, out: cv2.resize(plane, (width, height), dst=out))

    def mean(self, stack: Stack, radius: int) -> Stack:
        side = (2 * radius + 1, 2 * radius + 1)
        border = cv2.BORDER_REPLICATE
        return _each(stack, stack.shape[1:], lambda plane, out: cv2.blur(plane, side, dst=out, borderType=border))

    def lowest(self, stack: Stack, radius: int) -> Stack:
        window = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
        return _each(stack, stack.shape[1:], lambda plane, out: cv2.erode(plane, window, dst=out))

    def highest(self, stack: Stack, radius: int) -> Stack:
        window = np.ones((2 * radius + 1, 2 * radius + 1), np.uint8)
        return _each(stack, stack.shape[1:], lambda plane, out: cv2.dilate(plane, window, dst=out))

    def exp(self, stack: Stack) -> Stack:
        return np.exp(stack)

    def finite(self, stack: Stack) -> Stack:
        return np.nan_to_num(stack, nan=0.0, posinf=0.0, neginf=0.0).clip(0, 1)

    def stack(self, planes: list[Any]) -> Stack:
        return np.stack(planes)

    def on_host(self, stack: Stack) -> np.ndarray:
        array: np.ndarray = stack
        return array

    def from_host(self, array: np.ndarray, like: Stack) -> Stack:
        return array

    def where_any(self, mask: np.ndarray) -> tuple[slice, slice]:
        left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
        return slice(top, top + height), slice(left, left + width)


def halve(pixels: np.ndarray) -> np.ndarray:
    """pixels H×W×3 uint8, both sides even, at half the size by area: OpenCV is several times as fast at two as at any
    other factor, so whoever quarters halves twice.
    """
    size = pixels.shape[1] // 2, pixels.shape[0] // 2
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)


def _each(stack: Stack, size: tuple[int, int], apply: Callable[[np.ndarray, np.ndarray], Any]) -> Stack:
    out = np.empty((len(stack), *size), np.float32)
    for plane, place in zip(stack, out, strict=True):
        apply(np.ascontiguousarray(plane), place)
    return out


class TorchOps:
    """On the device where the arrays lie."""

    def planes(self, pixels: torch.Tensor) -> Stack:
        return pixels.permute(2, 0, 1).float() / 255

    def pixels(self, planes: Sequence[Any]) -> torch.Tensor:
        import torch

        return torch.stack(tuple(planes), dim=-1).clip_(0, 1).mul_(255)

    def shrink(self, pixels: torch.Tensor, factor: int) -> Stack:
        import torch.nn.functional as F

        height, width = pixels.shape[:2]
        size = (max(height // factor, 1), max(width // factor, 1))
        planes = self.planes(pixels)
        return planes if factor == 1 else F.adaptive_avg_pool2d(planes, size)

    def resize(self, stack: Stack, height: int, width: int) -> Stack:
        import torch.nn.functional as F

        return F.interpolate(stack[None], size=(height, width), mode="bilinear", align_corners=False)[0]

    def mean(self, stack: Stack, radius: int) -> Stack:
        import torch.nn.functional as F

        rows = F.avg_pool2d(self._padded(stack, radius, 0), (1, 2 * radius + 1), stride=1)
        return F.avg_pool2d(self._padded(rows, 0, radius), (2 * radius + 1, 1), stride=1)

    def lowest(self, stack: Stack, radius: int) -> Stack:
        return -self.highest(-stack, radius)

    def highest(self, stack: Stack, radius: int) -> Stack:
        import torch.nn.functional as F

        rows = F.max_pool2d(self._padded(stack, radius, 0), (1, 2 * radius + 1), stride=1)
        return F.max_pool2d(self._padded(rows, 0, radius), (2 * radius + 1, 1), stride=1)

    def exp(self, stack: Stack) -> Stack:
        return stack.exp()

    def finite(self, stack: Stack) -> Stack:
        return stack.nan_to_num(0.0, 0.0, 0.0).clip(0, 1)

    def stack(self, planes: list[Any]) -> Stack:
        import torch

        return torch.stack(planes)

    def on_host(self, stack: Stack) -> np.ndarray:
        array: np.ndarray = stack.cpu().numpy()
        return array

    def from_host(self, array: np.ndarray, like: Stack) -> Stack:
        import torch

        return torch.from_numpy(array).to(like.device)

    def where_any(self, mask: torch.Tensor) -> tuple[slice, slice]:
        height, width = mask.shape
        return slice(0, height), slice(0, width)

    def _padded(self, stack: Stack, columns: int, rows: int) -> Stack:
        import torch.nn.functional as F

        return F.pad(stack, (columns, columns, rows, rows), mode="replicate")


def ops_for(array: Any) -> ArrayOps:
    """The operations for this kind of array."""
    return NumpyOps() if isinstance(array, np.ndarray) else TorchOps()
